"""Policy documents: read once, held as plain data (reference, kms-semantics 5.3, 5.4, 6.6).

A document that is none raises MalformedDocumentError with what is wrong; nothing of it is ever half believed.
"""

import json
from collections.abc import Sequence
from typing import Any

from kmscli.authorization.conditions import Condition
from kmscli.authorization.principals import AWS, EVERYONE, KINDS, Named, is_principal
from kmscli.authorization.wildcards import pattern_of

DEEPEST = 64
NO_VARIABLES = "2008-10-17"
VERSIONS = ("2012-10-17", NO_VARIABLES)
INVALID_PRINCIPAL = "Policy contains a statement with one or more invalid principals."
NO_PRINCIPAL = "Policy contains a statement with no principal."
SYNTAX = "The policy is not a valid JSON document."

_ELEMENTS = frozenset(
    ("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
)
_TOO_WIDE = ("kms:encryptioncontext:", "aws:requesttag/")
"""Single-valued families of keys on which ForAllValues would match a request that has none (5.4)."""
_KEPT = 512


class MalformedDocumentError(Exception):
    """A text is no policy of its kind. The message says why."""


class Words:
    """`Action` or `Resource`, or their negation. `given` is False where the element is missing: it matches nothing.

    `patterns`: what the values match, their variables aside; in small letters for actions, whose case does not matter.
    """

    def __init__(self, element: str, values: Sequence[str], *, given: bool = True) -> None:
        self.element = element
        self.values = values
        self.given = given
        self.negated = element.startswith("Not")
        has_case = not element.endswith("Action")
        self.patterns = [pattern_of(value if has_case else value.lower()) for value in values]

    def shown(self) -> list[str] | None:
        """The element as an explanation shows it."""
        return list(self.values) if self.given else None


class Statement:
    """A statement. `place`: where it stands, from 0."""

    def __init__(
        self, *, place: int, sid: str, allows: bool, principal: Named | None, action: Words, resource: Words,
        conditions: Sequence[Condition],
    ) -> None:  # fmt: skip
        self.place = place
        self.sid = sid
        self.allows = allows
        self.principal = principal
        self.action = action
        self.resource = resource
        self.conditions = conditions


class Document:
    """A policy's statements. `has_variables`: its version has policy variables."""

    def __init__(self, statements: Sequence[Statement], *, has_variables: bool) -> None:
        self.statements = statements
        self.has_variables = has_variables


_parsed: dict[tuple[str, bool], Document] = {}


def parsed(text: str, *, names_principals: bool) -> Document:
    """A policy, parsed once a text and kept. `names_principals`: each statement must say whom it is about, as those
    of key policies, trust policies and endpoint policies must, or must not.

    Raises MalformedDocumentError.
    """
    found = _parsed.get((text, names_principals))
    if found is None:
        found = parse(text, names_principals=names_principals)
        if len(_parsed) >= _KEPT:
            _parsed.clear()
        _parsed[text, names_principals] = found
    return found


def parse(text: str, *, names_principals: bool) -> Document:
    """A policy. Raises MalformedDocumentError."""
    document = _object(_loaded(text), "The policy")
    _only(document, ("Version", "Id", "Statement"))
    version = document.get("Version", NO_VARIABLES)
    if version not in VERSIONS:
        raise MalformedDocumentError("The policy must contain a valid version string")
    if not isinstance(document.get("Id", ""), str):
        raise MalformedDocumentError("The policy's Id must be a string.")
    given = document.get("Statement")
    statements = given if isinstance(given, list) else [given]
    if given is None or not statements:
        raise MalformedDocumentError("The policy must contain at least one statement.")
    return Document(
        [_statement(one, place, names_principals=names_principals) for place, one in enumerate(statements)],
        has_variables=version != NO_VARIABLES,
    )


def _statement(given: Any, place: int, *, names_principals: bool) -> Statement:
    members = _object(given, "Each statement")
    _only(members, _ELEMENTS)
    effect = members.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise MalformedDocumentError("Each statement must have an Effect of Allow or Deny.")
    if not isinstance(members.get("Sid", ""), str):
        raise MalformedDocumentError("A statement's Sid must be a string.")
    return Statement(
        place=place,
        sid=members.get("Sid", ""),
        allows=effect == "Allow",
        principal=_principal(members, required=names_principals),
        action=_words(members, "Action"),
        resource=_words(members, "Resource"),
        conditions=_conditions(members.get("Condition", {})),
    )


def _principal(members: dict[str, Any], *, required: bool) -> Named | None:
    given, negated = _one_of(members, "Principal")
    if given is None:
        if required:
            raise MalformedDocumentError(NO_PRINCIPAL)
        return None
    if not required:
        raise MalformedDocumentError("Policy document should not specify a principal.")
    if given == EVERYONE:
        return Named({AWS: [EVERYONE]}, negated=negated)
    by_kind = {kind: _strings(names, INVALID_PRINCIPAL) for kind, names in _object(given, "A principal").items()}
    if not by_kind:
        raise MalformedDocumentError(NO_PRINCIPAL)
    for kind, names in by_kind.items():
        if kind not in KINDS or not names or not all(is_principal(kind, name) for name in names):
            raise MalformedDocumentError(INVALID_PRINCIPAL)
    return Named(by_kind, negated=negated)


def _words(members: dict[str, Any], element: str) -> Words:
    given, negated = _one_of(members, element)
    if given is None:
        return Words(element, [], given=False)
    wrong = f"A statement's {element} must be a string or strings."
    return Words(f"Not{element}" if negated else element, _strings(given, wrong))


def _conditions(given: Any) -> list[Condition]:
    conditions = []
    for operator, keys in _object(given, "A condition").items():
        for key, values in _object(keys, "A condition's operator").items():
            if not key:
                raise MalformedDocumentError("A condition has an empty key.")
            conditions.append(_condition(operator, key, values))
    return conditions


def _condition(operator: str, key: str, values: Any) -> Condition:
    said = values if isinstance(values, list) else [values]
    if not said or not all(isinstance(value, str | bool | int | float) for value in said):
        raise MalformedDocumentError(f"The condition on {key} has an invalid value.")
    try:
        condition = Condition(operator, key, [_text(value) for value in said])
    except KeyError:
        raise MalformedDocumentError(f"Invalid Condition type : {operator}.") from None
    if condition.quantifier == "ForAllValues" and key.lower().startswith(_TOO_WIDE):
        raise MalformedDocumentError(_overly_permissive(key))
    return condition


def _overly_permissive(key: str) -> str:
    if key.lower().startswith("kms:"):
        kind, what = ":EncryptionContext", "encryption context"
    else:
        kind, what = "", "[encryption context or tag]"
    return (
        f"OverlyPermissiveCondition{kind}: Using the ForAllValues set operator with a single-valued condition key "
        f"matches requests without the specified {what} or with an unspecified {what}. To fix, remove ForAllValues."
    )


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _one_of(members: dict[str, Any], element: str) -> tuple[Any, bool]:
    """An element or its negation, and which it is."""
    if element in members and f"Not{element}" in members:
        raise MalformedDocumentError(f"A statement has both {element} and Not{element}.")
    negated = f"Not{element}" in members
    return members.get(f"Not{element}" if negated else element), negated


def _strings(given: Any, wrong: str) -> list[str]:
    values = given if isinstance(given, list) else [given]
    if not all(isinstance(value, str) for value in values):
        raise MalformedDocumentError(wrong)
    return values


def _object(given: Any, what: str) -> dict[str, Any]:
    if not isinstance(given, dict):
        raise MalformedDocumentError(f"{what} must be a JSON object.")
    return given


def _only(members: dict[str, Any], known: Any) -> None:
    for name in members:
        if name not in known:
            raise MalformedDocumentError(f"Unknown element: {name}.")


def _loaded(text: str) -> Any:
    try:
        check_depth(text)
        return json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedDocumentError(SYNTAX) from None


def check_depth(text: str) -> None:
    """Raises ValueError: JSON text nested deeper than 64 levels. Looks at brackets outside of strings only."""
    depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string, escaped = True, False
        elif character in "{[":
            depth += 1
            if depth > DEEPEST:
                raise ValueError("nested too deeply")
        elif character in "}]":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")
