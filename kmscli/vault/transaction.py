"""A transaction: a snapshot to read from, and what is to be written over it.

What it reads is remembered by version, for the commit to check; what it writes shows in later reads. Values are what
a `Kind` decodes; names are hidden by keyed hashes before they reach the store. A savepoint undoes the writes of one
call among several (design, "The road of a call").
"""

import json
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import VaultDamagedError
from kmscli.generic import Generic
from kmscli.vault.keyring import Keyring
from kmscli.vault.rows import Address, Row, due_hour, packed, secret_bound_to, unpacked

if TYPE_CHECKING:
    from kmscli.vault.row_store import Snapshot

T = TypeVar("T")


class Kind(Generic[T]):
    """A kind of row: its number in the file, its name for people, and how its value is made from JSON and back."""

    def __init__(self, number: int, name: str, decode: Callable[[Any], T], encode: Callable[[T], Any]) -> None:
        self.number = number
        self.name = name
        self.decode = decode
        self.encode = encode


def plain_kind(number: int, name: str) -> Kind[Any]:
    """A kind whose value is the JSON itself."""
    return Kind(number, name, lambda value: value, lambda value: value)


TALLY: Kind[int] = plain_kind(4, "tally")


class Entry:
    """A row as a list gives it: its blind id, to go on from, and its value."""

    def __init__(self, id: bytes, value: Any) -> None:
        self.id = id
        self.value = value


class Pending:
    """A row to be written: its plaintext, its links, and its secret, sealed on its own."""

    def __init__(
        self, kind: Kind[Any], value: Any, secret: bytes, due: int | None, links: tuple[bytes | None, ...]
    ) -> None:
        self.kind = kind
        self.value = value
        self.secret = secret
        self.due = due
        self.links = links

    def plain(self) -> bytes:
        """The row's plaintext: BE32 length ‖ JSON ‖ sealed secret."""
        return packed(json.dumps(self.kind.encode(self.value), separators=(",", ":")).encode(), self.secret)


def place(blinded: Callable[..., bytes], kind: Kind[Any], scope: str, name: str) -> Address:
    """Where a value of a kind stands: in its scope, by its name. `blinded`: the keyed hash of names."""
    return (kind.number, blinded(kind.name, "scope", scope), blinded(kind.name, "name", scope, name))


