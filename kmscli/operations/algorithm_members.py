"""The members of the operations that sign, authenticate, agree and encapsulate."""

from kmscli.operations.fields import Blob, Enum

SIGNING_ALGORITHMS = (
    "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
    "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
    "ECDSA_SHA_256", "ECDSA_SHA_384", "ECDSA_SHA_512", "SM2DSA", "ML_DSA_SHAKE_256",
    "ED25519_SHA_512", "ED25519_PH_SHA_512",
)  # fmt: skip
MAC_ALGORITHMS = ("HMAC_SHA_224", "HMAC_SHA_256", "HMAC_SHA_384", "HMAC_SHA_512")
KEY_PAIR_SPECS = (
    "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "SM2",
    "ECC_NIST_EDWARDS25519", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
)  # fmt: skip


class Message(Blob):
    """What is signed or authenticated."""

    def __init__(self, help: str) -> None:
        super().__init__(1, 4096, secret=True, help=help)


class MessageType(Enum):
    """What a message to be signed is."""

    condition = "kms:MessageType"

    def __init__(self) -> None:
        help = "What the message is: itself, RAW; its hash, DIGEST; or for ML-DSA its representative, EXTERNAL_MU."
        super().__init__("RAW", "DIGEST", "EXTERNAL_MU", help=help)


class SigningAlgorithm(Enum):
    """A signing algorithm."""

    condition = "kms:SigningAlgorithm"

    def __init__(self) -> None:
        super().__init__(*SIGNING_ALGORITHMS, help="The signing algorithm, one that the key's spec has.")


class MacAlgorithm(Enum):
    """A MAC algorithm."""

    condition = "kms:MacAlgorithm"

    def __init__(self) -> None:
        super().__init__(*MAC_ALGORITHMS, help="The MAC algorithm, the one of the key's spec.")


class KeyAgreementAlgorithm(Enum):
    """A key agreement algorithm."""

    condition = "kms:KeyAgreementAlgorithm"

    def __init__(self) -> None:
        super().__init__("ECDH", help="The key agreement algorithm.")


class EncapsulationAlgorithm(Enum):
    """A key encapsulation algorithm."""

    condition = "kms:KeyEncapsulationAlgorithm"

    def __init__(self) -> None:
        super().__init__("ML_KEM", help="The key encapsulation algorithm.")


class KeyPairSpec(Enum):
    """The spec of a data key pair."""

    condition = "kms:DataKeyPairSpec"

    def __init__(self) -> None:
        super().__init__(*KEY_PAIR_SPECS, help="The kind of key pair to make.")


class PublicKey(Blob):
    """A public key, DER SubjectPublicKeyInfo."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 8192, help=help)
