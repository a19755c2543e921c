"""ListAliases."""

from kmscli.keys.aliases import ALIAS, Alias, aliases_of, find_alias
from kmscli.keys.key import Key, find_key
from kmscli.keys.managed_services import SERVICES
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String, Timestamp
from kmscli.operations.members import Limit, Marker, NextMarker, OwnKeyId
from kmscli.operations.operation import Pagination, Target, operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import List, Request, Response, Shape, Structure
from kmscli.vault.transaction import Entry

PAGES = Pagination("Aliases", default=50, most=100)
LAST = b"\xff" * 17
"""Above every blind id, of which it is one byte longer."""


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
    """List the aliases of the account in the Region, or of one KMS key.

    After the account's own come those that AWS has predefined, such as alias/aws/s3. One that names no key has none
    yet.
    """

    def fetch(after: bytes, limit: int) -> list[Entry]:
        if key is not None:
            return aliases_of(call.transaction, key, after, limit)
        own = own_aliases(call, after, limit)
        return own if len(own) == limit else [*own, *predefined_aliases(call, after)][:limit]

    found = page(call, PAGES, request.limit, request.marker, fetch)
    return ListAliasesResponse(
        aliases=[entry(alias) for alias in found.values if alias.key_id == "" or has_key(call, alias)],
        truncated=found.truncated,
        next_marker=found.next_marker,
    )


def own_aliases(call: Call, after: bytes, limit: int) -> list[Entry]:
    """The account's own aliases, in the vault's order; among them in the vault stand the predefined ones with a key."""
    entries = call.transaction.page(ALIAS, call.scope, after, limit + len(SERVICES))
    return [entry for entry in entries if entry.value.name not in SERVICES][:limit]


def predefined_aliases(call: Call, after: bytes) -> list[Entry]:
    """AWS's aliases, which come after all others, by name."""
    return [Entry(place, predefined_alias(call, name)) for name in SERVICES if (place := LAST + name.encode()) > after]


def predefined_alias(call: Call, name: str) -> Alias:
    """A predefined alias, with an empty `key_id` as long as it names no key."""
    account, region = call.caller.account, call.caller.region
    found = find_alias(call.transaction, account, region, name)
    return found or Alias(name, account=account, region=region, key_id="", created=0, updated=0)


def entry(alias: Alias) -> AliasListEntry:
    """An alias as a list shows it: of a predefined one without a key its names only (4.1)."""
    if alias.key_id == "":
        return AliasListEntry(alias_name=alias.name, alias_arn=alias.arn)
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
