"""RemoveAccountFromOrganization."""

from kmscli.limits.nodes import ACCOUNT, remove_node
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_attachments import detach_all
from kmscli.operations.organization_errors import (
    AccountNotFoundException,
    MasterCannotLeaveOrganizationException,
)
from kmscli.operations.organization_members import AccountId
from kmscli.operations.organization_rules import managed_organization, node_named
from kmscli.operations.shapes import Request


class RemoveAccountFromOrganizationRequest(Request):
    """What RemoveAccountFromOrganization is asked."""

    account_id = AccountId().required()


@operation()
def remove_account_from_organization(call: Call, request: RemoveAccountFromOrganizationRequest) -> None:
    """Remove an account from the organization; it goes on by itself, with all that it has."""
    organization = managed_organization(call)
    account = node_named(call, organization, request.account_id, (ACCOUNT,), AccountNotFoundException)
    if account.node_id == organization.management:
        raise MasterCannotLeaveOrganizationException
    detach_all(call.transaction, account)
    remove_node(call.transaction, account)
