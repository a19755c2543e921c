"""TagRole."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import RoleName, Tags
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_tags import add_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class TagRoleRequest(Request):
    """What TagRole is asked."""

    role_name = RoleName().required()
    tags = Tags().required()


@operation()
def tag_role(call: Call, request: TagRoleRequest) -> None:
    """Add tags to a role, or change their values."""
    add_tags(call, role_named(call, request.role_name), request.tags)
