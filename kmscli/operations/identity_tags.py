"""The tags of users and roles: up to 50, no two that differ in capitals only."""

from kmscli.errors import InvalidInput
from kmscli.operations.identity_members import Tag


def checked_tags(tags: list[Tag] | None) -> dict[str, str]:
    """The tags of a request. Raises InvalidInput: a reserved prefix, or a key given twice."""
    given = {tag.key: tag.value for tag in tags or []}
    if any(key.lower().startswith("aws:") for key in given):
        raise InvalidInput("Tag keys that begin with aws: are reserved.")
    if len({key.lower() for key in given}) < len(tags or []):
        raise InvalidInput("Duplicate tag keys found. Please note that Tag keys are case insensitive.")
    return given


def shown_tags(tags: dict[str, str]) -> list[Tag]:
    """Tags as IAM lists them."""
    return [Tag(key=key, value=value) for key, value in tags.items()]
