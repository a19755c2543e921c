"""ListRoles."""

from kmscli.identities.roles import Role
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import page_below, pages_of, place_of
from kmscli.operations.identity_members import Marker, MaxItems, PathPrefix
from kmscli.operations.identity_shapes import ShownRole, listed_role
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Roles")


class ListRolesRequest(Request):
    """What ListRoles is asked."""

    path_prefix = PathPrefix()
    marker = Marker()
    max_items = MaxItems()


class ListRolesResponse(Response):
    """What ListRoles answers."""

    roles = List(Structure(ShownRole)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_roles(call: Call, request: ListRolesRequest) -> ListRolesResponse:
    """List the roles of the account, all or those below a path."""
    found = page_below(call, PAGES, request, Role)
    return ListRolesResponse(roles=[listed_role(role) for role in found.values], **place_of(found))
