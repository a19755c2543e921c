"""Grants: what lets a principal use a key, beside the key's policy (reference, kms-semantics 7).

A grant stands by its Region and id, and is listed by its key and by who may retire it. A grant with a name has one
more row, found by all that was asked for, so that asking again finds the same grant without looking at the others.
"""

import json
import os
from collections.abc import Iterator
from typing import Any

from kmscli.keys.key import Key
from kmscli.names import key_arn
from kmscli.vault.transaction import Entry, Kind, Transaction, plain_kind

QUOTA = 50_000
"""Grants per key, unless the vault's settings say more."""
GRANTS_AT_ONCE = 100
"""How many grants are looked at before the next are read."""
REMOVED_AT_ONCE = 500
"""How many grants of a key that is deleted go with one commit."""


class Grant:
    """A grant. `principals` and `constraints`: those that were given, by the Python names of CreateGrant's members."""

    def __init__(
        self,
        grant_id: str,
        *,
        account: str,
        region: str,
        key_id: str,
        created: float,
        issuer: str,
        name: str,
        operations: list[str],
        principals: dict[str, str],
        constraints: dict[str, Any],
    ) -> None:
        self.grant_id = grant_id
        self.account = account
        self.region = region
        self.key_id = key_id
        self.created = created
        self.issuer = issuer
        """The root user's ARN of the account that made it."""
        self.name = name
        self.operations = operations
        self.principals = principals
        self.constraints = constraints

    @property
    def key_arn(self) -> str:
        """The ARN of its key."""
        return key_arn(self.account, self.region, self.key_id)

    @property
    def grantee(self) -> str:
        """Who it is for: a principal's ARN, or a service."""
        return self.principals.get("grantee_principal") or self.principals["grantee_service_principal"]

    @property
    def retiring(self) -> str:
        """Who may retire it; "" if it names nobody."""
        principals = self.principals
        return principals.get("retiring_principal") or principals.get("retiring_service_principal", "")

    @property
    def request(self) -> str:
        """All that was asked for, as one text that is the same however it was ordered; "" without a name."""
        asked = [self.name, self.issuer, sorted(self.operations), self.principals, self.constraints]
        return f"{self.key_id} {json.dumps(asked, sort_keys=True)}" if self.name else ""


GRANT: Kind[Grant] = Kind(32, "grant", lambda value: Grant(**value), vars)
GRANT_COUNT: Kind[int] = plain_kind(33, "grant count")
GRANT_NAME: Kind[str] = plain_kind(34, "grant name")
GRANTEE: Kind[str] = plain_kind(35, "grantee")
"""The id of a grant, listed by its key and by whom it is for."""


def new_grant_id() -> str:
    """A random grant id: 64 hex digits."""
    return os.urandom(32).hex()


def find_grant(transaction: Transaction, region: str, grant_id: str) -> Grant | None:
    """A grant of a Region by its id, which is 64 hex digits."""
    return transaction.get(GRANT, region, grant_id)


def find_grant_of(transaction: Transaction, key: Key, grant_id: str) -> Grant | None:
    """A key's grant by its id."""
    grant = find_grant(transaction, key.region, grant_id)
    return grant if grant and grant.key_arn == key.arn else None


def same_grant(transaction: Transaction, key: Key, grant: Grant) -> Grant | None:
    """The grant that an earlier call made under the same name, if it was asked for the same.

    Raises VaultDamagedError: the name leads to a grant that is not there.
    """
    grant_id = transaction.get(GRANT_NAME, key.scope, grant.request) if grant.request else None
    if grant_id is None:
        return None
    found = find_grant(transaction, key.region, grant_id)
    if found is None:
        raise transaction.missing(GRANT, key.region, grant_id)
    return found


