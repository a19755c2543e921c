"""Aliases: names for keys (reference, kms-semantics 1.6 and 4.1)."""

from kmscli.keys.key import Key, scope
from kmscli.names import alias_arn
from kmscli.vault.transaction import Entry, Kind, Transaction

QUOTA = 50
"""Aliases per key."""


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


def find_alias(transaction: Transaction, account: str, region: str, name: str) -> Alias | None:
    """An alias by its name; any text may be asked for, also such as cannot be encoded."""
    if not name.isascii():
        return None
    return transaction.get(ALIAS, scope(account, region), name)


def save_alias(transaction: Transaction, alias: Alias, key: Key) -> None:
    """Write an alias, linked to its key."""
    transaction.put(ALIAS, key.scope, alias.name, alias, first=key.arn)


def aliases_of(transaction: Transaction, key: Key, after: bytes = b"", limit: int = QUOTA + 1) -> list[Entry]:
    """A key's aliases, in the vault's order."""
    return transaction.linked(ALIAS, 1, key.arn, after, limit)
