"""The lists of IAM: pages of up to 1,000, 100 unless more are asked for, and markers."""

from collections.abc import Callable, Sequence
from typing import Any

from kmscli.errors import InvalidMarkerException, ValidationError
from kmscli.identities.resource import Resource
from kmscli.operations.call import Call
from kmscli.operations.operation import Pagination
from kmscli.operations.paging import Page, page
from kmscli.vault.transaction import Entry

Fetch = Callable[[bytes, int], list[Entry]]


def pages_of(result: str, *, kept: tuple[str, ...] = ()) -> Pagination:
    """How IAM paginates a list. `kept`: members that are the same on all pages, and shown beside the whole list."""
    return Pagination(
        result, default=100, most=1000, limit="MaxItems", next_marker="Marker", more="IsTruncated", kept=kept
    )


def identity_page(call: Call, pages: Pagination, request: Any, fetch: Fetch, *, filter: str = "") -> Page:
    """A page of a list. Raises ValidationError: the marker is not one of this list's."""
    try:
        return page(call, pages, request.max_items, request.marker, fetch, filter=filter)
    except InvalidMarkerException:
        raise ValidationError("Invalid Marker.") from None


def page_below(call: Call, pages: Pagination, request: Any, kind: type[Resource]) -> Page:
    """A page of all of a kind that the caller's account has, below the path that is asked for.

    It is filtered after it is fetched, and so may be short, as AWS says of its own. Raises ValidationError.
    """
    prefix = request.path_prefix or "/"

    def fetch(after: bytes, limit: int) -> list[Entry]:
        return call.transaction.page(kind.kind, call.caller.account, after, limit)

    found = identity_page(call, pages, request, fetch, filter=prefix)
    found.values = [each for each in found.values if each.path.startswith(prefix)]
    return found


def ranked(values: Sequence[Any]) -> Fetch:
    """A fetch over a short list that is at hand, in its order."""
    entries = [Entry(place.to_bytes(2, "big"), value) for place, value in enumerate(values, start=1)]
    return lambda after, limit: [entry for entry in entries if entry.id > after][:limit]


def place_of(found: Page) -> dict[str, Any]:
    """The members by which a list says whether and where it goes on."""
    return {"is_truncated": found.truncated, "marker": found.next_marker}
