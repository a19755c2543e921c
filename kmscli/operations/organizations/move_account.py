"""MoveAccount."""

from kmscli.limits.nodes import ACCOUNT, save_node
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import (
    AccountNotFoundException,
    DestinationParentNotFoundException,
    DuplicateAccountException,
    SourceParentNotFoundException,
)
from kmscli.operations.organization_members import AccountId, ParentId
from kmscli.operations.organization_rules import PARENTS, managed_organization, node_named
from kmscli.operations.shapes import Request


class MoveAccountRequest(Request):
    """What MoveAccount is asked."""

    account_id = AccountId().required()
    source_parent_id = ParentId("The root or organizational unit that it is in, by id.").required()
    destination_parent_id = ParentId("The root or organizational unit that it is to be in, by id.").required()


@operation()
def move_account(call: Call, request: MoveAccountRequest) -> None:
    """Move an account to another organizational unit, or to the root; the policies on its way there limit it then."""
    organization = managed_organization(call)
    account = node_named(call, organization, request.account_id, (ACCOUNT,), AccountNotFoundException)
    if account.parent != request.source_parent_id:
        raise SourceParentNotFoundException
    destination = node_named(
        call, organization, request.destination_parent_id, PARENTS, DestinationParentNotFoundException
    )
    if destination.node_id == account.parent:
        raise DuplicateAccountException
    save_node(call.transaction, account.changed(parent=destination.node_id))
