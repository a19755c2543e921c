"""What the operations on imported key material share: their keys, members and checks (reference, kms-semantics 10)."""

from kmscli.crypto.wrapping import ALGORITHMS
from kmscli.errors import UnsupportedOperationException, ValidationException
from kmscli.keys.key import Key
from kmscli.keys.specs import SYMMETRIC_DEFAULT, check_origin
from kmscli.operations.fields import Enum, String

WRAPPING_ALGORITHMS = (
    "RSAES_PKCS1_V1_5", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256",
    "SM2PKE",
)  # fmt: skip
WRAPPING_KEY_SPECS = ("RSA_2048", "RSA_3072", "RSA_4096", "SM2")


class WrappingAlgorithm(Enum):
    """How key material is wrapped for the way."""

    condition = "kms:WrappingAlgorithm"

    def __init__(self) -> None:
        super().__init__(*WRAPPING_ALGORITHMS, help="How you will wrap the key material.")


class WrappingKeySpec(Enum):
    """The kind of the key to wrap with."""

    condition = "kms:WrappingKeySpec"

    def __init__(self) -> None:
        super().__init__(*WRAPPING_KEY_SPECS, help="The kind of public key to wrap with.")


class KeyMaterialId(String):
    """The id of a key material."""

    def __init__(self, help: str) -> None:
        super().__init__(64, 64, pattern="^[a-f0-9]+$", help=help)


class KeyMaterialDescription(String):
    """What an imported key material is."""

    def __init__(self, help: str) -> None:
        super().__init__(0, 256, pattern="^[a-zA-Z0-9:/_\\s.-]+$", help=help)


def check_imports(key: Key) -> None:
    """Raises UnsupportedOperationException: the key's material comes from elsewhere (3.4)."""
    check_origin(key.arn, key.origin, "EXTERNAL")


def check_symmetric_only(key: Key, **members: str | None) -> None:
    """Raises ValidationException: the key is not symmetric and has one material for ever, which needs no such member.

    The members stand by their wire names.
    """
    given = [name for name, value in members.items() if value is not None]
    if given and key.spec != SYMMETRIC_DEFAULT:
        raise ValidationException(f"{given[0]} can only be specified for symmetric encryption KMS keys.")


def check_wrapping(key: Key, algorithm: str, wrapping_spec: str) -> None:
    """Raises UnsupportedOperationException: material of the key's spec cannot come wrapped like this (10.1)."""
    if algorithm not in ALGORITHMS or wrapping_spec == "SM2":
        raise UnsupportedOperationException(
            f"Wrapping algorithm {algorithm} with wrapping key spec {wrapping_spec} is not supported."
        )
    alone = algorithm.startswith("RSAES_")
    too_long = key.spec == "ECC_NIST_P521" and wrapping_spec == "RSA_2048"
    if alone and (key.spec.startswith("RSA_") or too_long):
        raise UnsupportedOperationException(
            f"{key.arn} key spec is {key.spec} which cannot be imported with wrapping algorithm {algorithm} and "
            f"wrapping key spec {wrapping_spec}."
        )
