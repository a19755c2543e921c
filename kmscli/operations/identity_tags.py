"""The tags of users and roles: up to 50, no two that differ in capitals only."""

from kmscli.errors import InvalidInput, LimitExceeded
from kmscli.identities.identity import Entity
from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.identity_members import Tag

QUOTA = 50


def checked_tags(tags: list[Tag] | None) -> dict[str, str]:
    """The tags of a request. Raises InvalidInput: a reserved prefix, or a key given twice."""
    given = {tag.key: tag.value for tag in tags or []}
    if any(key.lower().startswith("aws:") for key in given):
        raise InvalidInput("Tag keys that begin with aws: are reserved.")
    if len({key.lower() for key in given}) < len(tags or []):
        raise InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    return given


def add_tags(call: Call, entity: Entity, tags: list[Tag]) -> None:
    """Add tags to an entity, in place of those of the same keys. Raises InvalidInput, LimitExceeded."""
    given = checked_tags(tags)
    after = {**_without(entity, list(given)), **given}
    if len(after) > QUOTA:
        raise LimitExceeded(f"Cannot exceed quota for TagsPer{entity.word.capitalize()}: {QUOTA}")
    save(call.transaction, entity.changed(tags=after))


def remove_tags(call: Call, entity: Entity, keys: list[str]) -> None:
    """Take tags from an entity; those that it has not are no error."""
    save(call.transaction, entity.changed(tags=_without(entity, keys)))


def shown_tags(tags: dict[str, str]) -> list[Tag]:
    """Tags as IAM lists them."""
    return [Tag(key=key, value=value) for key, value in tags.items()]


def _without(entity: Entity, keys: list[str]) -> dict[str, str]:
    gone = {key.lower() for key in keys}
    return {key: value for key, value in entity.tags.items() if key.lower() not in gone}
