"""The rows that limits are kept in, for a check of the whole vault."""

from collections.abc import Iterator
from typing import Any

from kmscli.limits.endpoints import ENDPOINT, Endpoint
from kmscli.vault.transaction import Kind

KINDS = (ENDPOINT,)


def rows_of(value: Any) -> Iterator[tuple[Kind[Any], str, str, str, bool]]:
    """The rows that a value tells of: kind, scope, name, how people know it, and whether it must be there."""
    if isinstance(value, Endpoint):
        yield ENDPOINT, value.region, value.endpoint_id, value.endpoint_id, False
