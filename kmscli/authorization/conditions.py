"""Conditions: operators, with `IfExists`, `ForAllValues` and `ForAnyValue` (reference, kms-semantics 6.6).

An operator's comparison says whether one value of the request and one of the policy fit. What no comparison can read,
a number that is none say, fits nothing.
"""

from collections.abc import Callable, Sequence
from typing import Any

from kmscli.authorization.context import Context
from kmscli.authorization.variables import expanded
from kmscli.authorization.wildcards import ANY, ONE, Pattern, matches, pattern_of

Comparison = Callable[[str, Pattern], bool]

ALL = "ForAllValues"
SOME = "ForAnyValue"
NULL = "Null"
_PLAIN = {ANY: "*", ONE: "?"}


def text_of(pattern: Pattern) -> str:
    """A pattern whose wildcards mean nothing, as text."""
    return pattern if isinstance(pattern, str) else "".join(_PLAIN.get(one, one) for one in pattern)


def _equal(value: str, pattern: Pattern) -> bool:
    return value == text_of(pattern)


def _equal_but_for_case(value: str, pattern: Pattern) -> bool:
    return value.lower() == text_of(pattern).lower()


def _like(value: str, pattern: Pattern) -> bool:
    return matches(pattern, value)


def _bool(value: str, pattern: Pattern) -> bool:
    return value.lower() == text_of(pattern).lower()


def _binary(value: str, pattern: Pattern) -> bool:
    import binascii

    try:
        return binascii.a2b_base64(value) == binascii.a2b_base64(text_of(pattern))
    except ValueError:
        return False


def _arn_like(value: str, pattern: Pattern) -> bool:
    """Six parts, each matched on its own."""
    wanted, given = _parts(pattern), value.split(":", 5)
    return len(wanted) == len(given) == 6 and all(map(matches, wanted, given))


def _parts(pattern: Pattern) -> list[Pattern]:
    parts: list[list[str]] = [[]]
    for character in pattern:
        if character == ":" and len(parts) < 6:
            parts.append([])
        else:
            parts[-1].append(character)
    return [*parts]


def _ip_address(value: str, pattern: Pattern) -> bool:
    import ipaddress

    try:
        return ipaddress.ip_address(value) in ipaddress.ip_network(text_of(pattern), strict=False)
    except ValueError:
        return False


def _number(text: str) -> float:
    number = float(text)
    if number - number:  # NaN and the infinities are no numbers to compare
        raise ValueError(text)
    return number


def moment(text: str) -> float:
    """Seconds since the epoch, of ISO 8601 or epoch seconds. Raises ValueError."""
    if text.replace(".", "", 1).lstrip("-").isdigit():
        return float(text)
    from datetime import UTC, datetime

    read = datetime.fromisoformat(text)
    return (read if read.tzinfo else read.replace(tzinfo=UTC)).timestamp()


def _ordered(read: Callable[[str], float], fits: Callable[[float, float], bool]) -> Comparison:
    def compare(value: str, pattern: Pattern) -> bool:
        try:
            return fits(read(value), read(text_of(pattern)))
        except (ValueError, OverflowError):
            return False

    return compare


_ORDERS: dict[str, Callable[[float, float], bool]] = {
    "Equals": lambda value, wanted: value == wanted,
    "LessThan": lambda value, wanted: value < wanted,
    "LessThanEquals": lambda value, wanted: value <= wanted,
    "GreaterThan": lambda value, wanted: value > wanted,
    "GreaterThanEquals": lambda value, wanted: value >= wanted,
}

COMPARISONS: dict[str, Comparison] = {
    "StringEquals": _equal,
    "StringEqualsIgnoreCase": _equal_but_for_case,
    "StringLike": _like,
    "Bool": _bool,
    "BinaryEquals": _binary,
    "ArnEquals": _arn_like,
    "ArnLike": _arn_like,
    "IpAddress": _ip_address,
    **{f"Numeric{name}": _ordered(_number, fits) for name, fits in _ORDERS.items()},
    **{f"Date{name}": _ordered(moment, fits) for name, fits in _ORDERS.items()},
}
NEGATIONS = {
    "StringNotEquals": "StringEquals",
    "StringNotEqualsIgnoreCase": "StringEqualsIgnoreCase",
    "StringNotLike": "StringLike",
    "ArnNotEquals": "ArnEquals",
    "ArnNotLike": "ArnLike",
    "NotIpAddress": "IpAddress",
    "NumericNotEquals": "NumericEquals",
    "DateNotEquals": "DateEquals",
}
"""Operators that hold where another does not."""


class Condition:
    """One operator on one key. `operator`: as the policy spells it. Raises KeyError: there is no such operator."""

    element = "Condition"

    def __init__(self, operator: str, key: str, values: Sequence[str]) -> None:
        self.operator = operator
        self.key = key
        self.values = values
        self.quantifier, _, name = operator.rpartition(":")
        if self.quantifier not in ("", ALL, SOME):
            raise KeyError(operator)
        self.may_be_absent = name.endswith("IfExists")
        name = name.removesuffix("IfExists")
        self.is_null = name == NULL
        if self.is_null and (self.may_be_absent or self.quantifier):
            raise KeyError(operator)
        self.is_negated = name in NEGATIONS
        self.compare: Any = None if self.is_null else COMPARISONS[NEGATIONS.get(name, name)]

    def holds(self, context: Context, *, has_variables: bool) -> bool:
        """Whether it holds in a context. `has_variables`: the policy's version has variables."""
        values = context.get(self.key)
        if self.is_null:
            return any((value.lower() == "true") == (not values) for value in self.values)
        if not values:
            return self._holds_without_values()
        wanted = self._patterns(context, has_variables=has_variables)
        if not wanted:
            return False
        every = all if self._asks_every_value() else any
        return every(self._fits(value, wanted) for value in values)

    def shown(self) -> dict[str, dict[str, list[str]]]:
        """The condition as an explanation shows it."""
        return {self.operator: {self.key: list(self.values)}}

    def _holds_without_values(self) -> bool:
        if self.may_be_absent or self.quantifier == ALL:
            return True
        return self.is_negated and self.quantifier != SOME

    def _asks_every_value(self) -> bool:
        return self.quantifier == ALL or (self.is_negated and self.quantifier != SOME)

    def _fits(self, value: str, wanted: Sequence[Pattern]) -> bool:
        return any(self.compare(value, pattern) for pattern in wanted) != self.is_negated

    def _patterns(self, context: Context, *, has_variables: bool) -> list[Pattern]:
        """The policy's values; without those whose variables stand for nothing."""
        if not has_variables:
            return [pattern_of(value) for value in self.values]
        patterns = (expanded(value, context) for value in self.values)
        return [pattern for pattern in patterns if pattern is not None]
