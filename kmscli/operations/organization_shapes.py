"""How AWS Organizations shows what there is."""

from kmscli.limits.nodes import ARN_WORDS, Node, path_of
from kmscli.limits.organizations import ALL_FEATURES, SERVICE_CONTROL, Organization
from kmscli.limits.policies import AWS, Policy
from kmscli.operations import organization_members as members
from kmscli.operations.call import Call


def shown_organization(organization: Organization) -> members.OrganizationResponse:
    """An organization. kmscli knows no e-mail address of its management account.

    The types of policies are an old member, about service control policies alone: what is enabled, a root shows.
    """
    available = [SERVICE_CONTROL] if organization.features == ALL_FEATURES else []
    management = organization.management
    shown = members.Organization(
        id=organization.organization_id,
        arn=organization.arn_of("organization"),
        feature_set=organization.features,
        master_account_arn=organization.arn_of("account", management),
        master_account_id=management,
        available_policy_types=_types(available),
    )
    return members.OrganizationResponse(organization=shown)


def shown_root(organization: Organization, root: Node) -> members.Root:
    """A root, and which types of policies have effect below it."""
    return members.Root(
        id=root.node_id,
        arn=arn_of(organization, root),
        name=root.name,
        policy_types=_types(organization.enabled),
    )


def shown_unit(call: Call, organization: Organization, unit: Node) -> members.OrganizationalUnit:
    """An organizational unit."""
    return members.OrganizationalUnit(
        id=unit.node_id,
        arn=arn_of(organization, unit),
        name=unit.name,
        path=path_of(call.transaction, organization, unit),
    )


def shown_account(call: Call, organization: Organization, account: Node) -> members.Account:
    """An account."""
    shown = members.Account(
        id=account.node_id,
        arn=arn_of(organization, account),
        name=account.name,
        status="ACTIVE",
        state="ACTIVE",
        paths=[path_of(call.transaction, organization, account)],
        joined_method=account.method,
        joined_timestamp=account.joined,
    )
    if account.email:
        shown.__dict__["email"] = account.email
    return shown


def summary_of(organization: Organization, policy: Policy) -> members.PolicySummary:
    """A policy without its text."""
    return members.PolicySummary(
        id=policy.policy_id,
        arn=policy.arn(organization),
        name=policy.name,
        description=policy.description,
        type=policy.type,
        aws_managed=policy.organization == AWS,
    )


def shown_policy(organization: Organization, policy: Policy) -> members.PolicyResponse:
    """A policy with its text."""
    return members.PolicyResponse(
        policy=members.Policy(policy_summary=summary_of(organization, policy), content=policy.text)
    )


def arn_of(organization: Organization, node: Node) -> str:
    """The ARN of a root, a unit or an account."""
    return organization.arn_of(ARN_WORDS[node.type], node.node_id)


def _types(types: list[str]) -> list[members.PolicyTypeSummary]:
    return [members.PolicyTypeSummary(type=type, status="ENABLED") for type in types]
