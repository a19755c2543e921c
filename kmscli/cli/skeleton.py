"""`--generate-cli-skeleton`: a request to fill in, and a sample answer, made from the declaration (reference 17.4)."""

import json
from typing import Any

from kmscli.operations.fields import Field
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List, Map, Response, Shape, Structure

_EMPTY: dict[str, Any] = {"string": "", "integer": 0, "boolean": True, "blob": None, "timestamp": "1970-01-01T00:00:00"}


def request_json(operation: Operation) -> str:
    """A request as JSON, with every member, for `--cli-input-json`; its last line is ended."""
    return json.dumps(_members(operation.request), indent=4) + "\n"


def request_yaml(operation: Operation) -> str:
    """A request as YAML, with every member and what it is, for `--cli-input-yaml`; its last line is ended."""
    return ("\n".join(_yaml_members(operation.request)) or "{}") + "\n"


def sample_response(operation: Operation) -> Response | None:
    """An answer in which every text is its member's name; `None` for an operation that answers nothing."""
    return None if operation.response is None else operation.response(**_sample_members(operation.response))


def _members(shape: type[Shape]) -> dict[str, Any]:
    return {wire: _empty(field) for wire, field in shape.fields.items()}


def _empty(field: Field[Any]) -> Any:
    if isinstance(field, Structure):
        return _members(field.shape)
    if isinstance(field, List):
        return [_empty(field.member)]
    if isinstance(field, Map):
        return {"KeyName": ""}
    return _choices(field)[0] if _choices(field) else _EMPTY[field.kind]


def _choices(field: Field[Any]) -> tuple[str, ...]:
    return getattr(field, "choices", ())


def _yaml_members(shape: type[Shape]) -> list[str]:
    lines = []
    for wire, field in shape.fields.items():
        first, *rest = _yaml_value(field)
        lines.append(f"{wire}:{first}{_comment(field)}")
        lines += rest
    return lines


def _yaml_value(field: Field[Any]) -> list[str]:
    """What stands behind a member's name, and the lines below it."""
    if isinstance(field, Structure):
        return ["", *(f"  {line}" for line in _yaml_members(field.shape))]
    if isinstance(field, Map):
        return ["", "  KeyName: ''"]
    if isinstance(field, List):
        return ["", *_yaml_item(field.member)]
    if field.kind == "blob":
        return [" !!binary ''"]
    empty = _empty(field)
    return [f" {empty}" if _choices(field) else f" {str(empty).lower()}" if empty is True else f" {empty!r}"]


def _yaml_item(member: Field[Any]) -> list[str]:
    first, *rest = _yaml_value(member)
    if rest:
        return [f"- {rest[0].removeprefix('  ')}", *rest[1:]]
    return [f"-{first}{_comment(member)}"]


def _comment(field: Field[Any]) -> str:
    sentence = field.help.split(". ")[0].rstrip(".")
    words = [
        "[REQUIRED]" if field.is_required else "",
        f"{sentence}." if sentence else "",
        f"Valid values are: {', '.join(_choices(field))}." if _choices(field) else "",
    ]
    comment = " ".join(word for word in words if word)
    return f"  # {comment}" if comment else ""


def _sample_members(shape: type[Shape]) -> dict[str, Any]:
    return {field.name: _sample(field, wire) for wire, field in shape.fields.items()}


def _sample(field: Field[Any], name: str) -> Any:
    if isinstance(field, Structure):
        return field.shape(**_sample_members(field.shape))
    if isinstance(field, List):
        return [_sample(field.member, name)]
    if isinstance(field, Map):
        return {"KeyName": name}
    if _choices(field):
        return _choices(field)[0]
    kinds = {"string": name, "integer": 0, "boolean": True, "blob": name.encode(), "timestamp": 0.0}
    return kinds[field.kind]
