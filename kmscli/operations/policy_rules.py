"""What PutKeyPolicy and CreateKey ask of a policy before it is stored (reference, kms-semantics 5.1, 5.3, 5.4)."""

import json
from typing import Any

from kmscli.errors import (
    LimitExceededException,
    MalformedPolicyDocumentException,
    NotFoundException,
    ValidationException,
)
from kmscli.keys.policies import LONGEST

DEFAULT = "default"
SHARED = "AWS_RAM"
"""The policy that Resource Access Manager keeps."""
DEEPEST = 64


def check_policy_name(name: str) -> None:
    """Raises NotFoundException: there is no policy of this name."""
    if name != DEFAULT:
        raise NotFoundException("No such policy exists")


def check_writable(name: str) -> None:
    """Raises ValidationException, NotFoundException: a policy that cannot be put."""
    if name == SHARED:
        raise ValidationException("The AWS_RAM policy can only be managed by the RAM service")
    check_policy_name(name)


def check_policy(text: str) -> None:
    """Raises LimitExceededException: too long. MalformedPolicyDocumentException: not a JSON object, nested deeper
    than 64 levels, or with a member that is there twice.
    """
    if len(text.encode()) > LONGEST:
        raise LimitExceededException(f"The policy is longer than {LONGEST} bytes.")
    try:
        check_depth(text)
        document = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        raise MalformedPolicyDocumentException("The policy is not a valid JSON document.") from None
    if not isinstance(document, dict):
        raise MalformedPolicyDocumentException("The policy is not a JSON object.")


def check_depth(text: str) -> None:
    """Raises ValueError: JSON text nested deeper than 64 levels. Looks at brackets outside of strings only."""
    depth = 0
    in_string = escaped = False
    for character in text:
        if in_string:
            in_string = escaped or character != '"'
            escaped = character == "\\" and not escaped
        elif character == '"':
            in_string, escaped = True, False
        elif character in "{[":
            depth += 1
            if depth > DEEPEST:
                raise ValueError("nested too deeply")
        elif character in "}]":
            depth -= 1


def _without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) < len(pairs):
        raise ValueError("a member is there twice")
    return members


def _no_constant(name: str) -> None:
    raise ValueError(f"{name} is not JSON")
