"""Reading a document by fields: every fault of it, with its place (`keys[2].aliases[0]: …`)."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any, TypeVar

from kmscli.cli.local._lab_clock import moment
from kmscli.errors import KmscliError, ServiceError, UsageError
from kmscli.operations.fields import Field
from kmscli.operations.shapes import List, Structure

T = TypeVar("T")


def members(raw: Any, fields: Mapping[str, Field[Any]], path: str, faults: list[str]) -> dict[str, Any]:
    """The members of a map, by name, that are there and have no fault. Faults are appended; none shows a value."""
    if not isinstance(raw, dict):
        faults.append(f"{path}: must be a map")
        return {}
    within = f"{path}." if path else ""
    unknown = (name for name in raw if name not in fields)
    faults += [f"{within}{name}: there is no such member; there are {', '.join(fields)}" for name in unknown]
    read = {}
    for name, field in fields.items():
        if raw.get(name) is None:
            if field.is_required:
                faults.append(f"{within}{name}: is missing")
            continue
        before = len(faults)
        value = _value(field, raw[name], within + name, faults)
        if len(faults) == before:
            read[name] = value
    return read


def ruled(path: str, faults: list[str], rule: Callable[[], T]) -> T | None:
    """What a rule of an operation gives; None, with a fault, where it refuses."""
    try:
        return rule()
    except ServiceError as error:
        faults.append(f"{path}: {error.message or error.code}")
        return None


def _value(field: Field[Any], raw: Any, path: str, faults: list[str]) -> Any:
    if isinstance(field, Structure):
        return members(raw, {one.name: one for one in field.shape.fields.values()}, path, faults)
    if field.kind == "timestamp":
        return _moment(raw, path, faults)
    if not _is_of(field, raw):
        faults.append(f"{path}: must be {_KINDS[field.kind]}")
        return None
    faults += [f"{path}: {constraint}" for constraint in field.constraints(raw)]
    if isinstance(field, List):
        return [_value(field.member, item, f"{path}[{number}]", faults) for number, item in enumerate(raw)]
    return raw


def _is_of(field: Field[Any], raw: Any) -> bool:
    return isinstance(raw, field.python_type) and (field.kind == "boolean" or not isinstance(raw, bool))


_KINDS = {"string": "text", "boolean": "true or false", "integer": "a whole number", "list": "a list", "map": "a map"}


def _moment(raw: Any, path: str, faults: list[str]) -> float | None:
    try:
        return moment(raw.isoformat() if isinstance(raw, date) else str(raw))
    except UsageError:
        faults.append(f"{path}: must be a time such as 2026-01-05T09:00:00Z")
        return None


def refuse(file: str, faults: list[str], error: Callable[[str], KmscliError]) -> None:
    """Raises the error with all faults, a line each, if there are any."""
    if faults:
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        raise error("\n".join((f"{file}: {count}; nothing was seeded.", *faults)))
