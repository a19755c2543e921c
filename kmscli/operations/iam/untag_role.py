"""UntagRole."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import RoleName, TagKeys
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_tags import remove_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class UntagRoleRequest(Request):
    """What UntagRole is asked."""

    role_name = RoleName().required()
    tag_keys = TagKeys().required()


@operation()
def untag_role(call: Call, request: UntagRoleRequest) -> None:
    """Remove tags from a role."""
    remove_tags(call, role_named(call, request.role_name), request.tag_keys)
