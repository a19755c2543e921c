"""The rows that limits are kept in, for a check of the whole vault."""

from collections.abc import Iterator
from typing import Any

from kmscli.limits.endpoints import ENDPOINT, Endpoint
from kmscli.limits.invitations import INVITATION, INVITATIONS, Invitation
from kmscli.limits.membership import ACCOUNT_IN, IN
from kmscli.limits.nodes import ACCOUNT, NODE, Node
from kmscli.limits.organizations import HOME, ORGANIZATION, Organization
from kmscli.limits.policies import FULL_ACCESS, POLICY, Policy
from kmscli.limits.requests import ACCOUNT_REQUEST, AccountRequest
from kmscli.vault.transaction import Kind

KINDS = (ENDPOINT, ORGANIZATION, ACCOUNT_IN, NODE, POLICY, ACCOUNT_REQUEST, INVITATION)

Told = tuple[Kind[Any], str, str, str, bool]
"""A row that a value tells of: kind, scope, name, how people know it, and whether it must be there."""


def rows_of(value: Any) -> Iterator[Told]:
    """The rows that a value tells of: first itself, then those that it cannot be without."""
    if isinstance(value, Endpoint):
        yield ENDPOINT, value.region, value.endpoint_id, value.endpoint_id, False
    elif isinstance(value, Organization):
        yield ORGANIZATION, HOME, value.organization_id, value.organization_id, False
        for node_id in (value.root, value.management):
            yield NODE, value.organization_id, node_id, f"{node_id} of {value.organization_id}", True
    elif isinstance(value, Node):
        yield from _of_node(value)
    elif isinstance(value, Policy):
        yield POLICY, value.organization, value.policy_id, f"{value.policy_id} of {value.organization}", False
    elif isinstance(value, AccountRequest):
        yield ACCOUNT_REQUEST, value.organization, value.request_id, value.request_id, False
    elif isinstance(value, Invitation):
        yield INVITATION, INVITATIONS, value.handshake_id, value.handshake_id, False


def _of_node(node: Node) -> Iterator[Told]:
    home = node.organization
    yield NODE, home, node.node_id, f"{node.node_id} of {home}", False
    yield ORGANIZATION, HOME, home, home, True
    if node.parent:
        yield NODE, home, node.parent, f"{node.parent} of {home}", True
    if node.type == ACCOUNT:
        yield ACCOUNT_IN, node.node_id, IN, f"of {node.node_id} in {home}", True
    own = {policy.policy_id for policy in FULL_ACCESS.values()}
    for policy_id in {each for ids in node.policies.values() for each in ids} - own:
        yield POLICY, home, policy_id, f"{policy_id} of {home}", True
