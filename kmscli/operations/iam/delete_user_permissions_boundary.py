"""DeleteUserPermissionsBoundary."""

from kmscli.operations.attachments import remove_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import UserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteUserPermissionsBoundaryRequest(Request):
    """What DeleteUserPermissionsBoundary is asked."""

    user_name = UserName().required()


@operation()
def delete_user_permissions_boundary(call: Call, request: DeleteUserPermissionsBoundaryRequest) -> None:
    """Bound what a user's policies allow no more."""
    remove_boundary(call, user_named(call, request.user_name))
