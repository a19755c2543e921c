"""PutRolePermissionsBoundary."""

from kmscli.operations.attachments import set_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PermissionsBoundary, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class PutRolePermissionsBoundaryRequest(Request):
    """What PutRolePermissionsBoundary is asked."""

    role_name = RoleName().required()
    permissions_boundary = PermissionsBoundary().required()


@operation()
def put_role_permissions_boundary(call: Call, request: PutRolePermissionsBoundaryRequest) -> None:
    """Bound what a role's policies allow by a managed policy."""
    set_boundary(call, role_named(call, request.role_name), request.permissions_boundary)
