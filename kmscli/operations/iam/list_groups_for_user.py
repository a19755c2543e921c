"""ListGroupsForUser."""

from kmscli.identities.groups import Group
from kmscli.identities.resource import must_find
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.identity_members import ExistingUserName, Marker, MaxItems
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_shapes import ShownGroup, shown_group
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Groups")


class ListGroupsForUserRequest(Request):
    """What ListGroupsForUser is asked."""

    user_name = ExistingUserName().required()
    marker = Marker()
    max_items = MaxItems()


class ListGroupsForUserResponse(Response):
    """What ListGroupsForUser answers."""

    groups = List(Structure(ShownGroup)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_groups_for_user(call: Call, request: ListGroupsForUserRequest) -> ListGroupsForUserResponse:
    """List the groups that a user is in."""
    user = user_named(call, request.user_name)
    found = identity_page(call, PAGES, request, ranked(user.groups), filter=user.unique_id)
    groups = [must_find(call.transaction, Group, user.account, name) for name in found.values]
    return ListGroupsForUserResponse(groups=[shown_group(group) for group in groups], **place_of(found))
