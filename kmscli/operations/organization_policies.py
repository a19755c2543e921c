"""The policies of an organization: their names, and a page of them."""

from collections.abc import Callable

from kmscli.limits.organizations import Organization
from kmscli.limits.policies import FULL_ACCESS, all_policies, policies_of
from kmscli.operations.call import Call
from kmscli.operations.organization_errors import DuplicatePolicyException
from kmscli.vault.transaction import Entry, Transaction

FIRST = b"\0"
"""The place of AWS's own policy in a list: before all others, whose blind ids are longer."""


def check_name(call: Call, organization: Organization, type: str, name: str) -> None:
    """Raises DuplicatePolicyException: a policy of the type has this name."""
    own = all_policies(call.transaction, organization.organization_id, type)
    if any(policy.name == name for policy in (FULL_ACCESS[type], *own)):
        raise DuplicatePolicyException


def policies_page(
    transaction: Transaction, organization: Organization, type: str
) -> Callable[[bytes, int], list[Entry]]:
    """A fetch over the policies of a type that an organization can attach."""
    managed = [Entry(FIRST, FULL_ACCESS[type])] if type in FULL_ACCESS else []

    def fetch(after: bytes, limit: int) -> list[Entry]:
        first = managed if after < FIRST else []
        return (first + policies_of(transaction, organization.organization_id, type, after, limit))[:limit]

    return fetch
