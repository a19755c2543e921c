"""Lists, maps and structures of fields; requests and responses."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast

from kmscli.errors import SerializationException, ServiceError, ValidationException
from kmscli.generic import Generic
from kmscli.operations.fields import Enum, Field, Render, Sized, String, T, wrong_type

if TYPE_CHECKING:
    S = TypeVar("S", bound="Shape")
else:
    S = TypeVar("S")  # to resolve the bound costs every call a millisecond


class List(Sized[list[T]], Generic[T]):
    """A list of `low` to `high` members of one kind."""

    kind = "list"
    python_type = list
    wire_type = "List"

    def __init__(self, member: Field[T], low: int = 0, high: int | None = None, **options: Any) -> None:
        super().__init__(low, high, **options)
        self.member = member

    def accept(self, value: Any, path: str, violations: list[str]) -> list[T]:
        given = super().accept(value, path, violations)
        if self.member.kind in ("structure", "list", "map"):
            return [
                self.member.accept(item, f"{path}.{number}.member", violations)
                for number, item in enumerate(given, start=1)
            ]
        items = [self.member.accept(item, path, []) for item in given]
        if any(self.member.constraints(item) for item in items):
            violations.append(self.violation(items, path, f"Member must satisfy constraint: {_inner(self.member)}"))
        return items

    def faults(self, value: Any, path: str) -> Iterator[str]:
        wrong = list(super().faults(value, path))
        yield from wrong
        for number, item in enumerate(value if isinstance(value, list) else ()):
            yield from self.member.faults(item, f"{path}[{number}]")

    def botocore_types(self) -> tuple[object, ...]:
        return (list, tuple)

    def render(self, value: Any, style: Render) -> Any:
        return [self.member.render(item, style) for item in value]

    def logs(self, value: Any, style: Render) -> Any:
        return [self.member.logs(item, style) for item in value]


class Map(Field[dict[str, str]]):
    """Text by text."""

    kind = "map"
    python_type = dict
    wire_type = "Map"

    def accept(self, value: Any, path: str, violations: list[str]) -> dict[str, str]:
        given = super().accept(value, path, violations)
        for item in given.values():
            if not isinstance(item, str):
                raise SerializationException(wrong_type(item, "String"))
        return given

    def faults(self, value: Any, path: str) -> Iterator[str]:
        yield from super().faults(value, path)
        for key, item in value.items() if isinstance(value, dict) else ():
            if not isinstance(item, str):
                kinds = f"type: {type(item)}, valid types: {str}"
                yield f"Invalid type for parameter {path}.{key}, value: {item}, {kinds}"


class Structure(Field[S]):
    """A structure of members of its own."""

    kind = "structure"
    python_type = dict
    wire_type = "Structure"

    def __init__(self, shape: type[S], **options: Any) -> None:
        super().__init__(**options)
        self.shape = shape

    def accept(self, value: Any, path: str, violations: list[str]) -> S:
        if not isinstance(value, dict):
            raise SerializationException(wrong_type(value, self.wire_type))
        return self.shape.accept(value, f"{path}.", violations)

    def faults(self, value: Any, path: str) -> Iterator[str]:
        if isinstance(value, dict):
            yield from self.shape.faults(value, path)
        else:
            yield from super().faults(value, path)

    def render(self, value: Any, style: Render) -> Any:
        return value.members(style)

    def logs(self, value: Any, style: Render) -> Any:
        return value.logged(style)


class Shape:
    """A set of members. Subclasses list them as class attributes, in the API model's order."""

    fields: ClassVar[dict[str, Field[Any]]] = {}
    """The members by wire name."""
    _names: ClassVar[frozenset[str]] = frozenset()
    """Their Python names."""

    def __init_subclass__(cls) -> None:
        own = {field.wire: field for field in vars(cls).values() if isinstance(field, Field)}
        cls.fields = {**cls.fields, **own}
        cls._names = frozenset(field.name for field in cls.fields.values())

    def __init__(self, **members: Any) -> None:
        if not members.keys() <= self._names:
            raise TypeError(f"{type(self).__name__} has no member {', '.join(members.keys() - self._names)}")
        self.__dict__.update(members)

    def __repr__(self) -> str:
        members = (f"{name}={self._field(name).shown(value)}" for name, value in self.__dict__.items())
        return f"{type(self).__name__}({', '.join(members)})"

    @classmethod
    def _field(cls, name: str) -> Field[Any]:
        return cast("Field[Any]", getattr(cls, name))

    @classmethod
    def accept(cls, raw: dict[str, Any], prefix: str, violations: list[str]) -> Self:
        """The typed shape of raw members; violations are appended. Unknown members are ignored, as the service does."""
        shape = cls.__new__(cls)
        members = shape.__dict__
        for wire, field in cls.fields.items():
            value = raw.get(wire)
            if value is not None:
                members[field.name] = field.accept(value, prefix + field.path, violations)
            elif field.is_required:
                where = f"Value null at '{prefix}{field.path}'"
                violations.append(f"{where} failed to satisfy constraint: Member must not be null")
        return shape

    @classmethod
    def faults(cls, raw: dict[str, Any], path: str = "") -> Iterator[str]:
        """What botocore refuses by itself, a line each: missing, unknown, of the wrong type, too short."""
        where = path or "input"
        for wire, field in cls.fields.items():
            if field.is_required and raw.get(wire) is None:
                yield f'Missing required parameter in {where}: "{wire}"'
        for wire in raw:
            if wire not in cls.fields:
                yield f'Unknown parameter in {where}: "{wire}", must be one of: {", ".join(cls.fields)}'
        for wire, field in cls.fields.items():
            value = raw.get(wire)
            if value is not None:
                yield from field.faults(value, f"{path}.{wire}" if path else wire)

    def members(self, style: Render) -> dict[str, Any]:
        """The members that are present, by wire name, in the model's order, spelled in a style."""
        return {
            wire: field.render(value, style)
            for wire, field in self.fields.items()
            if (value := self.__dict__.get(field.name, field.fallback)) is not None
        }

    def logged(self, style: Render) -> dict[str, Any]:
        """The members that the trail may show, by their lowerCamelCase names."""
        return {
            field.path: field.logs(value, style)
            for field in self.fields.values()
            if field.logged and (value := self.__dict__.get(field.name, field.fallback)) is not None
        }


