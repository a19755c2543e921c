"""DeleteGroup."""

from kmscli.errors import DeleteConflict
from kmscli.identities.resource import remove
from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_policies import check_bare
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteGroupRequest(Request):
    """What DeleteGroup is asked."""

    group_name = GroupName().required()


@operation()
def delete_group(call: Call, request: DeleteGroupRequest) -> None:
    """Delete a group, which must have no policies and nobody in it."""
    group = group_named(call, request.group_name)
    if group.members:
        raise DeleteConflict("Cannot delete entity, must remove users from group first.")
    check_bare(group)
    remove(call.transaction, group)
