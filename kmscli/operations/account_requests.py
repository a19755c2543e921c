"""How AWS Organizations shows what came of a request to create an account. Here it is done at once."""

from kmscli.limits.requests import AccountRequest
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.organization_members import NewAccountName
from kmscli.operations.shapes import Response, Shape, Structure

EMAIL_EXISTS = "EMAIL_ALREADY_EXISTS"


class CreateAccountStatus(Shape):
    """What came of a request to create an account."""

    id = String()
    account_name = NewAccountName()
    state = Enum("IN_PROGRESS", "SUCCEEDED", "FAILED")
    requested_timestamp = Timestamp()
    completed_timestamp = Timestamp()
    account_id = String()
    failure_reason = Enum(
        "ACCOUNT_LIMIT_EXCEEDED",
        EMAIL_EXISTS,
        "INVALID_ADDRESS",
        "INVALID_EMAIL",
        "CONCURRENT_ACCOUNT_MODIFICATION",
        "INTERNAL_FAILURE",
        "GOVCLOUD_ACCOUNT_ALREADY_EXISTS",
        "MISSING_BUSINESS_VALIDATION",
        "FAILED_BUSINESS_VALIDATION",
        "PENDING_BUSINESS_VALIDATION",
        "INVALID_IDENTITY_FOR_BUSINESS_VALIDATION",
        "UNKNOWN_BUSINESS_VALIDATION",
        "MISSING_PAYMENT_INSTRUMENT",
        "INVALID_PAYMENT_INSTRUMENT",
        "UPDATE_EXISTING_RESOURCE_POLICY_WITH_TAGS_NOT_SUPPORTED",
    )


class CreateAccountStatusResponse(Response):
    """What the operations on such a request answer."""

    create_account_status = Structure(CreateAccountStatus)


def shown_request(request: AccountRequest) -> CreateAccountStatusResponse:
    """A request, and what came of it."""
    outcome = {"failure_reason": request.reason} if request.reason else {"account_id": request.account}
    status = CreateAccountStatus(
        id=request.request_id,
        account_name=request.name,
        state="FAILED" if request.reason else "SUCCEEDED",
        requested_timestamp=request.requested,
        completed_timestamp=request.requested,
        **outcome,
    )
    return CreateAccountStatusResponse(create_account_status=status)
