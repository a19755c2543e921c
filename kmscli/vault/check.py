"""A walk over everything in a vault's file: what does not open, and what is not what the head accounts for.

1. SQLite finds the file's structure whole, and its schema is the one that kmscli makes.
2. Every row opens where it stands: one that was changed, moved, or put there by another does not.
3. The rows are those that were written last: the head keeps their number by kind, and the set-hash, the sum of a keyed
   hash of each row's address and version. A row that is missing, is back after its deletion, or is of an older version
   changes both or one, and up to two such rows can be told by trying.

What rows mean, and so which of them belong together, is not known here: see `kmscli.keys.check`.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import VaultDamagedError
from kmscli.vault.head import SET_SIZE, Head
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import Address, Row, secret_bound_to, unpacked
from kmscli.vault.sqlite_keeping import integrity_faults
from kmscli.vault.transaction import Kind
from kmscli.vault.vault import EVENTS, HEAD, LOG, OUTSIDE_THE_SET, Vault

OWN_KINDS = {HEAD[0]: "head", LOG[0]: "log", EVENTS: "events"}
"""What the vault writes for itself."""

DAMAGED = "damaged"
MISSING = "missing"
OUTDATED = "outdated"
DELETED = "deleted"
UNSOUND = "unsound"

_SAID = {
    DAMAGED: "altered or damaged",
    MISSING: "missing",
    OUTDATED: "outdated: an older version was put back",
    DELETED: "deleted before, and put back",
}
TRIALS = 300_000
"""How many versions are tried for the rows that are missing or outdated: some seconds, some tens of megabytes."""


class Fault:
    """Something that is wrong. `what`: one of the words above. `name`: as people know it, or the row's blind id."""

    def __init__(self, kind: str, name: str, what: str, detail: str = "") -> None:
        self.kind = kind
        self.name = name
        self.what = what
        self.detail = detail or _SAID[what]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.detail}".replace(" :", ":")


class Walk:
    """A walk over a vault as it is at one moment. Close its snapshot when done.

    `faults`: those of the file as a whole. `damaged`: the rows that do not open, by address. `counts`: rows by kind.
    Raises RekeyedError: the vault was rekeyed since it was opened.
    """

    def __init__(self, vault: Vault, kinds: Mapping[int, Kind[Any]]) -> None:
        self.keyring = vault.keyring
        self.kinds = kinds
        self.faults = [Fault("file", "", UNSOUND, fault) for fault in _structure_faults(vault)]
        self.damaged: dict[Address, Row] = {}
        self.counts: dict[int, int] = {}
        self.head: Head | None = None
        self._set_hash = 0
        self._seals = 0
        self.snapshot = vault.store.snapshot()
        if vault.is_rekeyed():
            self.snapshot.close()
            raise RekeyedError
        self._read_head()

    def rows(self) -> Iterator[tuple[Row, Any]]:
        """Every row, and what it holds besides its secret: None where that does not open or is of no known kind."""
        for row in self.snapshot.all():
            yield row, self._value(row)

    def account(self, row: Row) -> None:
        """Count a row in, once."""
        self.counts[row.kind] = self.counts.get(row.kind, 0) + 1
        if row.kind not in OUTSIDE_THE_SET:
            self._set_hash += self.keyring.set_hash(row.address, row.version)
            self._seals += self.keyring.seal_hash(row)
        if self.head and row.version > self.head.commit and row.kind != LOG[0] and row.address not in self.damaged:
            self.faults.append(Fault("head", "", OUTDATED))
            self.head = None

    @property
    def difference(self) -> int:
        """By how much the set-hash that the head keeps is more than that of the rows: 0 if they are as last written."""
        return (self.head.set_hash - self._set_hash) % SET_SIZE if self.head else 0

    @property
    def mixes_histories(self) -> bool:
        """Whether all rows are of the versions written last, but some are of a copy that went its own way."""
        return self.head is not None and not self.difference and (self.head.seals - self._seals) % SET_SIZE != 0

    def addresses(self) -> Iterator[tuple[Address, int]]:
        """Where the rows of the set stand, with their versions."""
        for row in self.snapshot.all():
            if row.kind not in OUTSIDE_THE_SET:
                yield row.address, row.version

    def _read_head(self) -> None:
        row = self.snapshot.get(HEAD)
        if row is None:
            self.faults.append(Fault("head", "", MISSING))
            return
        try:
            self.head = Head.decoded(unpacked(self.keyring.unseal_row(row))[0])
        except (NotAuthenticError, RekeyedError):
            self.damaged[row.address] = row

    def _value(self, row: Row) -> Any:
        kind = self.kinds.get(row.kind)
        try:
            value, secret = unpacked(self.keyring.unseal_row(row))
            if secret:
                self.keyring.unseal_value("secret", secret, secret_bound_to(row.address))
        except (NotAuthenticError, RekeyedError):
            self.damaged[row.address] = row
            return None
        return kind.decode(json.loads(value)) if kind else None


def _structure_faults(vault: Vault) -> list[str]:
    try:
        return integrity_faults(vault.store)
    except VaultDamagedError as error:
        return [error.message]


Odd = tuple[Address, str]
"""A row that is not as it was written last, and what is the matter with it."""


def odd_rows(
    keyring: Keyring,
    difference: int,
    commit: int,
    present: Callable[[], Iterable[tuple[Address, int]]],
    absent: Collection[Address],
) -> list[Odd]:
    """The one row, or the two, that account for a difference of the set-hash.

    `commit`: the newest version there can be. `present`: the rows that are there, with their versions. `absent`: where
    other rows may have been. None: they are more, or there is too much to try.
    """
    tried: dict[int, Odd] = {}
    for change, odd in islice(_changes(keyring, commit, present, absent), TRIALS):
        if change == difference:
            return [odd]
        other = tried.get((difference - change) % SET_SIZE)
        if other:
            return [other, odd]
        tried[change] = odd
    return []


def _changes(
    keyring: Keyring, commit: int, present: Callable[[], Iterable[tuple[Address, int]]], absent: Collection[Address]
) -> Iterator[tuple[int, Odd]]:
    """All that may have become of one row, and the difference that it would make to the set-hash."""
    for address, version in present():
        yield -keyring.set_hash(address, version) % SET_SIZE, (address, DELETED)
    for address in absent:
        for version in range(commit, 0, -1):
            yield keyring.set_hash(address, version), (address, MISSING)
    for address, version in present():
        own = keyring.set_hash(address, version)
        for newer in range(commit, version, -1):
            yield (keyring.set_hash(address, newer) - own) % SET_SIZE, (address, OUTDATED)
