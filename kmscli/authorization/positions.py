"""Where the statements of a policy stand in its text, as IAM's simulator counts: lines and columns from 1.

A statement begins behind the bracket or the comma before it, one that is no list's behind its own bracket; it ends
behind its last one.
"""

import json

Place = tuple[int, int]
"""A line and a column."""
_BLANKS = " \t\n\r"
_DECODER = json.JSONDecoder(strict=True)


def statement_places(text: str) -> list[tuple[Place, Place]]:
    """Where each statement of a policy begins and ends. `text`: of one that was parsed."""
    return [(_place(text, start), _place(text, end)) for start, end in _spans(text)]


def _spans(text: str) -> list[tuple[int, int]]:
    at = _statements(text)
    if text[at] != "[":
        return [(at + 1, _DECODER.raw_decode(text, at)[1])]
    spans = []
    while text[at] != "]":
        start = at + 1
        end = _DECODER.raw_decode(text, _skip(text, start))[1]
        spans.append((start, end))
        at = _skip(text, end)
    return spans


def _statements(text: str) -> int:
    """Where the value of `Statement` begins."""
    at = _skip(text, 0) + 1
    while True:
        name, at = _DECODER.raw_decode(text, _skip(text, at))
        at = _skip(text, _skip(text, at) + 1)
        if name == "Statement":
            return at
        at = _skip(text, _DECODER.raw_decode(text, at)[1]) + 1


def _skip(text: str, at: int) -> int:
    while text[at] in _BLANKS:
        at += 1
    return at


def _place(text: str, at: int) -> Place:
    before = text[:at]
    return before.count("\n") + 1, at - before.rfind("\n")
