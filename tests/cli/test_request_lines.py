"""How a stream is cut into lines, and lines into groups."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread

from hypothesis import given, settings
from hypothesis import strategies as st

from kmscli.cli.local._request_lines import LONGEST, MOST, Lines


@contextmanager
def pipe() -> Iterator[tuple[int, int]]:
    """A pipe's reading and writing end; closing the latter is left to whoever writes."""
    read, write = os.pipe()
    try:
        yield read, write
    finally:
        os.close(read)


def written(write: int, *chunks: bytes) -> None:
    """Write to a pipe, and close it."""
    for chunk in chunks:
        os.write(write, chunk)
    os.close(write)


def groups_of(*chunks: bytes) -> list[list[bytes]]:
    """The groups of a stream that comes in chunks, from another thread since a pipe holds little."""
    with pipe() as (read, write):
        writer = Thread(target=written, args=(write, *chunks))
        writer.start()
        lines = Lines(read)
        groups = list(lines.groups())
        writer.join()
    ends = sum(chunk.count(b"\n") for chunk in chunks)
    assert sum(map(len, groups)) == ends + (not chunks[-1].endswith(b"\n") and bool(b"".join(chunks)))
    return groups


@settings(deadline=None)
@given(pieces=st.lists(st.sampled_from([b"\n", b"a", b"bc\r", b"\0\xff"]), max_size=40), size=st.integers(1, 9))
def test_every_line_comes_once_and_in_order(pieces: list[bytes], size: int) -> None:
    """However a stream is cut into chunks, its lines are those between its line ends, and the rest, if there is any."""
    text = b"".join(pieces)
    expected = text.split(b"\n")
    if not expected[-1]:
        expected.pop()
    with pipe() as (read, write):
        written(write, *(text[start : start + size] for start in range(0, len(text), size)))
        lines = Lines(read)
        assert [line for group in lines.groups() for line in group] == expected
    assert lines.taken - len(text) in (0, 1)


def test_a_group_is_what_is_there() -> None:
    """A group ends where no complete line is ready; a line that was begun waits for its end."""
    with pipe() as (read, write):
        groups = Lines(read).groups()
        os.write(write, b"a\nb\nbegun")
        assert next(groups) == [b"a", b"b"]
        os.write(write, b" and ended\n")
        assert next(groups) == [b"begun and ended"]
        written(write, b"last")
        assert list(groups) == [[b"last"]]


def test_a_group_has_a_size() -> None:
    """Many lines come in groups of at most 256."""
    groups = groups_of(b"x\n" * 1000)
    assert max(map(len, groups)) == MOST
    assert groups[0] == [b"x"] * MOST


def test_large_lines_make_small_groups() -> None:
    """Lines that are large come in groups of not much more than the longest line has."""
    groups = groups_of(*[b"x" * (LONGEST // 3) + b"\n"] * 9)
    assert max(sum(map(len, group)) for group in groups) <= LONGEST + LONGEST // 3


def test_a_line_that_is_too_long() -> None:
    """Of a line that is too long only as much is kept as shows that it is; the next one is whole."""
    groups = groups_of(b"x" * LONGEST + b"\n", b"y" * (3 * LONGEST) + b"\n", b"z")
    [longest, too_long, following] = [line for group in groups for line in group]
    assert len(longest) == LONGEST
    assert len(too_long) == LONGEST + 1
    assert following == b"z"


def test_a_descriptor_that_does_not_wait() -> None:
    """A descriptor that another program made non-blocking is waited for all the same."""
    with pipe() as (read, write):
        os.set_blocking(read, False)
        groups = Lines(read).groups()
        os.write(write, b"a\n")
        assert next(groups) == [b"a"]
        writer = Thread(target=written, args=(write, b"b\n"))
        writer.start()
        assert list(groups) == [[b"b"]]
        writer.join()
