"""ListKeys."""

from typing import Any

from kmscli.keys.key import KEY
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Enum, String
from kmscli.operations.members import Limit, Marker, NextMarker
from kmscli.operations.operation import Pagination, operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = Pagination("Keys", default=100, most=1000)


class ListKeysRequest(Request):
    """What ListKeys is asked."""

    limit = Limit()
    marker = Marker()
    resource_owners = List(
        Enum("SELF", "OTHER_ACCOUNTS_VIA_RAM"), 1, 2, help="Whose keys: your own, or those that others share with you."
    )


class KeyListEntry(Shape):
    """A key in a list."""

    key_id = String(1, 2048)
    key_arn = String(20, 2048)


class ListKeysResponse(Response):
    """What ListKeys answers."""

    keys = List(Structure(KeyListEntry))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(read_only=True, pages=PAGES)
def list_keys(call: Call, request: ListKeysRequest) -> ListKeysResponse:
    """List all KMS keys of the account in the Region."""
    owners = sorted(set(request.resource_owners or ["SELF"]))

    def fetch(after: bytes, limit: int) -> list[Any]:
        return call.transaction.page(KEY, call.scope, after, limit) if "SELF" in owners else []

    found = page(call, PAGES, request.limit, request.marker, fetch, filter=" ".join(owners))
    keys = [key for key in found.values if not key.is_gone(call.now, call.held)]
    return ListKeysResponse(
        keys=[KeyListEntry(key_id=key.key_id, key_arn=key.arn) for key in keys],
        truncated=found.truncated,
        next_marker=found.next_marker,
    )
