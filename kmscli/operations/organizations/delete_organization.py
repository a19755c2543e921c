"""DeleteOrganization."""

from kmscli.limits.nodes import ACCOUNT, all_nodes, of_type, remove_node
from kmscli.limits.organizations import HOME, ORGANIZATION, RESOURCE_CONTROL, SERVICE_CONTROL
from kmscli.limits.policies import all_policies, remove_policy
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import OrganizationNotEmptyException
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.shapes import Request


class DeleteOrganizationRequest(Request):
    """What DeleteOrganization is asked."""


@operation()
def delete_organization(call: Call, request: DeleteOrganizationRequest) -> None:
    """Delete the organization with its units and policies; no account but the managing one may be in it."""
    organization_id = managed_organization(call).organization_id
    if len(of_type(call.transaction, organization_id, ACCOUNT, b"", 2)) > 1:
        raise OrganizationNotEmptyException
    for node in all_nodes(call.transaction, organization_id):
        remove_node(call.transaction, node)
    for type in (SERVICE_CONTROL, RESOURCE_CONTROL):
        for policy in all_policies(call.transaction, organization_id, type):
            remove_policy(call.transaction, policy)
    call.transaction.delete(ORGANIZATION, HOME, organization_id)