def add_grant(transaction: Transaction, key: Key, grant: Grant) -> None:
    """Write a new grant on a key. Raises LimitExceededException: the key has as many as it may."""
    if not _is_listed(transaction, key):
        _list_grantees(transaction, key)
    _count(transaction, key, 1)
    retiring = retiring_link(grant.region, grant.retiring) if grant.retiring else ""
    transaction.put(GRANT, grant.region, grant.grant_id, grant, first=grant.key_arn, second=retiring)
    _list_grantee(transaction, key, grant)
    if grant.request:
        transaction.put(GRANT_NAME, key.scope, grant.request, grant.grant_id)


def remove_grant(transaction: Transaction, key: Key, grant: Grant) -> None:
    """Remove a grant of a key."""
    _count(transaction, key, -1)
    transaction.delete(GRANT, grant.region, grant.grant_id)
    transaction.delete(GRANTEE, grant.region, grant.grant_id)
    if grant.request:
        transaction.delete(GRANT_NAME, key.scope, grant.request)


def remove_some_grants(transaction: Transaction, key: Key) -> bool:
    """Remove grants of a key that is to be deleted, as many as go with one commit. Whether there may be more."""
    entries = grants_of(transaction, key, limit=REMOVED_AT_ONCE)
    for entry in entries:
        remove_grant(transaction, key, entry.value)
    return len(entries) == REMOVED_AT_ONCE


def grants_of(transaction: Transaction, key: Key, after: bytes = b"", limit: int = 1000) -> list[Entry]:
    """A key's grants, in the vault's order."""
    return transaction.linked(GRANT, 1, key.arn, after, limit)


def granted_to(transaction: Transaction, key: Key, grantee: str) -> Iterator[Grant]:
    """A key's grants for a principal, by whom exactly they name; in the vault's order."""
    after, link = b"", _grantee_link(key, grantee)
    while entries := transaction.linked(GRANTEE, 1, link, after, GRANTS_AT_ONCE):
        for entry in entries:
            grant = find_grant(transaction, key.region, entry.value)
            if grant is None:
                raise transaction.missing(GRANT, key.region, entry.value)
            yield grant
        after = entries[-1].id
    if not after and not _is_listed(transaction, key):
        yield from (grant for grant in _every_grant(transaction, key) if grant.grantee == grantee)


def _is_listed(transaction: Transaction, key: Key) -> bool:
    """Whether a key's grants are listed by their grantees: all of them or none, as in vaults of earlier versions."""
    first = grants_of(transaction, key, limit=1)
    return not first or transaction.get(GRANTEE, key.region, first[0].value.grant_id) is not None


def _list_grantees(transaction: Transaction, key: Key) -> None:
    for grant in list(_every_grant(transaction, key)):
        _list_grantee(transaction, key, grant)


def _list_grantee(transaction: Transaction, key: Key, grant: Grant) -> None:
    transaction.put(GRANTEE, grant.region, grant.grant_id, grant.grant_id, first=_grantee_link(key, grant.grantee))


def _every_grant(transaction: Transaction, key: Key) -> Iterator[Grant]:
    after = b""
    while entries := grants_of(transaction, key, after, GRANTS_AT_ONCE):
        yield from (entry.value for entry in entries)
        after = entries[-1].id


def _grantee_link(key: Key, grantee: str) -> str:
    return f"{key.arn} {grantee}"


def retirable_by(transaction: Transaction, region: str, principal: str, after: bytes, limit: int) -> list[Entry]:
    """The grants of a Region, on keys of any account, that name a principal as the one who may retire them."""
    return transaction.linked(GRANT, 2, retiring_link(region, principal), after, limit)


def retiring_link(region: str, principal: str) -> str:
    """What the grants that a principal may retire link to."""
    return f"{region} {principal}"


def _count(transaction: Transaction, key: Key, change: int) -> None:
    """Count a key's grants, in a row that is read and written, so that two calls at once cannot both be the last."""
    count = (transaction.get(GRANT_COUNT, key.scope, key.key_id) or 0) + change
    if count > QUOTA:
        from kmscli.keys.quotas import refuse_beyond

        refuse_beyond(transaction, "grants-per-key", count, f"{key.arn} has")
    transaction.put(GRANT_COUNT, key.scope, key.key_id, count)
