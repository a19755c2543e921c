"""GetCallerIdentity."""

from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class GetCallerIdentityRequest(Request):
    """What GetCallerIdentity is asked: nothing."""


class GetCallerIdentityResponse(Response):
    """What GetCallerIdentity answers."""

    user_id = String()
    account = String()
    arn = String()


@operation(read_only=True, open_to_all=True)
def get_caller_identity(call: Call, request: GetCallerIdentityRequest) -> GetCallerIdentityResponse:
    """Show who calls: the principal's id, account and ARN. Nobody can be kept from asking."""
    caller = call.caller
    return GetCallerIdentityResponse(user_id=caller.identity()["principalId"], account=caller.account, arn=caller.arn)
