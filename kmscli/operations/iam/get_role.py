"""GetRole."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_shapes import ShownRole, shown_role
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class GetRoleRequest(Request):
    """What GetRole is asked."""

    role_name = RoleName().required()


class GetRoleResponse(Response):
    """What GetRole answers."""

    role = Structure(ShownRole).required()


@operation(read_only=True)
def get_role(call: Call, request: GetRoleRequest) -> GetRoleResponse:
    """Show a role: path, id, ARN, its trust policy, tags, and when it was created."""
    return GetRoleResponse(role=shown_role(role_named(call, request.role_name)))
