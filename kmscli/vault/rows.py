"""Sealed rows, as a database sees them.

A row is found by its address: kind, blind partition, blind id. Its version is the number of the commit that wrote it,
and so is never used twice for an address. `due` is when something falls due, rounded up to the hour; `first` and
`second` are blind links by which it is listed as well. What a database must do for them is in `row_store`.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from kmscli.errors import KMSInternalException

Address = tuple[int, bytes, bytes]

HOUR = 3600
BUSY_SECONDS = 5.0
"""For how long others may hold the write lock before a call fails."""


class Row(NamedTuple):
    """A sealed row."""

    kind: int
    partition: bytes
    id: bytes
    version: int
    due: int | None
    first: bytes | None
    second: bytes | None
    sealed: bytes

    @property
    def address(self) -> Address:
        """Where the row stands."""
        return self[:3]


def due_hour(due: float) -> int:
    """The hour by which something is due: what the file says of it."""
    return -int(-due // HOUR) * HOUR


def packed(value: bytes, secret: bytes) -> bytes:
    """A row's plaintext."""
    return len(value).to_bytes(4, "big") + value + secret


def unpacked(plain: bytes) -> tuple[bytes, bytes]:
    """The JSON and the sealed secret in a row's plaintext."""
    length = int.from_bytes(plain[:4], "big")
    return plain[4 : 4 + length], plain[4 + length :]


def secret_bound_to(address: Address) -> bytes:
    """What a row's secret is bound to: its place, not its version, so that a change of the row leaves it as it is."""
    return address[0].to_bytes(2, "big") + address[1] + address[2]


Read = Callable[[Address], Row | None]


class Writes:
    """What a commit changes: rows to put, and addresses to clear."""

    def __init__(self, put: Collection[Row], clear: Collection[Address]) -> None:
        self.put = put
        self.clear = clear


class ConflictError(Exception):
    """A row that was read has changed since."""


class BusyError(KMSInternalException):
    """Others held the write lock for too long."""

    def __init__(self) -> None:
        super().__init__("The vault is busy: others kept its lock for 5 seconds.")


class FullError(KMSInternalException):
    """The disk is full, or a limit on file size is reached."""

    def __init__(self) -> None:
        super().__init__("The vault's disk is full. Nothing was changed.")
