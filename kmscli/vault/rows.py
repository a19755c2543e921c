"""The row store's protocol: what a database must do to hold a vault. It never sees plaintext.

A row is found by its address: kind, blind partition, blind id. Its version grows with every write and is never used
twice for an address. `due` is when something falls due, rounded up to the hour; `first` and `second` are blind links
by which it is listed as well. A store orders rows by id, bytewise.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import NamedTuple, Protocol

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


class Writes(NamedTuple):
    """What a commit changes: rows to put, and addresses to clear."""

    put: Collection[Row]
    clear: Collection[Address]


class ConflictError(Exception):
    """A row that was read has changed since."""


class BusyError(Exception):
    """Others held the write lock for too long."""


class FullError(Exception):
    """The disk is full, or a limit on file size is reached."""


class Snapshot(Protocol):
    """The store as it was at one moment. Close it: it keeps the moment alive."""

    def get(self, address: Address) -> Row | None:
        """The row at an address."""

    def page(self, kind: int, partition: bytes, after: bytes, limit: int) -> list[Row]:
        """Up to `limit` rows of a partition whose id is above `after`, in order."""

    def linked(self, kind: int, link: int, target: bytes, after: bytes, limit: int) -> list[Row]:
        """Up to `limit` rows whose first (1) or second (2) link is `target`, above `after`, in order of id."""

    def due(self, moment: int, limit: int) -> list[Row]:
        """Up to `limit` rows that are due at a moment, oldest first."""

    def all(self) -> Iterable[Row]:
        """Every row, in order of address."""

    def close(self) -> None:
        """Let the moment go."""


class RowStore(Protocol):
    """A database of sealed rows."""

    def snapshot(self) -> Snapshot:
        """The store as it is now."""

    def commit(self, reads: Mapping[Address, int], finish: Callable[[Read], Writes], *, durable: bool = True) -> None:
        """Take the write lock, see that each row read still has its version (0: absent), apply, sync.

        `finish` is called under the lock, to read what only holds there and say what is written. With `durable`
        false the sync is left to the next commit.
        Raises ConflictError, BusyError, FullError; nothing is written then.
        """
