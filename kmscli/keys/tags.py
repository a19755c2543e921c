"""Tags: a map of up to 50 names to values on a key (reference, kms-semantics 4.2)."""

from kmscli.errors import LimitExceededException, TagException
from kmscli.keys.key import Key
from kmscli.vault.transaction import Kind, Transaction, plain_kind

TAGS: Kind[dict[str, str]] = plain_kind(19, "tags")
QUOTA = 50


def tags_of(transaction: Transaction, key: Key) -> dict[str, str]:
    """A key's tags. Raises VaultDamagedError: their row is gone; an empty map has one too."""
    tags = transaction.get(TAGS, key.scope, key.key_id)
    if tags is None:
        raise transaction.missing(TAGS, key.scope, key.key_id)
    return tags


def set_tags(transaction: Transaction, key: Key, tags: dict[str, str]) -> None:
    """Replace a key's tags."""
    transaction.put(TAGS, key.scope, key.key_id, dict(sorted(tags.items())))


def checked_tags(pairs: list[tuple[str, str]]) -> dict[str, str]:
    """The tags of a request. Raises TagException: a reserved prefix, an unfit character, or a name given twice."""
    for name, value in pairs:
        if name.lower().startswith("aws:") or value.lower().startswith("aws:"):
            raise TagException("Tags beginning with aws: are reserved")
        if not (_fits(name) and _fits(value)):
            raise TagException("Tag keys and values may hold letters, digits, white space and _ . : / = + - @ only")
    tags = dict(pairs)
    if len(tags) < len(pairs):
        raise TagException("Duplicate tag keys")
    return tags


def check_quota(tags: dict[str, str]) -> None:
    """Raises LimitExceededException: more tags than a key may have."""
    if len(tags) > QUOTA:
        raise LimitExceededException("The request was rejected because it would exceed the quota of 50 tags per key.")


def _fits(text: str) -> bool:
    return all(character.isalnum() or character.isspace() or character in "_.:/=+-@" for character in text)
