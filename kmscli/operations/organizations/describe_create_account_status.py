"""DescribeCreateAccountStatus."""

from kmscli.limits.requests import find_request
from kmscli.operations.account_requests import CreateAccountStatusResponse, shown_request
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import CreateAccountStatusNotFoundException
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.shapes import Request


class DescribeCreateAccountStatusRequest(Request):
    """What DescribeCreateAccountStatus is asked."""

    create_account_request_id = String(
        0, 36, pattern="^car-[a-z0-9]{8,32}$", help="The request, by the id that create-account answered."
    ).required()


@operation(read_only=True)
def describe_create_account_status(
    call: Call, request: DescribeCreateAccountStatusRequest
) -> CreateAccountStatusResponse:
    """Show what came of a request to create an account."""
    organization = managed_organization(call)
    found = find_request(call.transaction, organization.organization_id, request.create_account_request_id)
    if found is None:
        raise CreateAccountStatusNotFoundException
    return shown_request(found)
