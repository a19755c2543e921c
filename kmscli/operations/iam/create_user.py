"""CreateUser."""

from kmscli.errors import EntityAlreadyExists
from kmscli.identities.finding import find_user
from kmscli.identities.identity import add, new_unique_id
from kmscli.identities.users import USER, User
from kmscli.names import partition_of
from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_tags import checked_tags
from kmscli.operations.identity_users import shown_user
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreateUserRequest(Request):
    """What CreateUser is asked."""

    path = members.Path("The path, which begins and ends with a slash. By default a slash alone.")
    user_name = members.UserName("The user's name, which no other of the account has, in capitals or not.").required()
    tags = members.Tags()


class CreateUserResponse(Response):
    """What CreateUser answers."""

    user = Structure(members.User)


@operation(logs="response")
def create_user(call: Call, request: CreateUserRequest) -> CreateUserResponse:
    """Create a user of the account, who may nothing until a policy says so."""
    account = call.caller.account
    if find_user(call.transaction, account, request.user_name):
        raise EntityAlreadyExists(f"User with name {request.user_name} already exists.")
    user = User(
        request.user_name,
        account=account,
        partition=partition_of(call.caller.region),
        path=request.path or "/",
        unique_id=new_unique_id(User.prefix),
        created=int(call.now),
        tags=checked_tags(request.tags),
    )
    add(call.transaction, USER, user)
    return CreateUserResponse(user=shown_user(user))
