"""Which operations a grant on a key may allow (reference, kms-semantics 7.1)."""

from collections.abc import Collection

from kmscli.errors import ValidationException
from kmscli.keys.key import Key
from kmscli.keys.specs import SYMMETRIC_DEFAULT

_OF_ANY = ("CreateGrant", "RetireGrant", "DescribeKey")
_SYMMETRIC = (
    "Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext",
    "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext",
)  # fmt: skip
_BY_USAGE = {
    "ENCRYPT_DECRYPT": ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo", "GetPublicKey"),
    "SIGN_VERIFY": ("Sign", "Verify", "GetPublicKey"),
    "KEY_AGREEMENT": ("DeriveSharedSecret", "GetPublicKey"),
    "ENCAPSULATE_DECAPSULATE": ("Encapsulate", "Decapsulate", "GetPublicKey"),
    "GENERATE_VERIFY_MAC": ("GenerateMac", "VerifyMac"),
}


def check_grantable(key: Key, operations: Collection[str]) -> None:
    """Raises ValidationException: an operation that the key does not support, or that no grant allows."""
    fitting = _OF_ANY + (_SYMMETRIC if key.spec == SYMMETRIC_DEFAULT else _BY_USAGE[key.usage])
    for operation in operations:
        if operation not in fitting:
            kind = f"key spec {key.spec} and key usage {key.usage}"
            raise ValidationException(f"A grant on {key.arn}, of {kind}, cannot allow the operation {operation}.")
