"""What a decision asks of the limits of an account.

Nothing here costs more the more accounts there are; an account in no organization costs one row.
"""

from kmscli.limits.nodes import Node, lineage, must_find_node
from kmscli.limits.organizations import RESOURCE_CONTROL, SERVICE_CONTROL, Organization, organization_of
from kmscli.limits.policies import attached_to, must_find_policy
from kmscli.vault.transaction import Transaction


class LimitingPolicy:
    """A policy that limits: its name, its ARN, its text."""

    def __init__(self, name: str, arn: str, text: str) -> None:
        self.name = name
        self.arn = arn
        self.text = text


class Limits:
    """What limits an account.

    `organization`: the id of the organization that the account is in, or empty. `path`: where it stands there, as
    `aws:PrincipalOrgPaths` has it, or empty. `service_control`, `resource_control`: the policies of each level, from
    the root down to the account; at each level one must allow. No levels: nothing limits, as in a management account.
    """

    def __init__(
        self,
        organization: str = "",
        path: str = "",
        service_control: list[list[LimitingPolicy]] | None = None,
        resource_control: list[list[LimitingPolicy]] | None = None,
    ) -> None:
        self.organization = organization
        self.path = path
        self.service_control = service_control or []
        self.resource_control = resource_control or []


NO_LIMITS = Limits()


def limits_of(transaction: Transaction, account: str) -> Limits:
    """What limits an account: what its principals may do, and what may be done to its resources."""
    organization = organization_of(transaction, account)
    if organization is None:
        return NO_LIMITS
    levels = lineage(transaction, must_find_node(transaction, organization.organization_id, account))
    path = "/".join((organization.organization_id, *(level.node_id for level in levels[:-1]), ""))
    if account == organization.management:
        return Limits(organization.organization_id, path)
    service, resource = (
        _policies(transaction, organization, levels, type) for type in (SERVICE_CONTROL, RESOURCE_CONTROL)
    )
    return Limits(organization.organization_id, path, service, resource)


def _policies(
    transaction: Transaction, organization: Organization, levels: list[Node], type: str
) -> list[list[LimitingPolicy]]:
    if type not in organization.enabled:
        return []
    return [
        [_policy(transaction, organization, policy_id) for policy_id in attached_to(level, organization, type)]
        for level in levels
    ]


def _policy(transaction: Transaction, organization: Organization, policy_id: str) -> LimitingPolicy:
    policy = must_find_policy(transaction, organization.organization_id, policy_id)
    return LimitingPolicy(policy.name, policy.arn(organization), policy.text)
