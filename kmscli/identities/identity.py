"""What users, roles and groups have in common: a name, a path, and policies.

An identity belongs to an account, in all Regions of a partition. Names that differ in capitals only are the same name.
"""

import os
from typing import Any, ClassVar, Self, TypeVar

from kmscli.errors import LimitExceeded
from kmscli.names import identity_arn
from kmscli.vault.transaction import Kind, Transaction

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Identity:
    """An identity. `policies`: its inline policies' texts, by name. `attached`: managed policies, by ARN."""

    word: ClassVar[str]
    """What it is: in ARNs, in messages, and, in the plural, the name of the account's counter."""
    prefix: ClassVar[str]
    """How its unique ids begin."""
    quota: ClassVar[int]
    """How many an account may have."""
    longest: ClassVar[int]
    """How many characters its inline policies may have together, white space aside."""

    def __init__(
        self,
        name: str,
        *,
        account: str,
        partition: str,
        path: str,
        unique_id: str,
        created: int,
        policies: dict[str, str] | None = None,
        attached: list[str] | None = None,
    ) -> None:
        self.name = name
        self.account = account
        self.partition = partition
        self.path = path
        self.unique_id = unique_id
        self.created = created
        self.policies = policies or {}
        self.attached = attached or []

    @property
    def arn(self) -> str:
        """Its ARN."""
        return identity_arn(self.partition, self.account, self.word, self.path, self.name)

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


I = TypeVar("I", bound=Identity)  # noqa: E741  it stands for an identity


def new_unique_id(prefix: str) -> str:
    """A random unique id: a prefix that says of what, and 17 characters of base32."""
    return prefix + "".join(_BASE32[byte % 32] for byte in os.urandom(17))


def find(transaction: Transaction, kind: Kind[I], account: str, name: str) -> I | None:
    """An identity by its name; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(kind, account, name.lower()) if name.isascii() else None


def add(transaction: Transaction, kind: Kind[I], identity: I) -> None:
    """Write a new identity. Raises LimitExceeded: the account has as many as it may."""
    counted = f"{identity.word}s"
    if transaction.tally(identity.account, counted) >= identity.quota:
        raise LimitExceeded(f"Cannot exceed quota for {counted.capitalize()}PerAccount: {identity.quota}")
    transaction.count(identity.account, counted, 1)
    save(transaction, kind, identity)


def save(transaction: Transaction, kind: Kind[I], identity: I) -> None:
    """Write an identity."""
    transaction.put(kind, identity.account, identity.name.lower(), identity)


def remove(transaction: Transaction, kind: Kind[I], identity: I) -> None:
    """Remove an identity."""
    transaction.count(identity.account, f"{identity.word}s", -1)
    transaction.delete(kind, identity.account, identity.name.lower())
