"""DeleteRolePermissionsBoundary."""

from kmscli.operations.attachments import remove_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteRolePermissionsBoundaryRequest(Request):
    """What DeleteRolePermissionsBoundary is asked."""

    role_name = RoleName().required()


@operation()
def delete_role_permissions_boundary(call: Call, request: DeleteRolePermissionsBoundaryRequest) -> None:
    """Bound what a role's policies allow no more."""
    remove_boundary(call, role_named(call, request.role_name))
