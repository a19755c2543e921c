"""Names: key ids, ARNs and alias names, and how AWS refuses what is none (reference, kms-semantics 1)."""

import os
from functools import lru_cache

from kmscli.errors import InvalidArnException, NotFoundException, ValidationException

DEFAULT_ACCOUNT = "111122223333"
DEFAULT_REGION = "us-east-1"

_HEX = frozenset("0123456789abcdefABCDEF")
_LOWER = frozenset("abcdefghijklmnopqrstuvwxyz")
_ALIAS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/_-")
_NAME = _ALIAS | frozenset("+=,.@")


_PARTITIONS = {
    "cn": "aws-cn", "us-gov": "aws-us-gov", "us-iso": "aws-iso", "us-isob": "aws-iso-b", "eu-isoe": "aws-iso-e",
    "us-isof": "aws-iso-f", "eusc-de": "aws-eusc",
}  # fmt: skip
"""The partitions by how their Regions' names begin, but for the one of all others."""
_GLOBAL_REGIONS = {
    "aws": "us-east-1", "aws-cn": "cn-north-1", "aws-us-gov": "us-gov-west-1", "aws-iso": "us-iso-east-1",
    "aws-iso-b": "us-isob-east-1", "aws-iso-e": "eu-isoe-west-1", "aws-iso-f": "us-isof-south-1",
    "aws-eusc": "eusc-de-east-1",
}  # fmt: skip


def new_uuid() -> str:
    """A random UUID (RFC 9562, version 4)."""
    raw = bytearray(os.urandom(16))
    raw[6] = raw[6] & 0x0F | 0x40
    raw[8] = raw[8] & 0x3F | 0x80
    text = raw.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


@lru_cache(maxsize=64)
def partition_of(region: str) -> str:
    """The ARN partition of a Region."""
    return _PARTITIONS.get(region.rsplit("-", 2)[0], "aws")


def global_region(region: str) -> str:
    """The Region of a Region's partition in which the services that have but one are called: IAM, Organizations."""
    return _GLOBAL_REGIONS[partition_of(region)]


def new_multi_region_id() -> str:
    """A random key id of a multi-Region key (reference 1.1)."""
    return f"mrk-{new_uuid().replace('-', '')}"


def is_region(text: str) -> bool:
    """Whether a text has the form of a Region's name."""
    *words, number = text.split("-")
    letters = len(words) > 1 and all(word and _LOWER.issuperset(word) for word in words)
    return letters and len(words[0]) > 1 and number.isascii() and number.isdigit()


def is_key_id(text: str) -> bool:
    """Whether a text has the form of a key id: a UUID, or `mrk-` and 32 hex digits; in capitals too."""
    if text[:4].lower() == "mrk-":
        return len(text) == 36 and _HEX.issuperset(text[4:])
    return len(text) == 36 and text[8:24:5] == "----" and _HEX.issuperset(text.replace("-", "", 4))


def is_account(text: str) -> bool:
    """Whether a text is an account id: twelve digits."""
    return len(text) == 12 and text.isascii() and text.isdigit()


def key_arn(account: str, region: str, key_id: str) -> str:
    """A key's ARN."""
    return f"arn:{partition_of(region)}:kms:{region}:{account}:key/{key_id}"


def alias_arn(account: str, region: str, alias: str) -> str:
    """An alias's ARN; `alias` with its prefix."""
    return f"arn:{partition_of(region)}:kms:{region}:{account}:{alias}"


def root_arn(account: str, region: str = DEFAULT_REGION) -> str:
    """The account's root user."""
    return f"arn:{partition_of(region)}:iam::{account}:root"


def identity_arn(partition: str, account: str, kind: str, path: str, name: str) -> str:
    """The ARN of a user, role, group or managed policy, by its `kind`; `path` begins and ends with a slash."""
    return f"arn:{partition}:iam::{account}:{kind}{path}{name}"


def is_caller_arn(text: str) -> bool:
    """Whether a text is the ARN of somebody who may call: a root user, a user, a federated user, a role, a session."""
    parts = text.split(":", 5)
    if len(parts) < 6 or parts[0] != "arn" or parts[3] or not is_account(parts[4]) or not _NAME.issuperset(parts[5]):
        return False
    kind, _, name = parts[5].partition("/")
    if parts[2] == "iam":
        return parts[5] == "root" or (kind in ("user", "role") and bool(name))
    names = name.split("/")
    return parts[2] == "sts" and len(names) == {"assumed-role": 2, "federated-user": 1}.get(kind, 0) and all(names)


def session_arn(role: str, name: str) -> str:
    """The ARN of a session of a role."""
    _, partition, _, _, account, resource = role.split(":", 5)
    return f"arn:{partition}:sts::{account}:assumed-role/{resource.rsplit('/', 1)[-1]}/{name}"


def service_linked_role_arn(account: str, region: str, service: str, name: str) -> str:
    """The ARN of the role that a service has in an account."""
    return f"arn:{partition_of(region)}:iam::{account}:role/aws-service-role/{service}/{name}"


def role_arn(session: str) -> str:
    """The ARN of a session's role, as far as the session's own tells: a session does not say its role's path."""
    _, partition, _, _, account, resource = session.split(":", 5)
    return f"arn:{partition}:iam::{account}:role/{resource.split('/')[1]}"


class KeyName:
    """What a caller named a key by: `key_id` or `alias` (with its prefix), in an account; always of one Region."""

    def __init__(self, account: str, *, key_id: str = "", alias: str = "") -> None:
        self.account = account
        self.key_id = key_id
        self.alias = alias


def parse_key_name(text: str, account: str, region: str, *, aliases: bool) -> KeyName:
    """What a KeyId member names, seen from an account and a Region (reference 1.2 and 1.5).

    Raises NotFoundException, InvalidArnException.
    """
    if text.startswith("arn:"):
        return _parse_arn(text, region, aliases=aliases)
    if text.startswith("alias/") and aliases:
        return KeyName(account, alias=text)
    if is_key_id(text):
        return KeyName(account, key_id=text)
    raise NotFoundException(f"Invalid keyId {text}")


def _parse_arn(text: str, region: str, *, aliases: bool) -> KeyName:
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[2] != "kms" or not is_account(parts[4]) or parts[1] != partition_of(parts[3]):
        raise NotFoundException("Invalid arn")
    if not is_region(parts[3]):
        raise NotFoundException("Invalid arn")
    if parts[3] != region:
        raise NotFoundException(f"Invalid arn {parts[3]}")
    account, resource = parts[4], parts[5]
    if resource.startswith("alias/"):
        if not aliases:
            raise InvalidArnException("Key Aliases are not supported for this operation.")
        return KeyName(account, alias=resource)
    if not resource.startswith("key/"):
        raise NotFoundException("Invalid arn")
    if not is_key_id(resource[4:]):
        raise NotFoundException(f"Invalid keyId {resource[4:]}")
    return KeyName(account, key_id=resource[4:])


def check_alias_name(alias: str) -> None:
    """Whether a name may be an alias's, at creation or change (reference 1.6). Raises ValidationException."""
    if not alias.startswith("alias/"):
        guide = "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
        raise ValidationException(f'Alias must start with the prefix "alias/". Please see {guide}')
    if alias == "alias/" or not _ALIAS.issuperset(alias):
        raise ValidationException(f"{alias} contains invalid characters for an alias")
