"""ListResourceTags."""

from kmscli.keys.key import Key
from kmscli.keys.tags import tags_of
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean
from kmscli.operations.members import Limit, Marker, NextMarker, OwnKeyId, Tag
from kmscli.operations.operation import Pagination, Target, operation
from kmscli.operations.paging import listed, page
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = Pagination("Tags", default=50, most=50)


class ListResourceTagsRequest(Request):
    """What ListResourceTags is asked."""

    key_id = OwnKeyId().required()
    limit = Limit()
    marker = Marker()


class ListResourceTagsResponse(Response):
    """What ListResourceTags answers."""

    tags = List(Structure(Tag))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(targets=[Target("key_id")], read_only=True, pages=PAGES)
def list_resource_tags(call: Call, request: ListResourceTagsRequest, key: Key) -> ListResourceTagsResponse:
    """List the tags of a KMS key."""
    tags = sorted(tags_of(call.transaction, key).items(), key=lambda tag: tag[0].encode())
    found = page(call, PAGES, request.limit, request.marker, listed(tags_as_shapes(tags)))
    return ListResourceTagsResponse(tags=found.values, truncated=found.truncated, next_marker=found.next_marker)


def tags_as_shapes(tags: list[tuple[str, str]]) -> list[tuple[str, Tag]]:
    """Tags by their keys."""
    return [(name, Tag(tag_key=name, tag_value=value)) for name, value in tags]
