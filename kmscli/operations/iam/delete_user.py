"""DeleteUser."""

from kmscli.errors import DeleteConflict
from kmscli.identities.resource import remove
from kmscli.operations.attachments import release_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_policies import check_bare
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteUserRequest(Request):
    """What DeleteUser is asked."""

    user_name = ExistingUserName().required()


@operation()
def delete_user(call: Call, request: DeleteUserRequest) -> None:
    """Delete a user, who must have no policies and no access keys, and be in no group."""
    user = user_named(call, request.user_name)
    check_bare(user)
    if user.groups:
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    if user.access_keys:
        raise DeleteConflict("Cannot delete entity, must delete access keys first.")
    release_boundary(call, user)
    remove(call.transaction, user)
