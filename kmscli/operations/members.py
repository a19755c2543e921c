"""The members that KMS operations share, each with its limits, its option's help and whether the trail shows it."""

from typing import Any

from kmscli.operations.fields import Blob, Boolean, Enum, Integer, String
from kmscli.operations.shapes import List, Map, Shape, Structure

KEY_SPECS = (
    "RSA_2048", "RSA_3072", "RSA_4096", "ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1",
    "SYMMETRIC_DEFAULT", "HMAC_224", "HMAC_256", "HMAC_384", "HMAC_512", "SM2",
    "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ECC_NIST_EDWARDS25519", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024",
)  # fmt: skip
CUSTOMER_MASTER_KEY_SPECS = KEY_SPECS[:13]
KEY_USAGES = ("SIGN_VERIFY", "ENCRYPT_DECRYPT", "GENERATE_VERIFY_MAC", "KEY_AGREEMENT", "ENCAPSULATE_DECAPSULATE")
KEY_STATES = (
    "Creating", "Enabled", "Disabled", "PendingDeletion", "PendingImport", "PendingReplicaDeletion", "Unavailable",
    "Updating",
)  # fmt: skip
ORIGINS = ("AWS_KMS", "EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE")
ENCRYPTION_ALGORITHMS = ("SYMMETRIC_DEFAULT", "RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "SM2PKE")


class KeyId(String):
    """A name of a key in any form."""

    def __init__(self, help: str = "The key, by id, key ARN, alias name or alias ARN.") -> None:
        super().__init__(1, 2048, help=help)


class OwnKeyId(String):
    """A name of a key where aliases are not taken."""

    def __init__(self, help: str = "The key, by id or key ARN.") -> None:
        super().__init__(1, 2048, help=help)


class TargetKeyId(String):
    """The key that an alias is to name."""

    def __init__(self) -> None:
        super().__init__(1, 2048, help="The key to name, by id or key ARN.")


class AliasName(String):
    """An alias's name, with its prefix."""

    def __init__(self) -> None:
        super().__init__(1, 256, pattern="^[a-zA-Z0-9:/_-]+$", help="The alias, as alias/NAME.")


class CiphertextBlob(Blob):
    """A ciphertext."""

    def __init__(self, help: str) -> None:
        super().__init__(1, 6144, help=help)


class GrantTokens(List[str]):
    """Grant tokens; never logged, and so not shown in an error's message either, since that is."""

    def __init__(self) -> None:
        super().__init__(String(1, 8192), 0, 10, help="Tokens of grants too new to be known everywhere.", logged=False)

    def violation(self, value: Any, path: str, constraint: str) -> str:
        return super().violation(["<sensitive>" for _ in value], path, constraint)


class DryRun(Boolean):
    """Whether to check only."""

    def __init__(self) -> None:
        super().__init__(help="Check whether the call would succeed, and change nothing.")


class DryRunModifiers(List[str]):
    """What a dry run leaves out."""

    def __init__(self) -> None:
        super().__init__(Enum("IGNORE_CIPHERTEXT"), help="Check without a ciphertext, where --dry-run is given.")


class EncryptionContext(Map):
    """An encryption context: bound to the ciphertext, logged, never secret."""

    condition = "kms:EncryptionContext:"

    def __init__(self, help: str = "Names and values to bind to the ciphertext. Logged; not secret.") -> None:
        super().__init__(help=help)


class EncryptionAlgorithm(Enum):
    """An encryption algorithm."""

    condition = "kms:EncryptionAlgorithm"

    def __init__(self, help: str = "The encryption algorithm.") -> None:
        super().__init__(*ENCRYPTION_ALGORITHMS, help=help)


class Limit(Integer):
    """The size of a page."""

    def __init__(self) -> None:
        super().__init__(1, 1000, help="How many to return at most.")


class Marker(String):
    """Where a page starts."""

    def __init__(self) -> None:
        help = "Where to go on: the NextMarker of the page before."
        super().__init__(1, 1024, pattern="[\\u0020-\\u00FF]*", help=help)


class NextMarker(String):
    """Where the next page starts."""

    def __init__(self) -> None:
        super().__init__(1, 1024, pattern="[\\u0020-\\u00FF]*")


class Policy(String):
    """A key policy's text."""

    def __init__(
        self, help: str = "The key policy, a JSON document. By default the account may do everything."
    ) -> None:
        super().__init__(1, 131072, pattern="[\\u0009\\u000A\\u000D\\u0020-\\u00FF]+", help=help)


class PolicyName(String):
    """A key policy's name."""

    condition = "kms:PolicyName"

    def __init__(self) -> None:
        super().__init__(1, 128, pattern="[\\w]+", help="The policy's name. There is one: default.")


class BypassLockoutCheck(Boolean):
    """Whether a policy may lock its author out."""

    condition = "kms:BypassPolicyLockoutSafetyCheck"
    feeds_by_default = False

    def __init__(self) -> None:
        super().__init__(help="Allow a policy that locks you out of the key.")


class Region(String):
    """A Region's name."""

    def __init__(self, help: str) -> None:
        super().__init__(1, 32, pattern="^([a-z]+-){2,3}\\d+$", help=help)


class Tag(Shape):
    """A tag."""

    tag_key = String(1, 128, help="The tag's key.").required()
    tag_value = String(0, 256, help="The tag's value; may be empty.").required()


class Tags(List[Tag]):
    """Tags."""

    condition = "aws:RequestTag/"

    def __init__(self) -> None:
        super().__init__(Structure(Tag), help="Tags, up to 50 a key. Not secret.")


class Recipient(Structure["RecipientInfo"]):
    """For whom the answer is encrypted."""

    condition = "kms:RecipientAttestation:"

    def __init__(self) -> None:
        help = "An attested recipient, for whom the answer is encrypted."
        super().__init__(RecipientInfo, help=help, logged=False)


class RecipientInfo(Shape):
    """An attested recipient."""

    key_encryption_algorithm = Enum("RSAES_OAEP_SHA_256", help="How the answer's key is encrypted.")
    attestation_document = Blob(1, 262144, help="The recipient's attestation document.")
