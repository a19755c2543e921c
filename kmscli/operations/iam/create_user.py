"""CreateUser."""

from kmscli.identities.users import User
from kmscli.operations.attachments import use_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import Path, PermissionsBoundary, Tags, UserName
from kmscli.operations.identity_named import made
from kmscli.operations.identity_shapes import ShownUser, shown_user
from kmscli.operations.identity_tags import checked_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreateUserRequest(Request):
    """What CreateUser is asked."""

    path = Path()
    user_name = UserName("The user's name, which no other of the account has, in capitals or not.").required()
    permissions_boundary = PermissionsBoundary()
    tags = Tags()


class CreateUserResponse(Response):
    """What CreateUser answers."""

    user = Structure(ShownUser)


@operation(logs="response")
def create_user(call: Call, request: CreateUserRequest) -> CreateUserResponse:
    """Create a user of the account, who may nothing until a policy says so."""
    user = made(
        call,
        User,
        request.user_name,
        path=request.path or "/",
        boundary=request.permissions_boundary or "",
        tags=checked_tags(request.tags),
    )
    if user.boundary:
        use_boundary(call, user.account, user.boundary)
    return CreateUserResponse(user=shown_user(user))
