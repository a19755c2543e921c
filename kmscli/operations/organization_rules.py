"""What the operations of AWS Organizations share: who may call them, finding what they are about."""

from kmscli.limits.nodes import ACCOUNT, ROOT, UNIT, Node, find_node
from kmscli.limits.organizations import (
    ALL_FEATURES,
    RESOURCE_CONTROL,
    SERVICE_CONTROL,
    Organization,
    organization_of,
)
from kmscli.limits.policies import AWS, Policy, find_policy
from kmscli.operations.call import Call
from kmscli.operations.organization_errors import (
    AccessDeniedException,
    AWSOrganizationsNotInUseException,
    InvalidInputException,
    OrganizationError,
    ParentNotFoundException,
    PolicyNotFoundException,
    PolicyTypeNotAvailableForOrganizationException,
)

PARENTS = (ROOT, UNIT)
ANYTHING = (ROOT, UNIT, ACCOUNT)


def own_organization(call: Call) -> Organization:
    """The organization of the caller's account. Raises AWSOrganizationsNotInUseException."""
    organization = organization_of(call.transaction, call.caller.account)
    if organization is None:
        raise AWSOrganizationsNotInUseException
    return organization


def managed_organization(call: Call) -> Organization:
    """The organization that the caller's account manages.

    Raises AWSOrganizationsNotInUseException, AccessDeniedException: another account manages it.
    """
    organization = own_organization(call)
    if organization.management != call.caller.account:
        raise AccessDeniedException
    return organization


def node_named(
    call: Call, organization: Organization, node_id: str, types: tuple[str, ...], missing: type[OrganizationError]
) -> Node:
    """A part of an organization that is of some types. Raises `missing`."""
    node = find_node(call.transaction, organization.organization_id, node_id)
    if node is None or node.type not in types:
        raise missing
    return node


def parent_named(call: Call, organization: Organization, parent_id: str) -> Node:
    """A root or a unit. Raises ParentNotFoundException."""
    return node_named(call, organization, parent_id, PARENTS, ParentNotFoundException)


def policy_named(call: Call, organization: Organization, policy_id: str) -> Policy:
    """A policy, AWS's own ones too. Raises PolicyNotFoundException."""
    policy = find_policy(call.transaction, organization.organization_id, policy_id)
    if policy is None:
        raise PolicyNotFoundException
    return policy


def own_policy_named(call: Call, organization: Organization, policy_id: str) -> Policy:
    """A policy that can be changed. Raises PolicyNotFoundException, InvalidInputException: it is AWS's own."""
    policy = policy_named(call, organization, policy_id)
    if policy.organization == AWS:
        raise InvalidInputException("You specified a policy that is managed by AWS and can't be modified.")
    return policy


def check_type(organization: Organization, type: str) -> None:
    """Raises PolicyTypeNotAvailableForOrganizationException: kmscli has no such policies, or the organization not."""
    if type not in (SERVICE_CONTROL, RESOURCE_CONTROL):
        raise PolicyTypeNotAvailableForOrganizationException(
            mend=f"kmscli has {SERVICE_CONTROL} and {RESOURCE_CONTROL}"
        )
    if organization.features != ALL_FEATURES:
        raise PolicyTypeNotAvailableForOrganizationException
