"""PutUserPermissionsBoundary."""

from kmscli.operations.attachments import set_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PermissionsBoundary, UserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class PutUserPermissionsBoundaryRequest(Request):
    """What PutUserPermissionsBoundary is asked."""

    user_name = UserName().required()
    permissions_boundary = PermissionsBoundary().required()


@operation()
def put_user_permissions_boundary(call: Call, request: PutUserPermissionsBoundaryRequest) -> None:
    """Bound what a user's policies allow by a managed policy."""
    set_boundary(call, user_named(call, request.user_name), request.permissions_boundary)
