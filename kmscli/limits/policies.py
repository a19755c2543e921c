"""The policies of organizations: what they are attached to limits what accounts may do, or what may be done to theirs.

(AWS Organizations User Guide, "Service control policies", "Resource control policies".)
"""

from collections.abc import Iterator
from typing import Any, Self

from kmscli.limits.nodes import Node
from kmscli.limits.organizations import RESOURCE_CONTROL, SERVICE_CONTROL, Organization
from kmscli.vault.transaction import Entry, Kind, Transaction

AWS = ""
"""The organization of policies that are AWS's own."""


class Policy:
    """A policy.

    `organization`: the id of the one that has it, empty for AWS's own. `uses`: how often it is attached.
    """

    def __init__(
        self, policy_id: str, *, organization: str, type: str, name: str, description: str, text: str, uses: int = 0
    ) -> None:
        self.policy_id = policy_id
        self.organization = organization
        self.type = type
        self.name = name
        self.description = description
        self.text = text
        self.uses = uses

    def arn(self, organization: Organization) -> str:
        """Its ARN, seen from an organization."""
        if self.organization == AWS:
            return f"arn:{organization.partition}:organizations::aws:policy/{self.type.lower()}/{self.policy_id}"
        return organization.arn_of("policy", self.type.lower(), self.policy_id)

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


POLICY: Kind[Policy] = Kind(60, "organization policy", lambda value: Policy(**value), vars)


def _full_access(type: str, name: str, description: str, principal: str) -> Policy:
    lines = ['"Effect": "Allow"', *([principal] if principal else []), '"Action": "*"', '"Resource": "*"']
    statement = ",\n      ".join(lines)
    text = f'{{\n  "Version": "2012-10-17",\n  "Statement": [\n    {{\n      {statement}\n    }}\n  ]\n}}'
    return Policy(f"p-{name}", organization=AWS, type=type, name=name, description=description, text=text)


FULL_ACCESS = {
    SERVICE_CONTROL: _full_access(SERVICE_CONTROL, "FullAWSAccess", "Allows access to every operation", ""),
    RESOURCE_CONTROL: _full_access(
        RESOURCE_CONTROL, "RCPFullAWSAccess", "Allows access to every resource", '"Principal": "*"'
    ),
}
"""AWS's own policies, which allow everything, by type. The first is attached to all that has no other; the second to
everything, always.
"""


def attached_to(node: Node, organization: Organization, type: str) -> list[str]:
    """The ids of the policies of a type that are attached to a part of an organization; none while it is disabled."""
    if type not in organization.enabled:
        return []
    always = [FULL_ACCESS[type].policy_id]
    return always + node.policies.get(type, []) if type == RESOURCE_CONTROL else node.policies.get(type, always)


def find_policy(transaction: Transaction, organization: str, policy_id: str) -> Policy | None:
    """A policy that an organization can have attached: one of its own, or AWS's."""
    for policy in FULL_ACCESS.values():
        if policy.policy_id == policy_id:
            return policy
    return transaction.get(POLICY, organization, policy_id) if policy_id.isascii() else None


def must_find_policy(transaction: Transaction, organization: str, policy_id: str) -> Policy:
    """A policy that another row speaks of. Raises VaultDamagedError: it is not there."""
    found = find_policy(transaction, organization, policy_id)
    if found is None:
        raise transaction.missing(POLICY, organization, policy_id)
    return found


def policies_of(transaction: Transaction, organization: str, type: str, after: bytes, limit: int) -> list[Entry]:
    """Up to `limit` of an organization's own policies of a type."""
    return transaction.linked(POLICY, 1, f"{organization} {type}", after, limit)


def all_policies(transaction: Transaction, organization: str, type: str) -> Iterator[Policy]:
    """All of an organization's own policies of a type."""
    after, page = b"", [Entry(b"", None)]
    while page:
        page = policies_of(transaction, organization, type, after, 1000)
        for entry in page:
            after = entry.id
            yield entry.value


def save_policy(transaction: Transaction, policy: Policy) -> None:
    """Write a policy of an organization."""
    link = f"{policy.organization} {policy.type}"
    transaction.put(POLICY, policy.organization, policy.policy_id, policy, first=link)


def remove_policy(transaction: Transaction, policy: Policy) -> None:
    """Remove a policy of an organization."""
    transaction.delete(POLICY, policy.organization, policy.policy_id)


def count_use(transaction: Transaction, organization: str, policy_id: str, change: int) -> None:
    """Note that a policy was attached once more, or once less; of AWS's own nobody asks."""
    policy = must_find_policy(transaction, organization, policy_id)
    if policy.organization != AWS:
        save_policy(transaction, policy.changed(uses=policy.uses + change))
