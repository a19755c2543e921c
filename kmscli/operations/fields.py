"""The field types: what a member of a request or a response is, stated once.

Here are the base and the scalars; lists, maps and structures are in `shapes`. A field is a small descriptor. On the
class it describes the member: wire name, limits, whether it is secret or logged. On an instance it is the value, so a
type checker sees `request.plaintext: bytes`. A constraint is worded twice: as botocore refuses by itself (`faults`:
required, type, minimum; reference 17.2) and as the service does (`violations`: all of them; reference 16.4).

Values are plain: `str`, `int`, `bool`, `bytes`, seconds as `float`, `list`, `dict`, and `Shape` for a structure.
"""

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, ClassVar, Self, TypeVar, cast, overload

from kmscli.errors import SerializationException
from kmscli.generic import Generic

if TYPE_CHECKING:
    from kmscli.operations.shapes import Shape

T = TypeVar("T")

Render = dict[str, Callable[[Any], Any]]
"""How a face of the house spells a kind of value: `{"blob": base64, "timestamp": iso8601}`.

`document`: a policy that AWS CLI shows as what its text says.
"""


class Field(Generic[T]):
    """A member that may be absent: on an instance `T`, or `None`."""

    kind: ClassVar[str]
    python_type: ClassVar[type]
    wire_type: ClassVar[str]
    """The kind, as the service names it when it meets another (reference 16.4, SerializationException)."""
    condition = ""
    """The condition key that the member gives a value to."""
    condition_action = ""
    feeds_by_default = True

    def __init__(self, *, help: str = "", wire: str = "", secret: bool = False, logged: bool = True) -> None:
        self.name = ""
        self.wire = wire
        self.help = help
        self.secret = secret
        self.logged = logged
        self.is_required = False
        self.fallback: T | None = None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.wire = self.wire or "".join(part.capitalize() for part in name.split("_"))
        self.path = self.wire[0].lower() + self.wire[1:]

    @overload
    def __get__(self, instance: None, owner: type) -> Self: ...
    @overload
    def __get__(self, instance: "Shape", owner: type) -> T | None: ...
    def __get__(self, instance: "Shape | None", owner: type) -> "Self | T | None":
        return self if instance is None else self.fallback

    def required(self) -> "Present[T]":
        """The member must be given."""
        self.is_required = True
        return cast("Present[T]", self)

    def default(self, value: T) -> "Present[T]":
        """The member has this value when it is not given."""
        self.fallback = value
        return cast("Present[T]", self)

    def feeds(self, condition: str = "", *, action: str = "", by_default: bool = True) -> Self:
        """The member gives a condition key its value (reference, kms-semantics 6.4).

        `action`: for this action of the operation alone. Not `by_default`: only where the member is given.
        """
        self.condition = condition or self.condition
        self.condition_action = action
        self.feeds_by_default = by_default
        return self

    def accept(self, value: Any, path: str, violations: list[str]) -> T:
        """The typed value of a raw one. Appends AWS's wording of each violated constraint.

        Raises SerializationException: the value is of another JSON type.
        """
        if not self._is_of_type(value):
            raise SerializationException(wrong_type(value, self.wire_type))
        violations += [self.violation(value, path, constraint) for constraint in self.constraints(value)]
        return cast("T", value)

    def _is_of_type(self, value: Any) -> bool:
        """Whether a value is of the field's type; to Python, but not here, a boolean is a whole number."""
        return type(value) is self.python_type or (isinstance(value, self.python_type) and type(value) is not bool)

    def constraints(self, value: Any) -> list[str]:  # noqa: ARG002  a field has none unless it says so
        """The constraints that a value of the right type breaks, in the service's words."""
        return []

    def faults(self, value: Any, path: str) -> Iterator[str]:
        """What botocore refuses by itself in a value (reference 17.2), a line each."""
        if not self._is_of_type(value):
            given = self.shown(value)
            valid = ", ".join(str(kind) for kind in self.botocore_types())
            yield f"Invalid type for parameter {path}, value: {given}, type: {type(value)}, valid types: {valid}"

    def botocore_types(self) -> tuple[object, ...]:
        """The Python types that botocore names as valid for this kind."""
        return (self.python_type,)

    def shown(self, value: Any) -> str:
        """The value as a message may print it."""
        return "<sensitive>" if self.secret else java(value)

    def render(self, value: Any, style: Render) -> Any:
        """The value as a face spells it."""
        spell = style.get(self.kind)
        return spell(value) if spell else value

    def logs(self, value: Any, style: Render) -> Any:
        """The value as the trail shows it."""
        return self.render(value, style)

    def violation(self, value: Any, path: str, constraint: str) -> str:
        at = f"Value at '{path}'" if self.secret else f"Value '{self.shown(value)}' at '{path}'"
        return f"{at} failed to satisfy constraint: {constraint}"


if TYPE_CHECKING:

    class Present(Field[T]):
        """What a type checker sees of a field that always has a value."""

        @overload
        def __get__(self, instance: None, owner: type) -> Self: ...
        @overload
        def __get__(self, instance: "Shape", owner: type) -> T: ...
        def __get__(self, instance: "Shape | None", owner: type) -> "Self | T": ...


