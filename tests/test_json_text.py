from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli import json_text

WHOLE = st.integers(-(2**70), 2**70)
MOMENT = st.just(0.0) | st.floats(0.001, 1e13)
"""Seconds. The two write fractions that are much smaller or greater differently, and kmscli writes none."""
TEXT = st.text(st.characters(codec=None))
VALUES = st.recursive(
    st.none() | st.booleans() | WHOLE | MOMENT | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
)
TEXTS = [
    b'{"a": 1, "a": 2}',
    b'{"a": 123456789012345678901234567890, "b": -0, "c": -0.0, "d": 9007199254740993.0}',
    b'{"a": 1e400}',
    b'{"a": "\\ud800", "b": "\\ud83d\\ude00"}',
    b'{"a": "\xed\xa0\x80"}',
    b'{"a": "\xff"}',
    b'{"a": "\xc0\x80"}',
    b'{"a": "\x01"}',
    b'{"a": NaN}',
    b'{"a": 01}',
    b'{"a": 1} and more',
    b"\xef\xbb\xbf{}",
    '{"a": 1}'.encode("utf-16"),
    b"[" * 100_000,
    b"[" * 500 + b"]" * 500,
    b"",
    b"{}\0",
]


def both_ways(function: Callable[[Any], Any], value: Any) -> tuple[str, str]:
    """What comes of a value in a process of one call, and in one of many."""
    before = json_text._fast
    try:
        json_text._fast = None
        of_one = outcome(function, value)
        json_text.answer_many()
        return of_one, outcome(function, value)
    finally:
        json_text._fast = before


def outcome(function: Callable[[Any], Any], value: Any) -> str:
    """What a function returns, to the last bit, or that it refuses."""
    try:
        return repr(function(value))
    except (ValueError, RecursionError):
        return "refused"


@given(VALUES)
def test_a_value_is_written_and_read_alike(value: Any) -> None:
    """A process that answers many calls writes the same bytes as one that answers one, and reads the same in them."""
    of_one, of_many = both_ways(json_text.written, value)
    assert of_one == of_many
    assert both_ways(json_text.read, json_text.written(value)) == (repr(value), repr(value))


@pytest.mark.parametrize("text", TEXTS, ids=range(len(TEXTS)))
def test_an_odd_text_is_read_alike(text: bytes) -> None:
    """What is hardly JSON, or none, is the same to both."""
    of_one, of_many = both_ways(json_text.read, text)
    assert of_one == of_many


@given(st.binary(max_size=12) | TEXT.map(lambda text: f'{{"{text}": 1}}'.encode("utf-8", "surrogatepass")))
def test_any_text_is_read_alike(text: bytes) -> None:
    """So are arbitrary bytes."""
    of_one, of_many = both_ways(json_text.read, text)
    assert of_one == of_many
