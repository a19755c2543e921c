"""The row store's protocol: what a database must do to hold a vault. It never sees plaintext.

For the type checker, and for whoever writes the next store; `sqlite` is the first one.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import Protocol

from kmscli.vault.rows import Address, Read, Row, Writes


class Snapshot(Protocol):
    """The store as it was at one moment. Close it: it keeps the moment alive."""

    def get(self, address: Address) -> Row | None:
        """The row at an address."""

    def page(self, kind: int, partition: bytes, after: bytes, limit: int) -> list[Row]:
        """Up to `limit` rows of a partition whose id is above `after`, in order."""

    def linked(self, kind: int, link: int, target: bytes, after: bytes, limit: int) -> list[Row]:
        """Up to `limit` rows whose first (1) or second (2) link is `target`, above `after`, in order of id."""

    def due(self, moment: int) -> Iterable[Row]:
        """The rows that are due at a moment, oldest first, read as far as the caller goes."""

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
