"""DeleteUser."""

from kmscli.identities.identity import remove
from kmscli.identities.users import USER
from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName
from kmscli.operations.identity_policies import check_bare
from kmscli.operations.identity_users import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteUserRequest(Request):
    """What DeleteUser is asked."""

    user_name = ExistingUserName().required()


@operation()
def delete_user(call: Call, request: DeleteUserRequest) -> None:
    """Delete a user, who must have no policies."""
    user = user_named(call, request.user_name)
    check_bare(user)
    remove(call.transaction, USER, user)