class Sized(Field[T]):
    """A kind whose values have a length, from `low` to `high`."""

    def __init__(self, low: int = 0, high: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.low = low
        self.high = high

    def constraints(self, value: Any) -> list[str]:
        if self.high is not None and len(value) > self.high:
            return [f"Member must have length less than or equal to {self.high}"]
        if len(value) < self.low:
            return [f"Member must have length greater than or equal to {self.low}"]
        return []

    def faults(self, value: Any, path: str) -> Iterator[str]:
        wrong = list(super().faults(value, path))
        yield from wrong
        if not wrong and len(value) < self.low:
            yield f"Invalid length for parameter {path}, value: {len(value)}, valid min length: {self.low}"


class String(Sized[str]):
    """Text, with an optional pattern (as the API model writes it)."""

    kind = "string"
    python_type = str
    wire_type = "String"

    def __init__(self, low: int = 0, high: int | None = None, *, pattern: str = "", **options: Any) -> None:
        super().__init__(low, high, **options)
        self.pattern = pattern

    def constraints(self, value: Any) -> list[str]:
        broken = super().constraints(value)
        if self.pattern and not re.fullmatch(self.pattern, value, re.ASCII):  # \w means ASCII to the service
            broken.append(f"Member must satisfy regular expression pattern: {self.pattern}")
        return broken


class Enum(Field[str]):
    """One of a set of words."""

    kind = "string"
    python_type = str
    wire_type = "String"

    def __init__(self, *choices: str, **options: Any) -> None:
        super().__init__(**options)
        self.choices = choices

    def constraints(self, value: Any) -> list[str]:
        return [] if value in self.choices else [f"Member must satisfy enum value set: [{', '.join(self.choices)}]"]


class Blob(Sized[bytes]):
    """Bytes; base64 in JSON. Never logged (reference 14.1)."""

    kind = "blob"
    python_type = bytes
    wire_type = "Blob"

    def __init__(self, low: int = 0, high: int | None = None, **options: Any) -> None:
        super().__init__(low, high, logged=False, **options)

    def shown(self, value: Any) -> str:
        size = len(value) if isinstance(value, bytes) else 0
        return "<sensitive>" if self.secret else f"java.nio.HeapByteBuffer[pos=0 lim={size} cap={size}]"

    def faults(self, value: Any, path: str) -> Iterator[str]:
        yield from Field.faults(self, value, path)

    def botocore_types(self) -> tuple[object, ...]:
        return (bytes, bytearray, "file-like object")


class Integer(Field[int]):
    """A whole number from `low` to `high`."""

    kind = "integer"
    python_type = int
    wire_type = "Integer"

    def __init__(self, low: int | None = None, high: int | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.low = low
        self.high = high

    def constraints(self, value: Any) -> list[str]:
        if self.high is not None and value > self.high:
            return [f"Member must have value less than or equal to {self.high}"]
        if self.low is not None and value < self.low:
            return [f"Member must have value greater than or equal to {self.low}"]
        return []

    def faults(self, value: Any, path: str) -> Iterator[str]:
        wrong = list(super().faults(value, path))
        yield from wrong
        if not wrong and self.low is not None and value < self.low:
            yield f"Invalid value for parameter {path}, value: {value}, valid min value: {self.low}"


class Boolean(Field[bool]):
    """True or false."""

    kind = "boolean"
    python_type = bool
    wire_type = "Boolean"


EARLIEST, LATEST = -62_135_596_800, 253_402_300_799
"""The first and the last second of the years 1 to 9999: no calendar here knows others."""


class Timestamp(Field[float]):
    """A moment: seconds since the epoch, UTC. One outside of the years 1 to 9999, or no number, is none."""

    kind = "timestamp"
    python_type = float
    wire_type = "Timestamp"

    def accept(self, value: Any, path: str, violations: list[str]) -> float:
        moment = super().accept(_as_float(value) if type(value) is int else value, path, violations)
        if not EARLIEST <= moment <= LATEST:
            raise SerializationException("A timestamp is out of range.")
        return moment

    def faults(self, value: Any, path: str) -> Iterator[str]:
        if not isinstance(value, int | float) or isinstance(value, bool):
            valid = "<class 'datetime.datetime'>, timestamp-string"
            yield f"Invalid type for parameter {path}, value: {value}, type: {type(value)}, valid types: {valid}"


def _as_float(value: int) -> float:
    """A whole number as a float; infinite where that is too large for one."""
    try:
        return float(value)
    except OverflowError:
        return float("inf")


def java(value: Any) -> str:
    """A value as the service's own language prints it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        return f"[{', '.join(java(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key}={java(item)}" for key, item in value.items()) + "}"
    return str(value)


def wrong_type(value: Any, wanted: str) -> str:
    """The service's words for a JSON value of another type."""
    if isinstance(value, dict | list):
        return "Start of structure or map found where not expected."
    kinds = {str: "STRING", bool: f"{value}".upper()}
    given = kinds.get(type(value), "NUMBER")
    return f"{given}_VALUE can not be converted to {'an' if wanted[0] in 'AEIOU' else 'a'} {wanted}"
