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
    user_id = call.caller.account if caller.is_root else known_id(call)
    return GetCallerIdentityResponse(user_id=user_id, account=caller.account, arn=caller.arn)


def known_id(call: Call) -> str:
    """The caller's unique id; of a principal that the vault does not know, its name."""
    from kmscli.operations.weighing import standing

    return standing(call).principal.user_id or call.caller.arn.rsplit("/", 1)[-1]
