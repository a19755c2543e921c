"""Pages of a list: limits, and markers that are sealed and bound to operation, account and Region (reference 4.4)."""

import binascii
from collections.abc import Callable
from typing import Any

from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import InvalidMarkerException, ValidationException
from kmscli.operations.call import Call
from kmscli.operations.operation import Pagination
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.transaction import Entry


class Page:
    """What a list answers: values, whether there are more, and where to go on."""

    def __init__(self, values: list[Any], next_marker: str | None) -> None:
        self.values = values
        self.truncated = next_marker is not None
        self.next_marker = next_marker


def page(
    call: Call,
    pages: Pagination,
    limit: int | None,
    marker: str | None,
    fetch: Callable[[bytes, int], list[Entry]],
    *,
    filter: str = "",
) -> Page:
    """A page of what `fetch(after, limit)` lists; a marker is good for the same `filter` only.

    Raises ValidationException, InvalidMarkerException.
    """
    size = pages.default if limit is None else limit
    if size > pages.most:
        constraint = f"Member must have value less than or equal to {pages.most}"
        raise ValidationException(
            f"1 validation error detected: Value '{size}' at 'limit' failed to satisfy constraint: {constraint}"
        )
    entries = fetch(_after(call, marker, filter), size + 1)
    shown = entries[:size]
    truncated = len(entries) > size
    return Page([entry.value for entry in shown], _marker(call, shown[-1].id, filter) if truncated else None)


def listed(values: list[tuple[str, Any]]) -> Callable[[bytes, int], list[Entry]]:
    """A fetch over a short list that is at hand, in the order of its names."""
    entries = [Entry(name.encode(), value) for name, value in values]
    return lambda after, limit: [entry for entry in entries if entry.id > after][:limit]


def _marker(call: Call, after: bytes, filter: str) -> str:
    sealed = call.keyring.seal_value("marker", after, _bound_to(call, filter))
    return binascii.b2a_base64(sealed, newline=False).decode()


def _after(call: Call, marker: str | None, filter: str) -> bytes:
    if marker is None:
        return b""
    try:
        sealed = binascii.a2b_base64(marker.encode(), strict_mode=True)
        return call.keyring.unseal_value("marker", sealed, _bound_to(call, filter))
    except (ValueError, NotAuthenticError, RekeyedError):
        raise InvalidMarkerException("The request was rejected because the marker is not valid.") from None


def _bound_to(call: Call, filter: str) -> bytes:
    return f"{call.name} {call.scope} {filter}".encode()
