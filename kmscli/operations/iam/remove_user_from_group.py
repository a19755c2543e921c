"""RemoveUserFromGroup."""

from kmscli.errors import NoSuchEntity
from kmscli.identities.groups import remove_member
from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, GroupName
from kmscli.operations.identity_named import group_named, user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class RemoveUserFromGroupRequest(Request):
    """What RemoveUserFromGroup is asked."""

    group_name = GroupName().required()
    user_name = ExistingUserName().required()


@operation()
def remove_user_from_group(call: Call, request: RemoveUserFromGroupRequest) -> None:
    """Take a user out of a group."""
    group, user = group_named(call, request.group_name), user_named(call, request.user_name)
    if group.name not in user.groups:
        raise NoSuchEntity(f"The user with name {user.name} is not in the group with name {group.name}.")
    remove_member(call.transaction, group, user)
