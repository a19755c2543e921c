"""Organizations: accounts under one management account, which may limit what the others can do.

An organization belongs to its management account, in all Regions of a partition. The one an account is in, if it is in
one, is a row of the account's own: whoever asks for an account in none reads that row and nothing else.
(AWS Organizations User Guide, "Terminology and concepts", "Quotas and service limits".)
"""

import os
from typing import Any, Self

from kmscli.limits.membership import organization_id_of
from kmscli.vault.transaction import Kind, Transaction

SERVICE_CONTROL = "SERVICE_CONTROL_POLICY"
RESOURCE_CONTROL = "RESOURCE_CONTROL_POLICY"
ALL_FEATURES = "ALL"
HOME = "organizations"
"""The scope of all organizations."""
_LETTERS = "abcdefghijklmnopqrstuvwxyz0123456789"


class Organization:
    """An organization. `root`: the id of its root. `enabled`: the types of policies that have effect in it."""

    def __init__(
        self, organization_id: str, *, management: str, partition: str, features: str, root: str, enabled: list[str]
    ) -> None:
        self.organization_id = organization_id
        self.management = management
        self.partition = partition
        self.features = features
        self.root = root
        self.enabled = enabled

    def arn_of(self, kind: str, *names: str) -> str:
        """The ARN of something in it, by its kind and what stands behind the organization's id."""
        path = "/".join((self.organization_id, *names))
        return f"arn:{self.partition}:organizations::{self.management}:{kind}/{path}"

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


ORGANIZATION: Kind[Organization] = Kind(57, "organization", lambda value: Organization(**value), vars)


def random_letters(length: int) -> str:
    """Random small letters and digits, as they are in ids."""
    return "".join(_LETTERS[byte % 36] for byte in os.urandom(length))


def organization_of(transaction: Transaction, account: str) -> Organization | None:
    """The organization that an account is in."""
    organization_id = organization_id_of(transaction, account)
    if organization_id is None:
        return None
    found = transaction.get(ORGANIZATION, HOME, organization_id)
    if found is None:
        raise transaction.missing(ORGANIZATION, HOME, organization_id)
    return found


def save_organization(transaction: Transaction, organization: Organization) -> None:
    """Write an organization."""
    transaction.put(ORGANIZATION, HOME, organization.organization_id, organization)
