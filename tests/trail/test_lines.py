import gzip
from contextlib import closing as closing_file
from pathlib import Path

import pytest

from kmscli.errors import KmscliError
from kmscli.trail.lines import END, LONGEST, Log, closing, log_files
from tests.trail.writer import Writer, log


def test_a_line_ends_with_its_mac() -> None:
    """The last 76 bytes of a line are those that its MAC determines."""
    writer = Writer()
    line = writer.line()
    assert len(closing(writer.mac)) == END
    assert line.endswith(closing(writer.mac))


@pytest.mark.parametrize(
    ("content", "whole", "torn"),
    [
        (b"", [], b""),
        (b"a\n", [b"a\n"], b""),
        (b"a\nb", [b"a\n"], b"b"),
        (b"a\n\0\0\0", [b"a\n"], b"\0\0\0"),
        (b"a\nb\0c\n", [b"a\n"], b"b\0c\n"),
        (b"b\0c\na\n", [b"b\0c\n", b"a\n"], b""),
        (b"\0\n\0\n", [b"\0\n"], b"\0\n"),
        (b"a\r\n\n", [b"a\r\n", b"\n"], b""),
    ],
)
def test_only_the_last_line_can_be_torn(content: bytes, whole: list[bytes], torn: bytes) -> None:
    """A line is torn if it is the last and has no line end, or NULs; any other is given as it stands."""
    opened = log(content)
    assert list(opened.lines()) == whole
    assert opened.torn == torn


@pytest.mark.parametrize(("end", "count"), [(b"\nnext\n", 2), (b"", 0)])
def test_a_line_without_end_does_not_fill_the_memory(end: bytes, count: int) -> None:
    """Of an endless line only the beginning is kept, and the next one is still the next one."""
    opened = log(b"x" * (LONGEST * 2 + 5) + end)
    lines = list(opened.lines())
    assert len(lines) == count
    assert max(map(len, [*lines, opened.torn])) == LONGEST
    assert lines[1:] == [b"next\n"][: count - 1 if count else 0]


def test_looking_at_the_first_lines_does_not_use_them_up() -> None:
    """What `first` has seen comes again from `lines`."""
    opened = log(b"a\nb\nc\nd")
    assert opened.first(lambda line: line if line == b"b\n" else None) == b"b\n"
    assert opened.first(lambda _: None) is None
    assert list(opened.lines()) == [b"a\n", b"b\n", b"c\n"]
    assert opened.torn == b"d"


@pytest.mark.parametrize("compressed", [False, True])
def test_gzip_is_known_by_its_content(tmp_path: Path, compressed: bool) -> None:
    """A log may be compressed, whatever its name says."""
    content = b"".join(Writer().lines(3))
    path = tmp_path / "log"
    path.write_bytes(gzip.compress(content) if compressed else content)
    with closing_file(Log.opened(str(path))) as opened:
        assert b"".join(opened.lines()) == content
        assert opened.position() == opened.size() == path.stat().st_size


def _cut_gzip(path: Path) -> None:
    path.write_bytes(gzip.compress(bytes(range(256)) * 999)[:-50])


def _damaged_gzip(path: Path) -> None:
    whole = bytearray(gzip.compress(b"".join(Writer().lines(50))))
    whole[len(whole) // 2] ^= 0xFF
    path.write_bytes(whole)


@pytest.mark.parametrize("make", [_cut_gzip, _damaged_gzip, Path.mkdir, lambda _: None])
def test_a_file_that_cannot_be_read_is_named(tmp_path: Path, make: object) -> None:
    """A missing file, a folder or damaged compression is an error that names the file, never a traceback."""
    path = tmp_path / "log"
    make(path)  # type: ignore[operator]
    with pytest.raises(KmscliError, match="log cannot be read: "), closing_file(Log.opened(str(path))) as opened:
        list(opened.lines())


def test_the_files_of_a_log_are_found_beside_it(tmp_path: Path) -> None:
    """What logrotate moves away belongs to the log; other files of the folder do not."""
    rotated = ["events.jsonl-20260105", "events.jsonl.1", "events.jsonl.2.gz", "events.jsonl-20260105.gz"]
    for name in [*rotated, "events.jsonl", "lock", "events.jsonl.swp", "events.jsonl.1~", "other.jsonl.1"]:
        (tmp_path / name).touch()
    found = log_files(str(tmp_path / "events.jsonl"))
    assert {Path(path).name for path in found} == {"events.jsonl", *rotated}
    assert log_files(str(tmp_path / "nowhere" / "events.jsonl")) == []
