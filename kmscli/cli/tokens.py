"""From tokens to options and words, by the rules of `aws` (reference 17.3).

A token that opens with a dash is an option, unless it is `-`, a negative number, or has a space in it; it may be an
unambiguous beginning of an option's name, and may bring its value after `=`. After `--` every token is a word.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from kmscli.cli.options import Option
from kmscli.cli.values import integer
from kmscli.errors import UsageError

USAGE = """\
usage: kmscli [options] <operation> [parameters]
To see help text, you can run:

  kmscli help
  kmscli <operation> help"""


class Match:
    """An option as a token names it: no `option` if the name is unknown; `value` is what stands after `=`."""

    def __init__(self, option: Option | None, value: str | None = None) -> None:
        self.option = option
        self.value = value


def match(text: str, options: Iterable[Option]) -> Match | None:
    """The option that a token names; `None` if the token is a word.

    Raises UsageError: the token is the beginning of several options' names.
    """
    if not text.startswith("-") or text == "-":
        return None
    name, equals, after = text.partition("=")
    value = after if equals else None
    begun = []
    for option in options if name.startswith("--") else ():
        if option.name == name:
            return Match(option, value)
        if option.name.startswith(name) and not option.own:
            begun.append(option)
    if len(begun) > 1:
        raise refused(f"ambiguous option: {text} could match {', '.join(option.name for option in begun)}")
    if begun:
        return Match(begun[0], value)
    return None if _is_number(text[1:]) or " " in text else Match(None)


def _is_number(text: str) -> bool:
    """Whether digits, with a point before or among them, are all of a text. A pattern is compiled at each call."""
    whole, point, fraction = text.partition(".")
    if point:
        return fraction.isdecimal() and (not whole or whole.isdecimal())
    return whole.isdecimal()


def scan(tokens: Sequence[str], options: Sequence[Option]) -> tuple[dict[str, Any], list[str]]:
    """What the options are given, by their keys (a repeated one: the last), and the tokens that are left, in order.

    Raises UsageError: an ambiguous or unfit option, a value that is missing, or is none of the choices.
    """
    matches = _matches(tokens, options)
    given: dict[str, Any] = {}
    left = []
    position = 0
    while position < len(tokens):
        found = matches[position]
        position += 1
        if found is None or found.option is None:
            left.append(tokens[position - 1])
            continue
        words = _words(tokens, matches, position)
        value, taken = _take(found.option, found.value, words)
        given[found.option.key] = value
        position += taken
    return given, left


def strays(left: Sequence[str], options: Sequence[Option]) -> list[str]:
    """What was left and means nothing, in the order in which `aws` names it: the first word comes last.

    `aws` looks at that word to see whether it is `help`, and so overlooks it if it is empty.
    """
    words = [number for number, found in enumerate(_matches(left, options)) if found is None][:1]
    separator = left.index("--") if "--" in left else len(left)
    others = [text for number, text in enumerate(left) if number not in {separator, *words}]
    return others + [left[number] for number in words if left[number]]


def refused(message: str) -> UsageError:
    """The refusal of a command line that cannot be read; what may be typed follows it."""
    return UsageError(message, usage=USAGE)


def invalid_choice(name: str, given: str, choices: Iterable[str]) -> UsageError:
    """The refusal of a word that is none of the choices, with those that it may have meant."""
    from difflib import get_close_matches

    near = get_close_matches(given, list(choices), cutoff=0.8)
    hint = "".join(["\n\nMaybe you meant:\n", *(f"\n  * {choice}" for choice in near)]) if near else ""
    return refused(f"argument {name}: Found invalid choice {given!r}{hint}")


def _matches(tokens: Sequence[str], options: Sequence[Option]) -> list[Match | None]:
    end = tokens.index("--") if "--" in tokens else len(tokens)
    return [
        match(token, options) if number < end else Match(None) if number == end else None
        for number, token in enumerate(tokens)
    ]


def _words(tokens: Sequence[str], matches: Sequence[Match | None], start: int) -> list[str]:
    end = start
    while end < len(tokens) and matches[end] is None:
        end += 1
    return list(tokens[start:end])


def _take(option: Option, value: str | None, words: list[str]) -> tuple[Any, int]:
    """The option's value, from after its `=` or from the words behind it, and how many of those it took."""
    if option.kind == "flag":
        if value is not None:
            raise refused(f"argument {option.name}: ignored explicit argument {value!r}")
        return option.value, 0
    if option.kind == "list":
        return ([value], 0) if value is not None else (words, len(words))
    if value is not None:
        return _fit(option, value), 0
    if words:
        return _fit(option, words[0]), 1
    if option.kind == "optional":
        return option.value, 0
    raise refused(f"argument {option.name}: expected one argument")


def _fit(option: Option, text: str) -> Any:
    if option.kind == "number":
        return integer(text)
    if option.kind == "integer":
        try:
            return int(text)
        except ValueError:
            raise refused(f"argument {option.name}: invalid int value: {text!r}") from None
    if option.kind in {"choice", "optional"} and text not in option.choices:
        raise invalid_choice(option.name, text, option.choices)
    return text
