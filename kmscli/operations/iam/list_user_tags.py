"""ListUserTags."""

from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.identity_members import ExistingUserName, Marker, MaxItems
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_shapes import ListTagsOfResponse
from kmscli.operations.identity_tags import shown_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request

PAGES = pages_of("Tags")


class ListUserTagsRequest(Request):
    """What ListUserTags is asked."""

    user_name = ExistingUserName().required()
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_user_tags(call: Call, request: ListUserTagsRequest) -> ListTagsOfResponse:
    """List the tags of a user."""
    user = user_named(call, request.user_name)
    found = identity_page(call, PAGES, request, ranked(shown_tags(user.tags)), filter=user.unique_id)
    return ListTagsOfResponse(tags=found.values, **place_of(found))
