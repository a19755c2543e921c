"""Aliases: names for keys (reference, kms-semantics 1.6 and 4.1)."""

from kmscli.keys.key import Key, scope
from kmscli.names import alias_arn
from kmscli.vault.transaction import Entry, Kind, Transaction, plain_kind

QUOTA = 50
"""Aliases per key, unless the vault's settings say more."""


class Alias:
    """An alias. `name` with its prefix."""

    def __init__(self, name: str, *, account: str, region: str, key_id: str, created: float, updated: float) -> None:
        self.name = name
        self.account = account
        self.region = region
        self.key_id = key_id
        self.created = created
        self.updated = updated

    @property
    def arn(self) -> str:
        """The alias's ARN."""
        return alias_arn(self.account, self.region, self.name)


ALIAS: Kind[Alias] = Kind(18, "alias", lambda value: Alias(**value), vars)
ALIAS_COUNT: Kind[int] = plain_kind(21, "alias count")


def find_alias(transaction: Transaction, account: str, region: str, name: str) -> Alias | None:
    """An alias by its name; any text may be asked for, also such as cannot be encoded."""
    if not name.isascii():
        return None
    return transaction.get(ALIAS, scope(account, region), name)


def add_alias(transaction: Transaction, alias: Alias, key: Key) -> None:
    """Write a new alias of a key. Raises LimitExceededException: the key has as many as it may."""
    _count(transaction, key, 1)
    transaction.put(ALIAS, key.scope, alias.name, alias, first=key.arn)


def move_alias(transaction: Transaction, alias: Alias, old: Key, key: Key) -> None:
    """Write an alias that now names another key. Raises LimitExceededException: that has as many as it may."""
    if old.key_id != key.key_id:
        _count(transaction, old, -1)
        _count(transaction, key, 1)
    transaction.put(ALIAS, key.scope, alias.name, alias, first=key.arn)


def remove_alias(transaction: Transaction, alias: Alias, key: Key) -> None:
    """Remove an alias of a key."""
    _count(transaction, key, -1)
    transaction.delete(ALIAS, key.scope, alias.name)


def _count(transaction: Transaction, key: Key, change: int) -> None:
    """Count a key's aliases, in a row that is read and written, so that two calls at once cannot both be the 50th."""
    count = (transaction.get(ALIAS_COUNT, key.scope, key.key_id) or 0) + change
    if count > QUOTA:
        from kmscli.keys.quotas import refuse_beyond

        refuse_beyond(transaction, "aliases-per-key", count, f"{key.arn} has")
    transaction.put(ALIAS_COUNT, key.scope, key.key_id, count)


def aliases_of(transaction: Transaction, key: Key, after: bytes = b"", limit: int = 1000) -> list[Entry]:
    """A key's aliases, in the vault's order."""
    return transaction.linked(ALIAS, 1, key.arn, after, limit)
