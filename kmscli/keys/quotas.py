"""Quotas that a vault's settings may raise (reference, kms-semantics 15).

The settings are one row, for all accounts and Regions of the vault. Nobody reads it before a default is reached, so
that a call which is far from every quota pays nothing for them.
"""

from kmscli.errors import LimitExceededException
from kmscli.keys import aliases, grants, key_stores
from kmscli.keys.key import KEYS_QUOTA
from kmscli.vault.transaction import Kind, Transaction, plain_kind

SETTINGS: Kind[dict[str, int]] = plain_kind(41, "quotas")
"""The quotas that were raised, by name."""
HOME = ("vault", "quotas")
"""Where the settings stand: scope and name."""


class Quota:
    """A quota that may be raised, to `most` at most. `counted`: what there may be so many of."""

    def __init__(self, counted: str, default: int, *, most: int) -> None:
        self.counted = counted
        self.default = default
        self.most = most


QUOTAS: dict[str, Quota] = {
    "keys": Quota("KMS keys in this account and Region", KEYS_QUOTA, most=10_000_000),
    "aliases-per-key": Quota("aliases", aliases.QUOTA, most=1000),
    "grants-per-key": Quota("grants", grants.QUOTA, most=1_000_000),
    "custom-key-stores": Quota("custom key stores in this account and Region", key_stores.QUOTA, most=key_stores.MOST),
}
"""By the name under which they are set. A key's aliases go with it in one commit, and so are few."""


def quotas_of(transaction: Transaction) -> dict[str, int]:
    """Every quota as it is now, by name."""
    raised = transaction.get(SETTINGS, *HOME) or {}
    return {name: raised.get(name, quota.default) for name, quota in QUOTAS.items()}


def set_quotas(transaction: Transaction, quotas: dict[str, int]) -> None:
    """Write the quotas; those that are as by default are left out."""
    raised = {name: number for name, number in quotas.items() if number != QUOTAS[name].default}
    transaction.put(SETTINGS, *HOME, raised)


def refuse_beyond(transaction: Transaction, name: str, count: int, whose: str) -> None:
    """Raises LimitExceededException: so many are beyond a quota as it is now. `whose`: who has reached it then."""
    most = quotas_of(transaction)[name]
    if count > most:
        raise LimitExceededException(f"{whose} reached the quota of {most} {QUOTAS[name].counted}.")
