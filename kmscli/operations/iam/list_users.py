"""ListUsers."""

from kmscli.identities.users import User
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import page_below, pages_of, place_of
from kmscli.operations.identity_members import Marker, MaxItems, PathPrefix
from kmscli.operations.identity_shapes import ShownUser, listed_user
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Users")


class ListUsersRequest(Request):
    """What ListUsers is asked."""

    path_prefix = PathPrefix()
    marker = Marker()
    max_items = MaxItems()


class ListUsersResponse(Response):
    """What ListUsers answers."""

    users = List(Structure(ShownUser)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_users(call: Call, request: ListUsersRequest) -> ListUsersResponse:
    """List the users of the account, all or those below a path."""
    found = page_below(call, PAGES, request, User)
    return ListUsersResponse(users=[listed_user(user) for user in found.values], **place_of(found))
