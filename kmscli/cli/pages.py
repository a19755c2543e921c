"""Auto-pagination: one command, as many calls as its list has pages (reference 17.6)."""

import base64
import json
import sys
from collections.abc import Callable, Iterator
from typing import Any

from kmscli.errors import KmscliError, UsageError
from kmscli.operations.operation import Pagination

Call = Callable[[dict[str, Any]], dict[str, Any]]
"""One request, and what it answered."""

PAGE_BY_PAGE = ("text", "yaml-stream", "off")
"""The formats that print, and query, each page by itself; the others hold the whole list."""

_OPTIONS = ("starting_token", "page_size", "max_items")


def paginates(pages: Pagination, raw: dict[str, Any], options: dict[str, Any]) -> bool:
    """Whether a list is followed from page to page: not with `--no-paginate`, nor with a limit or marker of one's own.

    `options` holds what was given of `starting_token`, `page_size`, `max_items` and `no_paginate`. A limit equal to
    the page size is the page size.
    Raises UsageError: one of the first three was given as well.
    """
    limited = raw.get(pages.limit) not in (None, options.get("page_size"))
    if not options.get("no_paginate") and not limited and raw.get(pages.marker) is None:
        return True
    given = [f"--{name.replace('_', '-')}" for name in _OPTIONS if options.get(name) is not None]
    if given:
        raise UsageError(f"Cannot specify --no-paginate along with pagination arguments: {', '.join(given)}")
    return False


def answers(
    call: Call, pages: Pagination | None, raw: dict[str, Any], options: dict[str, Any], *, format: str
) -> Iterator[dict[str, Any]]:
    """What to print, in order: the answer of an operation, or its list, merged or page by page as a format asks.

    Raises UsageError: as `paginates` does. KmscliError: a starting token that cannot be one.
    """
    if pages is None or not paginates(pages, raw, options):
        return iter([call(raw)])
    if options.get("max_items") is not None and options["max_items"] < 1:
        sys.stderr.write("warning: Non-positive values for --max-items may result in undefined behavior.\n")
    walk = Walk(call, pages, raw, options)
    if format == "yaml-stream":
        return iter(walk)
    if format in PAGE_BY_PAGE:
        return _by_page(walk, pages.result)
    return iter([collect(walk, pages)])


def collect(walk: "Walk", pages: Pagination) -> dict[str, Any]:
    """All pages as one answer: the list, what is the same on all pages, and a `NextToken` where it was cut."""
    merged: dict[str, Any] = {}
    for page in walk:
        if pages.result in page:
            merged.setdefault(pages.result, []).extend(page[pages.result])
        merged.update((name, page[name]) for name in pages.kept if name in page)
    if walk.token:
        merged["NextToken"] = walk.token
    return merged


def _by_page(walk: "Walk", result: str) -> Iterator[dict[str, Any]]:
    for page in walk:
        yield {result: page.get(result)}
    if walk.token:
        yield {"NextToken": {"NextToken": walk.token}}


class Walk:
    """The pages of a list, one call each, cut to `max_items`. `token` says where a list that was cut goes on."""

    def __init__(self, call: Call, pages: Pagination, raw: dict[str, Any], options: dict[str, Any]) -> None:
        self._call = call
        self._pages = pages
        self._result = pages.result
        self._request = dict(raw)
        if options.get("page_size") is not None:
            self._request[pages.limit] = options["page_size"]
        self._left: int | None = options.get("max_items")
        self._marker, self._skip = read_token(options.get("starting_token"), name=pages.marker)
        self.token = ""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        while True:
            page = self._call(
                self._request if self._marker is None else self._request | {self._pages.marker: self._marker}
            )
            items = page.get(self._result, [])[self._skip :]
            kept = items if self._left is None or len(items) <= self._left else items[: self._left]
            yield page | {self._result: kept} if self._result in page else page
            if kept is not items:
                self.token = write_token(self._marker, (self._left or 0) + self._skip, name=self._pages.marker)
            if self.token or not self._turn(page, len(items)):
                return

    def _turn(self, page: dict[str, Any], shown: int) -> bool:
        """Go on to the next page; false when there is none, or when it is wanted no more."""
        goes_on = page.get(self._pages.more) if self._pages.more else True
        marker = page.get(self._pages.next_marker) if goes_on else None
        if not marker:
            return False
        if self._left is not None:
            self._left -= shown
            if self._left == 0:
                self.token = write_token(marker, name=self._pages.marker)
                return False
        if marker == self._marker:
            raise KmscliError(f"Error during pagination: The same next token was received twice: {marker}")
        self._marker, self._skip = marker, 0
        return True


def write_token(marker: str | None, skip: int | None = None, *, name: str = "Marker") -> str:
    """AWS CLI's token for a place in a list: the marker of a page, and how many of its items were shown already.

    `name`: of the member that takes the marker.
    """
    place = {name: marker} if skip is None else {name: marker, "boto_truncate_amount": skip}
    return base64.b64encode(json.dumps(place).encode()).decode()


def read_token(token: str | None, *, name: str = "Marker") -> tuple[str | None, int]:
    """A marker and how many items of its page to leave out, from `write_token`'s form or the old `marker___count`.

    What is neither is a marker by itself, for the service to judge.
    Raises KmscliError: more than two parts.
    """
    if token is None:
        return None, 0
    try:
        place = json.loads(base64.b64decode(token))
        marker, skip = place.pop(name, None), place.pop("boto_truncate_amount", 0)
        if not place and isinstance(skip, int):
            return marker, skip
    except (ValueError, TypeError, AttributeError, RecursionError):
        pass
    return _old_token(token)


def _old_token(token: str) -> tuple[str | None, int]:
    marker, *counts = token.split("___")
    if len(counts) > 1:
        raise KmscliError(f"Bad starting token: {token}")
    try:
        skip = int(counts[0]) if counts else 0
    except ValueError:
        return token, 0
    return (None if marker == "None" else marker), skip
