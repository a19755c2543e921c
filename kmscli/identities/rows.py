"""The rows that identities are kept in, for a check of the whole vault."""

from collections.abc import Iterator
from typing import Any

from kmscli.identities.identity import Identity
from kmscli.identities.users import USER, User
from kmscli.vault.transaction import Kind

KINDS = (USER,)
_KIND_OF: dict[type, Kind[Any]] = {User: USER}


def rows_of(value: Any) -> Iterator[tuple[Kind[Any], str, str, str, bool]]:
    """The rows that a value tells of: kind, scope, name, how people know it, and whether it must be there."""
    if isinstance(value, Identity):
        yield _KIND_OF[type(value)], value.account, value.name.lower(), value.arn, False


def counted_as(value: Any) -> tuple[str, str] | None:
    """The scope and name of the counter that counts a value."""
    return (value.account, f"{value.word}s") if isinstance(value, Identity) else None
