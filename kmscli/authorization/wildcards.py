"""Wildcards: `*` is any run of characters, `?` one (reference, kms-semantics 6.6). Matched without `re`, in linear
steps for usual patterns and never worse than length times length.

A pattern is its characters, in which the wildcards are `ANY` and `ONE`, so that a `*` that a variable stands for, or
`${*}`, is the character itself.
"""

from collections.abc import Sequence

ANY = "any characters"
ONE = "one character"
_WILD = {"*": ANY, "?": ONE}

Pattern = Sequence[str]


def pattern_of(text: str) -> Pattern:
    """The pattern that a text writes: the text itself where there are no wildcards."""
    if "*" not in text and "?" not in text:
        return text
    return [_WILD.get(character, character) for character in text]


def matches(pattern: Pattern, text: str) -> bool:
    """Whether a pattern matches the whole of a text. Case counts."""
    if isinstance(pattern, str):
        return pattern == text
    at = place = resume = 0
    star = -1
    while place < len(text):
        if at < len(pattern) and pattern[at] in (text[place], ONE):
            at, place = at + 1, place + 1
        elif at < len(pattern) and pattern[at] == ANY:
            if at == len(pattern) - 1:
                return True
            star, resume = at, place
            at += 1
        elif star >= 0:
            resume += 1
            at, place = star + 1, resume
        else:
            return False
    return all(rest == ANY for rest in pattern[at:])
