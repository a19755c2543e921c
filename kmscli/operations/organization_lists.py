"""The lists of AWS Organizations: pages of up to 20, and tokens."""

from collections.abc import Callable
from typing import Any

from kmscli.errors import InvalidMarkerException
from kmscli.operations.call import Call
from kmscli.operations.operation import Pagination
from kmscli.operations.organization_errors import InvalidInputException
from kmscli.operations.paging import Page, page
from kmscli.vault.transaction import Entry


def pages_of(result: str) -> Pagination:
    """How Organizations paginates a list."""
    return Pagination(
        result, default=20, most=20, limit="MaxResults", marker="NextToken", next_marker="NextToken", more=""
    )


def organization_page(
    call: Call, pages: Pagination, request: Any, fetch: Callable[[bytes, int], list[Entry]], *, filter: str = ""
) -> Page:
    """A page of a list. Raises InvalidInputException: the token is not one of this list's."""
    try:
        return page(call, pages, request.max_results, request.next_token, fetch, filter=filter)
    except InvalidMarkerException:
        raise InvalidInputException("You specified an invalid value for nextToken.") from None
