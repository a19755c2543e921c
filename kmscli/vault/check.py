"""A walk over everything in a vault's file: what does not open, and what is not what the head accounts for.

1. SQLite finds the file's structure whole, and its schema is the one that kmscli makes.
2. Every row opens where it stands: one that was changed, moved, or put there by another does not.
3. The rows are those that were written last: the head keeps their number by kind, and the set-hash, the sum of a keyed
   hash of each row's address and version. A row that is missing, is back after its deletion, or is of an older version
   changes both or one, and one such row can be told by trying.

What rows mean, and so which of them belong together, is not known here: see `kmscli.keys.check`.
"""

import json
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import VaultDamagedError
from kmscli.vault.head import SET_SIZE, Head
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import Address, Row
from kmscli.vault.transaction import Kind, secret_bound_to, unpacked
from kmscli.vault.vault import EVENTS, HEAD, LOG, OUTSIDE_THE_SET, Vault

OWN_KINDS = {HEAD[0]: "head", LOG[0]: "log", EVENTS: "events"}
"""What the vault writes for itself."""

DAMAGED = "damaged"
MISSING = "missing"
OUTDATED = "outdated"
DELETED = "deleted"
UNSOUND = "unsound"

_SAID = {
    DAMAGED: "was altered or is damaged",
    MISSING: "is missing",
    OUTDATED: "is outdated: an older version was put back",
    DELETED: "was deleted, and was put back",
}
TRIALS = 500_000
"""How many versions are tried for the one row that is missing or outdated: some seconds."""


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
        if self.head and row.version > self.head.commit and row.kind != LOG[0] and row.address not in self.damaged:
            self.faults.append(Fault("head", "", OUTDATED))
            self.head = None

    @property
    def difference(self) -> int:
        """By how much the set-hash that the head keeps is more than that of the rows: 0 if they are as last written."""
        return (self.head.set_hash - self._set_hash) % SET_SIZE if self.head else 0

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
        return vault.store.integrity_faults()
    except VaultDamagedError as error:
        return [error.message]


class Odd:
    """The one row that accounts for a difference of the set-hash, and what is the matter with it."""

    def __init__(self, address: Address, what: str) -> None:
        self.address = address
        self.what = what


def odd_row(
    keyring: Keyring,
    difference: int,
    commit: int,
    present: Callable[[], Iterable[tuple[Address, int]]],
    absent: Collection[Address],
) -> Odd | None:
    """The one row that accounts for a difference of the set-hash: back after its deletion, missing, or outdated.

    `commit`: the newest version there can be. `present`: the rows that are there, with their versions. `absent`: where
    other rows may have been. None: it is not one row, or there are too many to try.
    """
    for address, version in present():
        if keyring.set_hash(address, version) + difference == SET_SIZE:
            return Odd(address, DELETED)
    if len(absent) * commit > TRIALS:
        return None
    for address in absent:
        if _was_written(keyring, address, difference, range(commit, 0, -1)):
            return Odd(address, MISSING)
    return _outdated_row(keyring, difference, commit, present)


def _outdated_row(
    keyring: Keyring, difference: int, commit: int, present: Callable[[], Iterable[tuple[Address, int]]]
) -> Odd | None:
    trials = TRIALS
    for address, version in present():
        trials -= commit - version
        if trials < 0:
            return None
        wanted = (keyring.set_hash(address, version) + difference) % SET_SIZE
        if _was_written(keyring, address, wanted, range(commit, version, -1)):
            return Odd(address, OUTDATED)
    return None


def _was_written(keyring: Keyring, address: Address, wanted: int, versions: Iterable[int]) -> bool:
    """Whether a row of one of these versions has this set-hash."""
    return any(keyring.set_hash(address, version) == wanted for version in versions)
