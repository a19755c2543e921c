"""GetUser."""

from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_users import own_name, shown_root, shown_user, user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class GetUserRequest(Request):
    """What GetUser is asked."""

    user_name = members.ExistingUserName("The user, by name. By default the one who calls.")


class GetUserResponse(Response):
    """What GetUser answers."""

    user = Structure(members.User).required()


@operation(read_only=True)
def get_user(call: Call, request: GetUserRequest) -> GetUserResponse:
    """Show a user: path, id, ARN, tags, and when he was created."""
    if request.user_name is None and call.caller.arn.endswith(":root"):
        return GetUserResponse(user=shown_root(call))
    name = own_name(call) if request.user_name is None else request.user_name
    return GetUserResponse(user=shown_user(user_named(call, name)))