class Request(Shape):
    """What a caller asks. `rules` adds what holds across members."""

    fixed_conditions: ClassVar[dict[str, str]] = {}
    """Condition keys that have the same value whatever is asked."""

    @classmethod
    def parse(cls, raw: dict[str, Any]) -> Self:
        """The typed request.

        Raises ValidationException: with every violation in one message. SerializationException: a wrong JSON type.
        """
        violations: list[str] = []
        request = cls.accept(raw, "", violations)
        refuse(violations)
        request.rules()
        return request

    def rules(self) -> None:
        """Checks across members, after each member's own. Raises ValidationException."""

    def conditions(self, action: str) -> Iterator[tuple[str, Any]]:
        """The condition keys that the members feed for an action, with the members' values (reference 6.4)."""
        yield from self.fixed_conditions.items()
        for field in self.fields.values():
            if field.condition and field.condition_action in ("", action):
                value = self.__dict__.get(field.name, field.fallback if field.feeds_by_default else None)
                if value is not None:
                    yield field.condition, value


class Response(Shape):
    """What is answered."""


def refuse(violations: list[str], error: type[ServiceError] = ValidationException) -> None:
    """Raises ValidationException, or what it is elsewhere, with all violations in one message, if there are any
    (reference 16.4).
    """
    if violations:
        plural = "error" if len(violations) == 1 else "errors"
        raise error(f"{len(violations)} validation {plural} detected: {'; '.join(violations)}")


def _inner(member: Field[Any]) -> str:
    """All constraints of a list's member, as the service names them together."""
    words: list[str] = []
    if isinstance(member, Sized):
        if member.high is not None:
            words.append(f"Member must have length less than or equal to {member.high}")
        words.append(f"Member must have length greater than or equal to {member.low}")
    if isinstance(member, String) and member.pattern:
        words.append(f"Member must satisfy regular expression pattern: {member.pattern}")
    if isinstance(member, Enum):
        words.append(f"Member must satisfy enum value set: [{', '.join(member.choices)}]")
    return f"[{', '.join(words)}]"
