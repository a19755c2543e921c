"""What users, roles, groups and managed policies have in common: they belong to an account, in all its Regions.

Names that differ in capitals only are the same name. (IAM User Guide, "IAM identifiers", "IAM and AWS STS quotas".)
"""

import os
from typing import Any, ClassVar, Self, TypeVar

from kmscli.errors import LimitExceeded
from kmscli.names import identity_arn
from kmscli.vault.transaction import Kind, Transaction

_BASE32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


class Resource:
    """Something with a name and a path that an account has. A subclass with a `number` is a kind of rows."""

    number: ClassVar[int] = 0
    rows: ClassVar[str] = ""
    """The name of the kind of rows, where it is not the word."""
    kind: ClassVar[Kind[Any]]
    word: ClassVar[str]
    """What it is, in ARNs and messages."""
    plural: ClassVar[str]
    """The name of the account's counter."""
    prefix: ClassVar[str]
    """How its unique ids begin."""
    quota: ClassVar[int]
    """How many an account may have."""

    def __init_subclass__(cls) -> None:
        if cls.number:
            cls.kind = Kind(cls.number, cls.rows or cls.word, lambda value: cls(**value), vars)

    def __init__(self, name: str, *, account: str, partition: str, path: str, unique_id: str, created: int) -> None:
        self.name = name
        self.account = account
        self.partition = partition
        self.path = path
        self.unique_id = unique_id
        self.created = created

    @property
    def arn(self) -> str:
        """Its ARN."""
        return identity_arn(self.partition, self.account, self.word, self.path, self.name)

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


R = TypeVar("R", bound=Resource)


def new_unique_id(prefix: str) -> str:
    """A random unique id: a prefix that says of what, and 17 characters of base32."""
    return prefix + random_base32(17)


def random_base32(length: int) -> str:
    """Random capitals and digits, as they are in ids."""
    return "".join(_BASE32[byte % 32] for byte in os.urandom(length))


def find(transaction: Transaction, kind: type[R], account: str, name: str) -> R | None:
    """One by its name; any text may be asked for, also such as cannot be encoded."""
    found: R | None = transaction.get(kind.kind, account, name.lower()) if name.isascii() else None
    return found


def must_find(transaction: Transaction, kind: type[R], account: str, name: str) -> R:
    """One that another row speaks of. Raises VaultDamagedError: it is not there."""
    found = find(transaction, kind, account, name)
    if found is None:
        raise transaction.missing(kind.kind, account, name.lower())
    return found


def add(transaction: Transaction, made: Resource) -> None:
    """Write a new one. Raises LimitExceeded: the account has as many as it may."""
    if transaction.tally(made.account, made.plural) >= made.quota:
        raise LimitExceeded(f"Cannot exceed quota for {made.plural.capitalize()}PerAccount: {made.quota}")
    transaction.count(made.account, made.plural, 1)
    save(transaction, made)


def save(transaction: Transaction, changed: Resource) -> None:
    """Write one."""
    transaction.put(changed.kind, changed.account, changed.name.lower(), changed)


def remove(transaction: Transaction, gone: Resource) -> None:
    """Remove one."""
    transaction.count(gone.account, gone.plural, -1)
    transaction.delete(gone.kind, gone.account, gone.name.lower())
