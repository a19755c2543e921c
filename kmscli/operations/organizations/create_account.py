"""CreateAccount."""

import os

from kmscli.limits.nodes import ACCOUNT, CREATED, Node, add_account, all_nodes
from kmscli.limits.organizations import Organization, organization_of, random_letters
from kmscli.limits.requests import AccountRequest, save_request
from kmscli.operations.account_requests import EMAIL_EXISTS, CreateAccountStatusResponse, shown_request
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_members import Email, NewAccountName
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.shapes import Request


class CreateAccountRequest(Request):
    """What CreateAccount is asked."""

    email = Email("The account's e-mail address, which no other account of the organization has.").required()
    account_name = NewAccountName("The account's name.").required()


@operation(logs="response")
def create_account(call: Call, request: CreateAccountRequest) -> CreateAccountStatusResponse:
    """Create an account in the organization's root, at once. Its root user may call; it has no role yet."""
    organization = managed_organization(call)
    taken = any(node.email == request.email for node in all_nodes(call.transaction, organization.organization_id))
    made = AccountRequest(
        f"car-{random_letters(32)}",
        organization=organization.organization_id,
        name=request.account_name,
        requested=round(call.now, 3),
        account="" if taken else _make(call, organization, request),
        reason=EMAIL_EXISTS if taken else "",
    )
    save_request(call.transaction, made)
    return shown_request(made)


def _make(call: Call, organization: Organization, request: CreateAccountRequest) -> str:
    """The id of a new account."""
    account = _new_id()
    while organization_of(call.transaction, account):
        account = _new_id()
    node = Node(
        account,
        organization=organization.organization_id,
        type=ACCOUNT,
        parent=organization.root,
        name=request.account_name,
        email=request.email,
        joined=round(call.now, 3),
        method=CREATED,
    )
    add_account(call.transaction, node)
    return account


def _new_id() -> str:
    return f"{int.from_bytes(os.urandom(8), 'big') % 10**12:012d}"
