"""Sealed rows, as a database sees them.

A row is found by its address: kind, blind partition, blind id. Its version is the number of the commit that wrote it,
and so is never used twice for an address. `due` is when something falls due, rounded up to the hour; `first` and
`second` are blind links by which it is listed as well. What a database must do for them is in `row_store`.
"""

from collections.abc import Callable, Collection
from typing import NamedTuple

from kmscli.errors import KMSInternalException

Address = tuple[int, bytes, bytes]


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
