"""Token buckets: what they let through, of time that the tests make."""

import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.server.buckets import Buckets, Draw

TAKEN: dict[str, tuple[float, int, list[float], str]] = {
    "a second's worth at once": (5, 1, [0] * 6, "yyyyyn"),
    "one more for each fifth of a second": (5, 1, [0] * 5 + [0.1, 0.2, 0.3, 0.4], "yyyyynyny"),
    "no more than a second's worth, however long nobody called": (2, 1, [0, 100, 100, 100], "yyyn"),
    "one every ten seconds": (0.1, 1, [0, 5, 9.9, 10, 15, 20], "ynnyny"),
    "two at a time": (5, 2, [0, 0, 0, 0.2, 0.2], "yynyn"),
    "more than a bucket holds, when it is full, to be paid off": (0.5, 3, [0, 2, 4, 5.9, 6], "ynnny"),
}


@pytest.mark.parametrize("case", TAKEN)
def test_what_is_taken(case: str) -> None:
    """A bucket holds a second's worth, at least one, and fills at its rate."""
    rate, tokens, moments, expected = TAKEN[case]
    buckets = Buckets()
    taken = [buckets.take([Draw("one", rate, tokens)], 1000 + moment) for moment in moments]
    assert "".join("y" if one else "n" for one in taken) == expected


def test_all_or_none() -> None:
    """Of several draws none is made if one asks too much; another's bucket is another."""
    buckets = Buckets()
    assert buckets.take([Draw("small", 1)], 10)
    assert not buckets.take([Draw("large", 2, 2), Draw("small", 1)], 10)
    assert buckets.take([Draw("large", 2, 2)], 10)
    assert not buckets.take([Draw("large", 2)], 10)
    assert buckets.take([Draw("other", 1), Draw("third", 1)], 10)


@given(
    rate=st.sampled_from([0.1, 0.5, 1, 3, 10, 1000]),
    pauses=st.lists(st.sampled_from([0, 0.001, 0.03, 0.1, 0.34, 1, 7]), min_size=1, max_size=80),
)
def test_neither_more_nor_fewer_than_the_rate(rate: float, pauses: list[float]) -> None:
    """In no window of time is more taken than a full bucket and what comes meanwhile; and what is refused would be."""
    buckets, now = Buckets(), 5000.0
    taken: list[float] = []

    def beyond(end: float, more: int) -> float:
        """By how much the window that has most in it, up to some moment, has too much, with so many more."""
        counts = zip(taken, range(len(taken), 0, -1), strict=True)
        windows = [count + more - max(rate, 1) - rate * (end - start) for start, count in counts]
        return max(windows, default=-1.0)

    for pause in pauses:
        now += pause
        if buckets.take([Draw("one", rate)], now):
            taken.append(now)
            assert beyond(now, 0) < 0.001
        else:
            assert beyond(now, 1) > 0


def test_many_names() -> None:
    """As many names as a busy server has do not make each other forget."""
    buckets = Buckets()
    names = [f"account {number}" for number in range(10_000)]
    assert all(buckets.take([Draw(name, 1)], 10) for name in names)
    assert not any(buckets.take([Draw(name, 1)], 10.5) for name in names)
    assert all(buckets.take([Draw(name, 1)], 11) for name in names)


def test_processes_share_them() -> None:
    """What a forked process takes is taken for all."""
    buckets = Buckets()
    children = []
    for _ in range(4):
        child = os.fork()
        if not child:
            os._exit(sum(buckets.take([Draw("one", 100)], 10) for _ in range(50)))
        children.append(child)
    taken = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in children]
    assert sum(taken) == 100
    assert not buckets.take([Draw("one", 100)], 10)
