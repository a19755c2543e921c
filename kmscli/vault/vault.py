"""An unlocked vault: transactions and commits.

A commit takes the write lock and under it seals what a transaction wrote, chains the events, moves the set-hash and
writes the head: so what changed and the event that says so become durable in one sync. A row's version is the number
of the commit that wrote it.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import VaultDamagedError
from kmscli.vault.head import NOWHERE, SET_SIZE, ChainEnd, Head, Place
from kmscli.vault.header import Header
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import Address, Read, Row, Writes, packed, secret_bound_to, unpacked
from kmscli.vault.sqlite import SqliteMeta, SqliteRowStore
from kmscli.vault.transaction import TALLY, Pending, Transaction, damaged

HEAD: Address = (1, b"\0", b"\0")
LOG: Address = (2, b"\0", b"\0")
EVENTS = 3
WRITER = b"\0"
"""A SQLite vault has one writer's chain, shared by all processes."""

OUTSIDE_THE_SET = (HEAD[0], LOG[0], EVENTS)
"""Kinds of rows that the set-hash leaves out: the head holds it, and events have a chain of their own."""

Chain = Callable[[ChainEnd, int, tuple[int, bytes]], tuple[list[bytes], ChainEnd]]
"""Makes the lines of a commit, given the chain's end, the commit's number, and the trail key with its number."""


MOST_KEPT = 4096
"""How many lines of several commits are kept at most for a log that is yet to follow."""


class Committed:
    """What a commit left: the head, and the lines of its events."""

    def __init__(self, head: Head, lines: list[bytes]) -> None:
        self.head = head
        self.lines = lines

    def after(self, earlier: "Committed | None") -> "Committed":
        """The same with the lines of an earlier commit that the log lacks too, if nobody has committed in between."""
        end = self.head.end
        before = (end.chain, end.number - len(self.lines))
        if earlier and before == (earlier.head.end.chain, earlier.head.end.number) and len(earlier.lines) < MOST_KEPT:
            return Committed(self.head, earlier.lines + self.lines)
        return self


