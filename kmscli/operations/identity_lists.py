"""The lists of IAM: pages of up to 1,000, 100 unless more are asked for, and markers."""

from collections.abc import Callable
from typing import Any

from kmscli.errors import InvalidMarkerException, ValidationError
from kmscli.operations.call import Call
from kmscli.operations.operation import Pagination
from kmscli.operations.paging import Page, page
from kmscli.vault.transaction import Entry


def pages_of(result: str) -> Pagination:
    """How IAM paginates a list."""
    return Pagination(result, default=100, most=1000, limit="MaxItems", next_marker="Marker", more="IsTruncated")


def identity_page(
    call: Call, pages: Pagination, request: Any, fetch: Callable[[bytes, int], list[Entry]], *, filter: str = ""
) -> Page:
    """A page of a list. Raises ValidationError: the marker is not one of this list's."""
    try:
        return page(call, pages, request.max_items, request.marker, fetch, filter=filter)
    except InvalidMarkerException:
        raise ValidationError("Invalid Marker.") from None


def place_of(found: Page) -> dict[str, Any]:
    """The members by which a list says whether and where it goes on."""
    return {"is_truncated": found.truncated, "marker": found.next_marker}
