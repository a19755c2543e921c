"""ListAccounts."""

from kmscli.limits.nodes import ACCOUNT, of_type
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import Account, MaxResults, NextToken
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.organization_shapes import shown_account
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Accounts")


class ListAccountsRequest(Request):
    """What ListAccounts is asked."""

    next_token = NextToken()
    max_results = MaxResults()


class ListAccountsResponse(Response):
    """What ListAccounts answers."""

    accounts = List(Structure(Account))
    next_token = NextToken()


@operation(read_only=True, pages=PAGES)
def list_accounts(call: Call, request: ListAccountsRequest) -> ListAccountsResponse:
    """List the accounts of the organization, the managing one too."""
    organization = managed_organization(call)
    found = organization_page(
        call,
        PAGES,
        request,
        lambda after, limit: of_type(call.transaction, organization.organization_id, ACCOUNT, after, limit),
    )
    accounts = [shown_account(call, organization, account) for account in found.values]
    return ListAccountsResponse(accounts=accounts, next_token=found.next_marker)