class Vault:
    """A vault that was unlocked. `path`: its file. Holds keys; never shows them."""

    def __init__(self, store: SqliteRowStore, header: Header, raw_header: bytes, keyring: Keyring) -> None:
        self.store = store
        self.path = store.path
        self.header = header
        self.keyring = keyring
        self.raw_header = raw_header
        self._renewal: dict[str, bytes] = {}
        self._cache: dict[Address, tuple[int, Any, bytes]] = {}
        self._newest_head: tuple[Row | None, bytes] = (None, b"")
        """The head row that was read or made last, to the byte, and what it holds: a call reads it more than once."""

    def beside(self) -> "Vault":
        """The same vault, unlocked likewise, on a connection of its own: for another thread, which opens it there."""
        return Vault(SqliteRowStore(self.path), self.header, self.raw_header, self.keyring)

    def transaction(self) -> Transaction:
        """A transaction on the vault as it is now."""
        if len(self._cache) > 4096:
            self._cache.clear()
        return Transaction(self.keyring, self.store.snapshot(), self._cache)

    def head(self, transaction: Transaction, *, alone: bool = False) -> Head:
        """The head as a transaction sees it. Raises VaultDamagedError, RekeyedError.

        `alone`: the transaction is a conflict as soon as anything else is committed.
        """
        if alone:
            transaction.read[HEAD] = transaction.snapshot.get(HEAD)
        return self._read_head(transaction.snapshot.get)

    def renewed(self, header: Header, root: bytes, keyring: Keyring) -> "Vault":
        """The same vault with other keyslots or keys: its first commit stores them, together with what it writes.

        Until then the file is as it was, and so is this vault, for others to use should that commit fail.
        """
        successor = Vault(self.store, header, self.raw_header, keyring)
        successor._renewal = {"header": header.sealed(root), "keyring": keyring.wrapped(root, header.bound_to)}
        return successor

    def commit(
        self,
        transaction: Transaction,
        chain: Chain,
        now: float,
        *,
        held: float = 0,
        new_chain: bool = False,
        beyond: int = 0,
    ) -> Committed:
        """Make a transaction and its events durable in one sync, or raise and leave nothing.

        `held`: deletions wait until then. `new_chain`: open one that names the old head. `beyond`: the commit's number
        is above this one, so that a vault that was rolled back or restored gives no number, and no version, twice.
        Raises ConflictError: a row that was read has changed. RekeyedError. KMSInternalException: busy, or disk full.
        """
        transaction.close()
        reads = {address: row.version if row else 0 for address, row in transaction.read.items()}
        committed: list[Committed] = []
        truncates: list[bool] = []

        def finish(read: Read) -> Writes:
            head = self._read_head(read)
            head = head.with_new_chain() if new_chain else head
            head.commit = max(head.commit, beyond) + 1
            head.latest = max(head.latest, now)
            head.held = max(head.held, held)
            if transaction.clock_move:
                head.move_clock(*transaction.clock_move)
            truncates.append(head.shredding or transaction.shreds)
            head.shredding = transaction.shreds
            writes = self._sealed(transaction, head, read)
            lines, head.end = chain(head.end, head.commit, self._trail_key())
            committed.append(Committed(head, lines))
            return Writes([*writes.put, *self._event_row(head, lines), self._head_row(head)], writes.clear)

        self.write(reads, finish, durable=transaction.durable)
        if truncates[-1]:
            self.store.checkpoint()
        return committed[0]

    def sync(self) -> None:
        """Make durable whatever was committed. A commit that changes nothing would not be synced."""
        self.store.commit({}, lambda read: Writes([row for row in [read(HEAD)] if row], []))

    def reseal(self, addresses: Iterable[Address]) -> None:
        """Seal rows, and the secrets in them, under the newest term: a commit without events.

        Raises VaultDamagedError: one does not open. RekeyedError. KMSInternalException.
        """

        def finish(read: Read) -> Writes:
            head = self._read_head(read)
            head.commit += 1
            rows = (row for row in map(read, addresses) if row is not None)
            put = [self._resealed(row, head) for row in rows if self.keyring.term_of(row) != self.keyring.term]
            return Writes([*put, self._head_row(head)], [])

        self.write({}, finish, durable=False)

    def write(
        self, reads: dict[Address, int], finish: Callable[[Read], Writes], *, durable: bool = True, shred: bool = True
    ) -> None:
        """A commit of raw rows, for those who keep the vault itself. Raises as `commit` does."""

        def unchanged(stored: SqliteMeta) -> None:
            if stored.get("header") != self.raw_header:
                raise RekeyedError
            for name, value in self._renewal.items():
                stored.put(name, value)

        self.store.commit(reads, finish, durable=durable, shred=shred, meta=unchanged)
        self.raw_header = self._renewal.get("header", self.raw_header)
        self._renewal = {}

    def synced(self) -> Place:
        """Up to where the log is known to be synced."""
        snapshot = self.store.snapshot()
        try:
            row = snapshot.get(LOG)
            return Place(**json.loads(self.unsealed("log", row))) if row else NOWHERE
        finally:
            snapshot.close()

    def note_synced(self, synced: Place) -> None:
        """Remember up to where the log is synced, and drop the events that it holds. Neither urgent nor secret."""
        plain = packed(json.dumps(vars(synced)).encode(), b"")

        def finish(read: Read) -> Writes:
            row = read(LOG)
            version = row.version + 1 if row else 1
            held = self._event_addresses(synced.commit)
            return Writes([self.keyring.seal_row(LOG, version, plain, None, None, None)], held)

        self.write({}, finish, durable=False, shred=False)

    def events_after(self, commit: int, limit: int = 1000) -> list[tuple[int, list[bytes]]]:
        """The commits from a number on whose events the vault still holds, with their lines, in order."""
        snapshot = self.store.snapshot()
        try:
            after = (commit - 1).to_bytes(8, "big") if commit > 0 else b""
            rows = snapshot.page(EVENTS, WRITER, after, limit)
        finally:
            snapshot.close()
        return [(int.from_bytes(row.id, "big"), self.unsealed("event", row).splitlines(keepends=True)) for row in rows]

    def unsealed(self, name: str, row: Row) -> bytes:
        """A row's JSON. Raises VaultDamagedError, RekeyedError."""
        try:
            return unpacked(self.keyring.unseal_row(row))[0]
        except (NotAuthenticError, RekeyedError):
            raise self._unreadable(name, row) from None

    def is_rekeyed(self) -> bool:
        """Whether others have changed the keyslots or the keys since the vault was opened."""
        return self.store.meta("header") not in (self.raw_header, self._renewal.get("header"))

    def is_as(self, other: "Vault") -> bool:
        """Whether this is the same vault with the same header as another one that was opened."""
        return self.raw_header == other.raw_header

    def close(self) -> None:
        """Close the file."""
        self.store.close()

    def _unreadable(self, name: str, row: Row) -> Exception:
        """Why a row does not open: a term that is not known is no damage if others have rekeyed the vault."""
        return RekeyedError() if self.is_rekeyed() else damaged(name, row.address)

    def _read_head(self, read: Read) -> Head:
        row = read(HEAD)
        if row is None:
            raise VaultDamagedError("The vault has lost its head row.")
        if row != self._newest_head[0]:
            self._newest_head = (row, self.unsealed("head", row))
        return Head.decoded(self._newest_head[1])

    def _trail_key(self) -> tuple[int, bytes]:
        number = max(self.keyring.trail)
        return number, self.keyring.trail[number]

    def _sealed(self, transaction: Transaction, head: Head, read: Read) -> Writes:
        """What a transaction writes, sealed; the head accounts for it."""
        put = []
        clear = []
        for address, pending in [*transaction.writes.items(), *_tallied(transaction, read, self)]:
            row = None
            if pending is None:
                clear.append(address)
            else:
                first, second = pending.links
                row = self.keyring.seal_row(address, head.commit, pending.plain(), pending.due, first, second)
                put.append(row)
            self._account(head, read(address), row)
        return Writes(put, clear)

    def _resealed(self, row: Row, head: Head) -> Row:
        address, version = row.address, row.version
        try:
            value, secret = unpacked(self.keyring.unseal_row(row))
            if secret:
                plain = self.keyring.unseal_value("secret", secret, secret_bound_to(address))
                secret = self.keyring.seal_value("secret", plain, secret_bound_to(address))
        except (NotAuthenticError, RekeyedError):
            raise self._unreadable(f"kind {row.kind}", row) from None
        counts = row.kind not in OUTSIDE_THE_SET
        version = head.commit if counts else version
        after = self.keyring.seal_row(address, version, packed(value, secret), row.due, row.first, row.second)
        if counts:
            self._account(head, row, after)
        return after

    def _account(self, head: Head, before: Row | None, after: Row | None) -> None:
        """Take the row that was into account, and the one that will be."""
        for row, sign in ((before, -1), (after, 1)):
            if row is not None:
                head.set_hash = (head.set_hash + sign * self.keyring.set_hash(row.address, row.version)) % SET_SIZE
                head.seals = (head.seals + sign * self.keyring.seal_hash(row)) % SET_SIZE
                head.rows[str(row.kind)] = head.rows.get(str(row.kind), 0) + sign

    def _head_row(self, head: Head) -> Row:
        plain = head.encoded()
        row = self.keyring.seal_row(HEAD, head.commit, packed(plain, b""), None, None, None)
        self._newest_head = (row, plain)
        return row

    def _event_row(self, head: Head, lines: list[bytes]) -> Iterable[Row]:
        if lines:
            address = (EVENTS, WRITER, head.commit.to_bytes(8, "big"))
            yield self.keyring.seal_row(address, head.commit, packed(b"".join(lines), b""), None, None, None)

    def _event_addresses(self, commit: int) -> list[Address]:
        """Where the events up to a commit stand; under the lock."""
        rows = self.store.addresses(EVENTS, WRITER, commit.to_bytes(8, "big"))
        return [(EVENTS, WRITER, id) for id in rows]


def _tallied(transaction: Transaction, read: Read, vault: Vault) -> Iterable[tuple[Address, Pending]]:
    """The counters with their changes added, under the lock."""
    for address, change in transaction.tallies.items():
        row = read(address)
        value = json.loads(vault.unsealed("tally", row)) if row else 0
        yield address, Pending(TALLY, value + change, b"", None, (None, None))
