"""CreateRole."""

from kmscli.identities.roles import Role
from kmscli.operations.attachments import use_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_documents import check_trust
from kmscli.operations.identity_members import (
    Path,
    PermissionsBoundary,
    PolicyDocument,
    RoleDescription,
    RoleName,
    SessionDuration,
    Tags,
)
from kmscli.operations.identity_named import made
from kmscli.operations.identity_shapes import ShownRole, made_role
from kmscli.operations.identity_tags import checked_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreateRoleRequest(Request):
    """What CreateRole is asked."""

    path = Path()
    role_name = RoleName("The role's name, which no other of the account has, in capitals or not.").required()
    assume_role_policy_document = PolicyDocument("Who may assume the role: a policy, as JSON.").required()
    description = RoleDescription()
    max_session_duration = SessionDuration()
    permissions_boundary = PermissionsBoundary()
    tags = Tags()


class CreateRoleResponse(Response):
    """What CreateRole answers."""

    role = Structure(ShownRole).required()


@operation(logs="response")
def create_role(call: Call, request: CreateRoleRequest) -> CreateRoleResponse:
    """Create a role of the account, which those whom its trust policy names may assume."""
    check_trust(call, request.assume_role_policy_document)
    role = made(
        call,
        Role,
        request.role_name,
        path=request.path or "/",
        trust=request.assume_role_policy_document,
        description=request.description,
        longest_session=request.max_session_duration or 3600,
        boundary=request.permissions_boundary or "",
        tags=checked_tags(request.tags),
    )
    if role.boundary:
        use_boundary(call, role.account, role.boundary)
    return CreateRoleResponse(role=made_role(role))
