"""ListGroups."""

from kmscli.identities.groups import Group
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import page_below, pages_of, place_of
from kmscli.operations.identity_members import Marker, MaxItems, PathPrefix
from kmscli.operations.identity_shapes import ShownGroup, shown_group
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Groups")


class ListGroupsRequest(Request):
    """What ListGroups is asked."""

    path_prefix = PathPrefix()
    marker = Marker()
    max_items = MaxItems()


class ListGroupsResponse(Response):
    """What ListGroups answers."""

    groups = List(Structure(ShownGroup)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_groups(call: Call, request: ListGroupsRequest) -> ListGroupsResponse:
    """List the groups of the account, all or those below a path."""
    found = page_below(call, PAGES, request, Group)
    return ListGroupsResponse(groups=[shown_group(group) for group in found.values], **place_of(found))
