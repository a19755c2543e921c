"""Checking what a vault holds: every row is read, and each that is damaged, missing or outdated is named.

Beyond the walk over the file (`kmscli.vault.check`), rows are held against each other: a key has a policy, tags and its
current material, an alias, a grant and a material have a key, related multi-Region keys are there and agree on their
set, and the numbers of keys and identities are what was counted. What one row says of another also gives a name to a
row that does not open or is not there.
"""

from collections.abc import Collection, Iterator
from typing import Any

from kmscli.errors import VaultDamagedError
from kmscli.identities import rows as identities
from kmscli.keys.aliases import ALIAS, ALIAS_COUNT, Alias
from kmscli.keys.attestation_roots import ATTESTATION_ROOT, ROOTS, AttestationRoot
from kmscli.keys.grants import GRANT, GRANT_COUNT, GRANT_NAME, GRANTEE, Grant
from kmscli.keys.key import KEY, LAST_USE, Key, scope
from kmscli.keys.key_stores import COUNT, KEY_STORE, KEY_STORE_COUNT, KeyStore
from kmscli.keys.material import MATERIAL, Material
from kmscli.keys.policies import POLICY
from kmscli.keys.quotas import HOME, SETTINGS
from kmscli.keys.tags import TAGS
from kmscli.limits import rows as limits
from kmscli.names import key_arn
from kmscli.vault.check import DAMAGED, DELETED, MISSING, OUTDATED, OWN_KINDS, UNSOUND, Fault, Odd, Walk, odd_rows
from kmscli.vault.keyring import Keyring
from kmscli.vault.rows import Address, Row
from kmscli.vault.transaction import TALLY, Kind, place
from kmscli.vault.vault import HEAD, LOG, Vault

KINDS: dict[int, Kind[Any]] = {
    kind.number: kind
    for kind in (
        TALLY,
        KEY,
        MATERIAL,
        ALIAS,
        TAGS,
        POLICY,
        ALIAS_COUNT,
        GRANT,
        GRANT_COUNT,
        GRANT_NAME,
        GRANTEE,
        LAST_USE,
        KEY_STORE,
        KEY_STORE_COUNT,
        SETTINGS,
        ATTESTATION_ROOT,
        *identities.KINDS,
        *limits.KINDS,
    )
}


def kind_name(number: int) -> str:
    """A kind of rows, as people know it."""
    kind = KINDS.get(number)
    return kind.name if kind else OWN_KINDS.get(number, f"kind {number}")


class Named:
    """A row that another one, or itself, speaks of. `shown`: as people know it. `must_be`: it cannot be missing."""

    def __init__(self, kind: Kind[Any], scope: str, name: str, shown: str, *, must_be: bool) -> None:
        self.kind = kind
        self.scope = scope
        self.name = name
        self.shown = shown
        self.must_be = must_be


class Places:
    """Where rows stand. Remembers scopes, of which there are few."""

    def __init__(self, keyring: Keyring) -> None:
        self.blinded = keyring.blinded
        self._scopes: dict[tuple[str, ...], bytes] = {}

    def of(self, named: Named) -> Address:
        """The address of a row."""
        return place(self._blinded, named.kind, named.scope, named.name)

    def _blinded(self, *parts: str) -> bytes:
        if parts[1] != "scope":
            return self.blinded(*parts)
        if parts not in self._scopes:
            self._scopes[parts] = self.blinded(*parts)
        return self._scopes[parts]


class Inspection:
    """What a check found. `counts`: rows by kind."""

    def __init__(self, counts: dict[str, int], faults: list[Fault]) -> None:
        self.counts = counts
        self.faults = faults


def inspect(vault: Vault) -> Inspection:
    """Read everything in a vault. Never stops at the first fault.

    Raises RekeyedError: the vault was rekeyed since it was opened.
    """
    walk = Walk(vault, KINDS)
    try:
        relations = Relations(walk)
        try:
            for row, value in walk.rows():
                walk.account(row)
                relations.see(row, value)
            relations.count()
            faults = [*_row_faults(walk, relations), *relations.disagreeing.values()]
        except VaultDamagedError as error:
            faults = [Fault("file", "", UNSOUND, f"the rows cannot be read any further: {error.message}")]
        counts = {kind_name(number): count for number, count in sorted(walk.counts.items())}
        return Inspection(counts, [*walk.faults, *faults])
    finally:
        walk.snapshot.close()


