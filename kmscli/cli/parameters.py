"""From what an option of an operation was given to the member's raw value (reference 17.4).

Text stays text until here. What is left to do afterwards, for options and documents alike, is `decoded`: blobs and
moments.
"""

from collections.abc import Callable
from typing import Any

from kmscli.cli.values import blob, integer, is_paramfile, moment, parse_json, read_paramfile
from kmscli.errors import UsageError
from kmscli.operations.fields import Field
from kmscli.operations.shapes import List, Structure

COMPLEX = frozenset({"list", "map", "structure"})


def refused(name: str, reason: str) -> UsageError:
    """The refusal of an option's value."""
    return UsageError(f"Error parsing parameter '{name}': {reason}")


def is_secret(field: Field[Any]) -> bool:
    """Whether the member, or any within it, is one that no message may show."""
    if isinstance(field, List):
        return field.secret or is_secret(field.member)
    if isinstance(field, Structure):
        return field.secret or any(is_secret(inner) for inner in field.shape.fields.values())
    return field.secret


def read(field: Field[Any], name: str, given: Any, stdin: Callable[[], bytes]) -> Any:
    """A member's raw value from what its option was given: a text, the words of a list, or a flag's value.

    Raises UsageError (252), and KmscliError (255) for what is no whole number.
    """
    if field.kind == "boolean":
        return given
    if field.kind == "blob" and given == "-":
        return stdin()
    if isinstance(given, list) and not (len(given) == 1 and is_paramfile(given[0])):
        return _complex(field, name, given)
    text = _loaded(name, given[0] if isinstance(given, list) else given)
    if isinstance(text, bytes):
        return text
    if field.kind == "integer":
        return integer(text)
    return _complex(field, name, text) if field.kind in COMPLEX else text


def decoded(field: Field[Any], value: Any, binary_format: str | None, *, hidden: bool) -> Any:
    """A raw value with its blobs as bytes and its moments as seconds, however deep they are.

    Raises KmscliError: a blob is not base64; its text is not shown if `hidden`.
    """
    if field.kind == "blob" and isinstance(value, str):
        return blob(value, binary_format, hidden=hidden or field.secret)
    if field.kind == "timestamp":
        return moment(value)
    if isinstance(field, List) and isinstance(value, list):
        return [decoded(field.member, item, binary_format, hidden=hidden) for item in value]
    if isinstance(field, Structure) and isinstance(value, dict):
        members = field.shape.fields
        return {
            wire: decoded(members[wire], item, binary_format, hidden=hidden) if wire in members else item
            for wire, item in value.items()
        }
    return value


def _loaded(name: str, text: str) -> str | bytes:
    try:
        return read_paramfile(text)
    except ValueError as error:
        raise refused(name, str(error)) from None


def _complex(field: Field[Any], name: str, given: str | list[str]) -> Any:
    """A list, map or structure: from one text, or from the words of a list, each one of its members."""
    text = given if isinstance(given, str) else given[0] if given else ""
    opening = text.lstrip()[:1]
    if isinstance(field, List):
        if opening == "[" and (isinstance(given, str) or len(given) == 1):
            return _json(field, name, text)
        if field.member.kind not in COMPLEX:
            return [given] if isinstance(given, str) else given
        if isinstance(given, list):
            is_json = opening in {"[", "{"}
            return [(_json_object if is_json else _shorthand)(field.member, name, word) for word in given]
    if opening in {"[", "{"}:
        return _json_object(field, name, text)
    return _shorthand(field, name, text)


def _json_object(field: Field[Any], name: str, text: str) -> Any:
    if text.lstrip()[:1] != "{":
        raise refused(name, f"Invalid JSON:\n{'<sensitive>' if is_secret(field) else text}")
    return _json(field, name, text)


def _json(field: Field[Any], name: str, text: str) -> Any:
    try:
        return parse_json(text)
    except ValueError as error:
        shown = "<sensitive>" if is_secret(field) else text
        raise refused(name, f"Invalid JSON: {error}\nJSON received: {shown}") from None


def _shorthand(field: Field[Any], name: str, text: str) -> Any:
    from kmscli.cli.shorthand import ShorthandError, parse

    try:
        return _fitted(field, parse(text))
    except ShorthandError as error:
        raise refused(name, error.hidden if is_secret(field) else str(error)) from None
    except ValueError as error:
        raise refused(name, str(error)) from None


def _fitted(field: Field[Any], value: Any) -> Any:
    """A value of shorthand, which knows only text, as the member's kind wants it: one text may stand for a list."""
    if isinstance(field, List):
        return [_fitted(field.member, item) for item in value] if isinstance(value, list) else [value]
    if isinstance(field, Structure) and isinstance(value, dict):
        members = field.shape.fields
        return {wire: _fitted(members[wire], item) if wire in members else item for wire, item in value.items()}
    if not isinstance(value, str):
        return value
    if field.kind == "integer":
        return integer(value)
    if field.kind == "boolean":
        return {"true": True, "false": False}.get(value.lower(), value)
    return read_paramfile(value) if field.kind == "blob" and value.startswith("fileb://") else value
