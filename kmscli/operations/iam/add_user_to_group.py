"""AddUserToGroup."""

from kmscli.errors import LimitExceeded
from kmscli.identities.groups import MOST_OF_A_USER, add_member
from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, GroupName
from kmscli.operations.identity_named import group_named, user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class AddUserToGroupRequest(Request):
    """What AddUserToGroup is asked."""

    group_name = GroupName().required()
    user_name = ExistingUserName().required()


@operation()
def add_user_to_group(call: Call, request: AddUserToGroupRequest) -> None:
    """Put a user into a group, whose policies then are his too."""
    group, user = group_named(call, request.group_name), user_named(call, request.user_name)
    if group.name in user.groups:
        return
    if len(user.groups) >= MOST_OF_A_USER:
        raise LimitExceeded(f"Cannot exceed quota for GroupsPerUser: {MOST_OF_A_USER}")
    add_member(call.transaction, group, user)
