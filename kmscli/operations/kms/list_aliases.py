"""ListAliases."""

from typing import Any

from kmscli.keys.aliases import ALIAS, Alias, aliases_of
from kmscli.keys.key import Key, find_key
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String, Timestamp
from kmscli.operations.members import Limit, Marker, NextMarker, OwnKeyId
from kmscli.operations.operation import Pagination, Target, operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = Pagination("Aliases", default=50, most=100)


class ListAliasesRequest(Request):
    """What ListAliases is asked."""

    key_id = OwnKeyId("List only the aliases of this key, by id or ARN.")
    limit = Limit()
    marker = Marker()


class AliasListEntry(Shape):
    """An alias in a list."""

    alias_name = String(1, 256, pattern="^[a-zA-Z0-9:/_-]+$")
    alias_arn = String(20, 2048)
    target_key_id = String(1, 2048)
    creation_date = Timestamp()
    last_updated_date = Timestamp()


class ListAliasesResponse(Response):
    """What ListAliases answers."""

    aliases = List(Structure(AliasListEntry))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(targets=[Target("key_id", optional=True)], read_only=True, pages=PAGES)
def list_aliases(call: Call, request: ListAliasesRequest, key: Key | None = None) -> ListAliasesResponse:
    """List the aliases of the account in the Region, or of one KMS key."""

    def fetch(after: bytes, limit: int) -> list[Any]:
        if key is not None:
            return aliases_of(call.transaction, key, after, limit)
        return call.transaction.page(ALIAS, call.scope, after, limit)

    found = page(call, PAGES, request.limit, request.marker, fetch)
    return ListAliasesResponse(
        aliases=[entry(alias) for alias in found.values if has_key(call, alias)],
        truncated=found.truncated,
        next_marker=found.next_marker,
    )


def entry(alias: Alias) -> AliasListEntry:
    """An alias as a list shows it."""
    return AliasListEntry(
        alias_name=alias.name,
        alias_arn=alias.arn,
        target_key_id=alias.key_id,
        creation_date=alias.created,
        last_updated_date=alias.updated,
    )


def has_key(call: Call, alias: Alias) -> bool:
    """Whether an alias's key is still there as of now, even where its deletion is not written yet."""
    key = find_key(call.transaction, alias.account, alias.region, alias.key_id)
    return key is not None and not key.is_gone(call.now, call.held)
