"""The members that the operations on grants share, and what they ask of them (reference, kms-semantics 7)."""

import re
from typing import Any

from kmscli.errors import InvalidArnException, InvalidGrantIdException
from kmscli.names import partition_of
from kmscli.operations.fields import Boolean, Enum, String, Timestamp
from kmscli.operations.members import EncryptionContext, NextMarker
from kmscli.operations.shapes import List, Response, Shape, Structure

GRANT_OPERATIONS = (
    "Decrypt", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "Sign",
    "Verify", "GetPublicKey", "CreateGrant", "RetireGrant", "DescribeKey", "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac", "DeriveSharedSecret", "Encapsulate",
    "Decapsulate",
)  # fmt: skip

_GRANT_ID = re.compile("[0-9a-f]{64}")
_PRINCIPAL = re.compile(
    r"arn:([a-z-]+):"
    r"(iam::\d{12}:(root|(user|role)/([!-~]*/)?[\w+=,.@-]+)"
    r"|sts::\d{12}:(assumed-role/[\w+=,.@-]+/[\w+=,.@-]+|federated-user/[\w+=,.@-]+))",
    re.ASCII,
)
"""An account, a user, a role, a role's session, a federated user (7.2)."""


class GrantToken(String):
    """A grant token, as little shown as those in a list of them."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 8192, help=help, logged=False)

    def shown(self, value: Any) -> str:  # noqa: ARG002  whatever it is
        return "<sensitive>"


class GrantId(String):
    """A grant's id."""

    def __init__(self, help: str = "The grant, by its id.") -> None:
        super().__init__(1, 128, help=help)


class GrantName(String):
    """A name that keeps a grant from being made twice."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 256, pattern="^[a-zA-Z0-9:/_-]+$", help=help)


class GrantOperations(List[str]):
    """What a grant allows."""

    def __init__(self, help: str = "") -> None:
        super().__init__(Enum(*GRANT_OPERATIONS), help=help)


class Principal(String):
    """A principal's ARN."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 256, pattern="^[\\w+=,.@:/-]+$", help=help)


class ServicePrincipal(String):
    """A service that acts as a principal."""

    def __init__(self, help: str = "") -> None:
        pattern = "^([A-Za-z0-9\\-]+)\\.([A-Za-z0-9\\-]+)(\\.[A-Za-z0-9\\-]+)+$"
        super().__init__(1, 128, pattern=pattern, help=help)


class GrantConstraints(Shape):
    """When a grant allows what it allows."""

    encryption_context_subset = EncryptionContext()
    encryption_context_equals = EncryptionContext()
    source_arn = String(20, 512, pattern="^arn:aws[a-z0-9-]*:[a-z0-9-]+:[a-z0-9-]*:[0-9]{12}:.+$")


class GrantListEntry(Shape):
    """A grant in a list."""

    key_id = String(1, 2048)
    grant_id = GrantId()
    name = GrantName()
    creation_date = Timestamp()
    grantee_principal = Principal()
    retiring_principal = Principal()
    issuing_account = Principal()
    operations = GrantOperations()
    constraints = Structure(GrantConstraints)
    grantee_service_principal = ServicePrincipal()
    retiring_service_principal = ServicePrincipal()


class ListGrantsResponse(Response):
    """What ListGrants and ListRetirableGrants answer."""

    grants = List(Structure(GrantListEntry))
    next_marker = NextMarker()
    truncated = Boolean()


def check_principal(arn: str, region: str) -> None:
    """Raises InvalidArnException: no ARN of an account, user, role or session of the Region's partition."""
    parsed = _PRINCIPAL.fullmatch(arn)
    if parsed is None or parsed[1] != partition_of(region):
        raise InvalidArnException(f"ARN does not refer to a valid principal: {arn}")


def check_grant_id(grant_id: str) -> None:
    """Raises InvalidGrantIdException: no text of 64 lower-case hex digits."""
    if not _GRANT_ID.fullmatch(grant_id):
        raise InvalidGrantIdException(f"Invalid grant ID {grant_id}")