class Relations:
    """What rows say of each other. `missing`: rows that must be there and are not. `tallies`: the counters.

    Both by address, with their names. `disagreeing`: multi-Region sets, by key id, whose keys do not say the same.
    """

    def __init__(self, walk: Walk) -> None:
        self.walk = walk
        self.places = Places(walk.keyring)
        self.missing: dict[Address, str] = {}
        self.tallies: dict[Address, str] = {}
        self.miscounted: list[Fault] = []
        self.disagreeing: dict[str, Fault] = {}
        self._sets: dict[tuple[str, str], dict[str, Any]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._counted: dict[Address, int] = {}

    def see(self, row: Row, value: Any) -> None:
        """Note what a row says."""
        if value is None:
            return
        counter = identities.counted_as(value)
        if row.kind == KEY.number and not value.is_managed:
            counter = value.scope, "keys"
            self._compare(value)
        if counter:
            self._numbers[counter] = self._numbers.get(counter, 0) + 1
        if row.kind == TALLY.number:
            self._counted[row.address] = value
        for named in spoken_of(value):
            if named.must_be and self.is_absent(named):
                self.missing[self.places.of(named)] = named.shown

    def is_absent(self, named: Named) -> bool:
        """Whether a row is not there."""
        return self.walk.snapshot.get(self.places.of(named)) is None

    def _compare(self, key: Key) -> None:
        """Hold what a multi-Region key says of its set against what the first one of the set said."""
        if key.multi_region:
            first = self._sets.setdefault((key.account, key.key_id), key.multi_region)
            if first != key.multi_region or key.region not in key.regions:
                detail = "related keys say otherwise of their set"
                self.disagreeing[key.key_id] = Fault(KEY.name, key.arn, UNSOUND, detail)

    def count(self) -> None:
        """Hold the numbers of keys and identities against their counters, once all rows were seen."""
        for (home, counted_name), number in self._numbers.items():
            tally = Named(TALLY, home, counted_name, f"of {counted_name} in {home}", must_be=True)
            address, name = self.places.of(tally), tally.shown
            self.tallies[address] = name
            if address in self._counted:
                counted = self._counted[address]
                if counted != number:
                    detail = f"there are {number}, but {counted} were counted"
                    self.miscounted.append(Fault(TALLY.name, name, UNSOUND, detail))
            elif address not in self.walk.damaged:
                self.missing[address] = name


def spoken_of(value: Any) -> Iterator[Named]:
    """The rows that a value tells of: first itself, then those that it cannot be without, then those that may be."""
    if isinstance(value, Key):
        yield from _spoken_of_by_key(value)
    elif isinstance(value, Alias):
        yield Named(ALIAS, scope(value.account, value.region), value.name, value.arn, must_be=False)
        yield from _of_key(value, must_be=(KEY, ALIAS_COUNT))
    elif isinstance(value, Material):
        arn = key_arn(value.account, value.region, value.key_id)
        yield Named(MATERIAL, value.region, value.material_id, f"of key {arn}", must_be=False)
        yield from _of_key(value, must_be=(KEY,))
    elif isinstance(value, Grant):
        yield from _spoken_of_by_grant(value)
    elif isinstance(value, KeyStore):
        yield Named(KEY_STORE, value.scope, value.store_id, value.store_id, must_be=False)
        yield Named(KEY_STORE_COUNT, value.scope, COUNT, f"in {value.scope}", must_be=True)
    elif isinstance(value, AttestationRoot):
        yield Named(ATTESTATION_ROOT, ROOTS, value.fingerprint, value.fingerprint, must_be=False)
    else:
        for kind, home, name, shown, must_be in (*identities.rows_of(value), *limits.rows_of(value)):
            yield Named(kind, home, name, shown, must_be=must_be)


def _spoken_of_by_key(key: Key) -> Iterator[Named]:
    yield Named(KEY, key.scope, key.key_id, key.arn, must_be=False)
    if key.material_id:
        yield Named(MATERIAL, key.region, key.material_id, f"of key {key.arn}", must_be=True)
    yield from _of_key(key, must_be=(POLICY, TAGS))
    for region in key.regions if key.multi_region else ():
        arn = key_arn(key.account, region, key.key_id)
        yield Named(KEY, scope(key.account, region), key.key_id, arn, must_be=True)


def _spoken_of_by_grant(grant: Grant) -> Iterator[Named]:
    arn = grant.key_arn
    yield Named(GRANT, grant.region, grant.grant_id, f"{grant.grant_id} of key {arn}", must_be=False)
    if grant.request:
        home = scope(grant.account, grant.region)
        yield Named(GRANT_NAME, home, grant.request, f"{grant.name} of key {arn}", must_be=True)
    yield from _of_key(grant, must_be=(KEY, GRANT_COUNT))


def _of_key(value: Key | Alias | Material | Grant, *, must_be: Collection[Kind[Any]]) -> Iterator[Named]:
    """The rows of which the key that a value is of has one each."""
    home, arn = scope(value.account, value.region), key_arn(value.account, value.region, value.key_id)
    for kind in (KEY, POLICY, TAGS, ALIAS_COUNT, GRANT_COUNT, LAST_USE):
        yield Named(kind, home, value.key_id, arn if kind is KEY else f"of key {arn}", must_be=kind in must_be)


def _row_faults(walk: Walk, relations: Relations) -> list[Fault]:
    """The rows that are damaged, missing, outdated or back, with their names as far as others know them."""
    odd: list[Odd] = []
    if walk.difference and walk.head:
        absent = [*relations.missing, *_optional_and_absent(walk, relations)]
        odd = odd_rows(walk.keyring, walk.difference, walk.head.commit, walk.addresses, absent)
    wrong = {**dict(odd), **dict.fromkeys(walk.damaged, DAMAGED), **dict.fromkeys(relations.missing, MISSING)}
    if not wrong and not walk.difference:
        mixed = "some are of a copy of this vault that went its own way; which, cannot be told"
        return [*relations.miscounted, *([Fault("rows", "", UNSOUND, mixed)] if walk.mixes_histories else [])]
    names = _names(walk, relations.places, wrong) | relations.tallies
    settings = relations.places.of(Named(SETTINGS, *HOME, "", must_be=False))
    names[HEAD] = names[LOG] = names[settings] = ""
    faults = [
        Fault(kind_name(address[0]), names.get(address, address[2].hex()), what) for address, what in wrong.items()
    ]
    return [*faults, *_uncounted(walk, wrong, explained=bool(odd) or not walk.difference)]


def _optional_and_absent(walk: Walk, relations: Relations) -> Iterator[Address]:
    """Where a row may have been that others speak of, but need not have been."""
    for _, value in walk.rows():
        for named in spoken_of(value):
            if not named.must_be and relations.is_absent(named):
                yield relations.places.of(named)


def _names(walk: Walk, places: Places, wanted: Collection[Address]) -> dict[Address, str]:
    """The names of rows, from what others say of them, or from the key that their link leads to."""
    names: dict[Address, str] = {}
    links = {row.first: address for address, row in walk.damaged.items() if row.first}
    for _, value in walk.rows():
        for named in spoken_of(value):
            address = places.of(named)
            if address in wanted:
                names[address] = named.shown
        if isinstance(value, Key):
            for kind in (ALIAS, MATERIAL, GRANT):
                linked = links.get(places.blinded(kind.name, "link", value.arn))
                if linked and linked[0] == kind.number:
                    names.setdefault(linked, f"{linked[2].hex()} of key {value.arn}")
    return names


def _uncounted(walk: Walk, wrong: dict[Address, str], *, explained: bool) -> Iterator[Fault]:
    """What the head's numbers of rows say beyond the rows that are named."""
    if walk.head is None:
        return
    differs = False
    for kind, expected in walk.head.rows.items():
        number = int(kind)
        named = [what for address, what in wrong.items() if address[0] == number]
        lacking = expected - walk.counts.get(number, 0) - named.count(MISSING) + named.count(DELETED)
        if lacking > 0:
            yield Fault(kind_name(number), "", MISSING, f"{lacking} more missing; which, cannot be told")
        elif -lacking > named.count(DAMAGED):
            yield Fault(kind_name(number), "", DELETED, f"{-lacking} more than there should be; which, cannot be told")
        differs = differs or bool(lacking)
    if not explained and not differs:
        beyond = "beyond those that are named, " if wrong else ""
        yield Fault("rows", "", OUTDATED, f"{beyond}rows may be outdated; which, cannot be told")
