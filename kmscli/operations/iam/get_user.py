"""GetUser."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName
from kmscli.operations.identity_named import user_or_self
from kmscli.operations.identity_shapes import ShownUser, shown_user
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class GetUserRequest(Request):
    """What GetUser is asked."""

    user_name = ExistingUserName("The user, by name. By default the one who calls.")


class GetUserResponse(Response):
    """What GetUser answers."""

    user = Structure(ShownUser).required()


@operation(read_only=True)
def get_user(call: Call, request: GetUserRequest) -> GetUserResponse:
    """Show a user: path, id, ARN, tags, and when he was created."""
    if request.user_name is None and call.caller.is_root:
        return GetUserResponse(user=ShownUser(user_id=call.caller.account, arn=call.caller.arn))
    return GetUserResponse(user=shown_user(user_or_self(call, request.user_name)))
