"""ListUsers."""

from kmscli.identities.users import USER
from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_users import listed_user
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure
from kmscli.vault.transaction import Entry

PAGES = pages_of("Users")


class ListUsersRequest(Request):
    """What ListUsers is asked."""

    path_prefix = members.PathPrefix()
    marker = members.Marker()
    max_items = members.MaxItems()


class ListUsersResponse(Response):
    """What ListUsers answers."""

    users = List(Structure(members.User)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_users(call: Call, request: ListUsersRequest) -> ListUsersResponse:
    """List the users of the account, all or those below a path."""

    def fetch(after: bytes, limit: int) -> list[Entry]:
        return call.transaction.page(USER, call.caller.account, after, limit)

    prefix = request.path_prefix or "/"
    found = identity_page(call, PAGES, request, fetch, filter=prefix)
    # A page is filtered after it is fetched, and so may be short, as AWS says of its own.
    users = [listed_user(user) for user in found.values if user.path.startswith(prefix)]
    return ListUsersResponse(users=users, **place_of(found))
