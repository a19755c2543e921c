"""DeleteRole."""

from kmscli.identities.resource import remove
from kmscli.operations.attachments import release_boundary
from kmscli.operations.call import Call
from kmscli.operations.identity_members import RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_policies import check_bare
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteRoleRequest(Request):
    """What DeleteRole is asked."""

    role_name = RoleName().required()


@operation()
def delete_role(call: Call, request: DeleteRoleRequest) -> None:
    """Delete a role, which must have no policies beside its trust policy."""
    role = role_named(call, request.role_name)
    check_bare(role)
    release_boundary(call, role)
    remove(call.transaction, role)
