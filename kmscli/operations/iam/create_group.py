"""CreateGroup."""

from kmscli.identities.groups import Group
from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, Path
from kmscli.operations.identity_named import made
from kmscli.operations.identity_shapes import ShownGroup, shown_group
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreateGroupRequest(Request):
    """What CreateGroup is asked."""

    path = Path()
    group_name = GroupName("The group's name, which no other of the account has, in capitals or not.").required()


class CreateGroupResponse(Response):
    """What CreateGroup answers."""

    group = Structure(ShownGroup).required()


@operation(logs="response")
def create_group(call: Call, request: CreateGroupRequest) -> CreateGroupResponse:
    """Create a group, for users who are to have the same policies."""
    group = made(call, Group, request.group_name, path=request.path or "/")
    return CreateGroupResponse(group=shown_group(group))
