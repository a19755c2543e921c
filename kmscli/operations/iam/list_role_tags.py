"""ListRoleTags."""

from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.identity_members import Marker, MaxItems, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_shapes import ListTagsOfResponse
from kmscli.operations.identity_tags import shown_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request

PAGES = pages_of("Tags")


class ListRoleTagsRequest(Request):
    """What ListRoleTags is asked."""

    role_name = RoleName().required()
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_role_tags(call: Call, request: ListRoleTagsRequest) -> ListTagsOfResponse:
    """List the tags of a role."""
    role = role_named(call, request.role_name)
    found = identity_page(call, PAGES, request, ranked(shown_tags(role.tags)), filter=role.unique_id)
    return ListTagsOfResponse(tags=found.values, **place_of(found))
