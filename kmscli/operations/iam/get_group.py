"""GetGroup."""

from kmscli.identities.groups import members_of
from kmscli.identities.resource import must_find
from kmscli.identities.users import User
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_members import GroupName, Marker, MaxItems
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_shapes import ShownGroup, ShownUser, listed_user, shown_group
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure
from kmscli.vault.transaction import Entry

PAGES = pages_of("Users", kept=("Group",))


class GetGroupRequest(Request):
    """What GetGroup is asked."""

    group_name = GroupName().required()
    marker = Marker()
    max_items = MaxItems()


class GetGroupResponse(Response):
    """What GetGroup answers."""

    group = Structure(ShownGroup).required()
    users = List(Structure(ShownUser)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def get_group(call: Call, request: GetGroupRequest) -> GetGroupResponse:
    """Show a group and list the users who are in it."""
    group = group_named(call, request.group_name)

    def fetch(after: bytes, limit: int) -> list[Entry]:
        return members_of(call.transaction, group, after, limit)

    found = identity_page(call, PAGES, request, fetch, filter=group.unique_id)
    users = [must_find(call.transaction, User, group.account, names["user"]) for names in found.values]
    return GetGroupResponse(group=shown_group(group), users=[listed_user(user) for user in users], **place_of(found))