class Transaction:
    """Reads and buffered writes."""

    def __init__(self, keyring: Keyring, snapshot: "Snapshot", cache: dict[Address, tuple[int, Any, bytes]]) -> None:
        self._keyring = keyring
        self.snapshot = snapshot
        self._cache = cache
        self._addresses: dict[tuple[int, str, str], Address] = {}
        self._secrets: dict[bytes, bytes] = {}
        self.read: dict[Address, Row | None] = {}
        self.writes: dict[Address, Pending | None] = {}
        self.tallies: dict[Address, int] = {}
        self.derived: dict[Any, Any] = {}
        """What others have made of rows alone, by a name of theirs: a group asks for the same again and again. It is
        dropped when a row is written, `touch` aside."""
        self.shreds = False
        self.durable = True
        """Whether its commit is synced; else what was done is lost with the power, unless a later commit is."""
        self.clock_move: tuple[float, float] | None = None
        """The time that a lab vault's clock is moved to, and the machine's time then."""

    def get(self, kind: Kind[T], scope: str, name: str) -> T | None:
        """A value by its name in a scope, or None."""
        address = self.address(kind, scope, name)
        if address in self.writes:
            pending = self.writes[address]
            return pending.value if pending else None
        row = self._row(address)
        return self._value(kind, row)[0] if row else None

    def secret(self, kind: Kind[T], scope: str, name: str) -> bytes:
        """A row's secret, unsealed, kept for as long as the transaction lasts.

        Raises VaultDamagedError: there is none. Whoever asks for a secret knows that there must be one.
        """
        address = self.address(kind, scope, name)
        pending = self.writes.get(address)
        row = None if address in self.writes else self._row(address)
        sealed = pending.secret if pending else self._value(kind, row)[1] if row else b""
        if not sealed:
            raise damaged(kind.name, address)
        found = self._secrets.get(sealed)
        if found is None:
            found = self._secrets[sealed] = self._unsealed_secret(kind, address, sealed)
        return found

    def missing(self, kind: Kind[Any], scope: str, name: str) -> VaultDamagedError:
        """What is said when a row that must be there is not."""
        return damaged(kind.name, self.address(kind, scope, name))

    def put(
        self,
        kind: Kind[T],
        scope: str,
        name: str,
        value: T,
        *,
        secret: bytes | None = None,
        due: float | None = None,
        first: str = "",
        second: str = "",
    ) -> None:
        """Write a value. `secret`: None keeps the one that is there, and nothing takes it away for good, out of the
        write-ahead log too. `first` and `second` link it (see `linked`).
        """
        address = self.address(kind, scope, name)
        sealed = self._sealed_secret(kind, address, secret)
        self.shreds = self.shreds or secret == b""
        rounded = None if due is None else due_hour(due)
        links = tuple(self.blinded(kind.name, "link", target) if target else None for target in (first, second))
        self.writes[address] = Pending(kind, value, sealed, rounded, links)
        self.derived.clear()

    def touch(self, kind: Kind[T], scope: str, name: str, value: T) -> None:
        """Write a value over whatever is there, unread: no conflict with others who do so, of whom the last stays.

        Such a row has no secret, no links and nothing due.
        """
        self.writes[self.address(kind, scope, name)] = Pending(kind, value, b"", None, (None, None))

    def delete(self, kind: Kind[Any], scope: str, name: str, *, shred: bool = False) -> None:
        """Remove a value. `shred`: out of the write-ahead log too."""
        address = self.address(kind, scope, name)
        if address not in self.writes:
            self._row(address)
        self.writes[address] = None
        self.derived.clear()
        self.shreds = self.shreds or shred

    def tally(self, scope: str, name: str) -> int:
        """A counter's value as of the snapshot. Reading it is no conflict with others who count."""
        address = self.address(TALLY, scope, name)
        row = self.snapshot.get(address)
        return (self._value(TALLY, row)[0] if row else 0) + self.tallies.get(address, 0)

    def count(self, scope: str, name: str, change: int) -> None:
        """Change a counter; it is added under the write lock."""
        address = self.address(TALLY, scope, name)
        self.tallies[address] = self.tallies.get(address, 0) + change

    def page(self, kind: Kind[T], scope: str, after: bytes, limit: int) -> list[Entry]:
        """Up to `limit` values of a scope above a blind id, in order of blind id."""
        partition = self.blinded(kind.name, "scope", scope)
        rows = self.snapshot.page(kind.number, partition, after, limit + self._written_of(kind))
        self._believe(kind, rows, lambda row: row.partition == partition)
        return self._merged(kind, rows, limit, lambda address, _: address[1] == partition and address[2] > after)

    def linked(self, kind: Kind[T], link: int, target: str, after: bytes = b"", limit: int = 1000) -> list[Entry]:
        """Up to `limit` values that link to a target, in order of blind id."""
        blind = self.blinded(kind.name, "link", target)
        rows = self.snapshot.linked(kind.number, link, blind, after, limit + self._written_of(kind))
        self._believe(kind, rows, lambda row: (row.first, row.second)[link - 1] == blind)
        return self._merged(
            kind, rows, limit, lambda address, pending: pending.links[link - 1] == blind and address[2] > after
        )

    def due(self, kind: Kind[T], moment: float) -> Iterator[T]:
        """The values of a kind that are due, by the hour in which they are, oldest first; read as far as you go."""
        for row in self.snapshot.due(int(moment)):
            if row.kind == kind.number:
                yield self._value(kind, row)[0]

    def every(self, *kinds: Kind[Any]) -> Iterator[Any]:
        """All values of some kinds, in all scopes, as of the snapshot: for reports, which read the whole file."""
        known = {kind.number: kind for kind in kinds}
        return (self._opened(known[row.kind], row)[0] for row in self.snapshot.all() if row.kind in known)

    def savepoint(self) -> Callable[[], None]:
        """A function that undoes what is written from here on."""
        writes, tallies = dict(self.writes), dict(self.tallies)

        def undo() -> None:
            self.writes, self.tallies = writes, tallies
            self.derived.clear()

        return undo

    def address(self, kind: Kind[Any], scope: str, name: str) -> Address:
        """Where a value stands, remembered for as long as the transaction lasts: a group asks for the same again."""
        named = (kind.number, scope, name)
        found = self._addresses.get(named)
        if found is None:
            found = self._addresses[named] = place(self.blinded, kind, scope, name)
        return found

    def blinded(self, *parts: str) -> bytes:
        """A name's keyed hash."""
        return self._keyring.blinded(*parts)

    def close(self) -> None:
        """Let the snapshot go."""
        self._secrets.clear()
        self.derived.clear()
        self.snapshot.close()

    def _row(self, address: Address) -> Row | None:
        if address not in self.read:
            self.read[address] = self.snapshot.get(address)
        return self.read[address]

    def _value(self, kind: Kind[T], row: Row) -> tuple[T, bytes]:
        kept = self._cache.get(row.address)
        if kept and kept[0] == row.version:
            return kept[1], kept[2]
        decoded, secret = self._opened(kind, row)
        self._cache[row.address] = (row.version, decoded, secret)
        return decoded, secret

    def _opened(self, kind: Kind[T], row: Row) -> tuple[T, bytes]:
        try:
            value, secret = unpacked(self._keyring.unseal_row(row))
        except NotAuthenticError:
            raise damaged(kind.name, row.address) from None
        return kind.decode(json.loads(value)), secret

    def _unsealed_secret(self, kind: Kind[Any], address: Address, sealed: bytes) -> bytes:
        try:
            return self._keyring.unseal_value("secret", sealed, secret_bound_to(address))
        except NotAuthenticError:
            raise damaged(kind.name, address) from None

    def _sealed_secret(self, kind: Kind[Any], address: Address, secret: bytes | None) -> bytes:
        if secret is not None:
            return self._keyring.seal_value("secret", secret, secret_bound_to(address)) if secret else b""
        if address in self.writes:
            pending = self.writes[address]
            return pending.secret if pending else b""
        row = self._row(address)
        return self._value(kind, row)[1] if row else b""

    def _written_of(self, kind: Kind[Any]) -> int:
        """How many of a page's rows may be written over, and so take no place on it."""
        return sum(address[0] == kind.number for address in self.writes)

    def _believe(self, kind: Kind[Any], rows: list[Row], belongs: Callable[[Row], bool]) -> None:
        """Raises VaultDamagedError: the store's index led to a row that is not on this list."""
        for row in rows:
            if not belongs(row):
                raise damaged(kind.name, row.address)

    def _merged(
        self, kind: Kind[T], rows: list[Row], limit: int, belongs: Callable[[Address, Pending], bool]
    ) -> list[Entry]:
        """A page of the snapshot with what is written over it."""
        if not any(address[0] == kind.number for address in self.writes):
            return [Entry(row.id, self._value(kind, row)[0]) for row in rows[:limit]]
        entries = [Entry(row.id, self._value(kind, row)[0]) for row in rows if row.address not in self.writes]
        entries += self._written(kind, belongs)
        return sorted(entries, key=lambda entry: entry.id)[:limit]

    def _written(self, kind: Kind[Any], belongs: Callable[[Address, Pending], bool]) -> Iterator[Entry]:
        for address, pending in self.writes.items():
            if pending and address[0] == kind.number and belongs(address, pending):
                yield Entry(address[2], pending.value)


def damaged(kind: str, address: Address) -> VaultDamagedError:
    """What is said of a row that does not open where it stands."""
    return VaultDamagedError(
        f"A row of the vault was altered or is damaged: {kind} {address[2].hex()}.",
        mend="See what else: kmscli vault check. Restore a backup: kmscli vault restore FILE",
    )
