"""What a grant can allow: for each operation that it can name, a call that goes through once it is allowed."""

from collections.abc import Callable
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.operations.recording import Outcome
from tests.operations.house import REGION, arn
from tests.operations.stock import Stock

Context = dict[str, str] | None
Members = dict[str, Any]
Asked = tuple[Caller, str, Members]

SYMMETRIC = ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
OF_SYMMETRIC = (
    "Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateDataKeyPair",
    "GenerateDataKeyPairWithoutPlaintext", "ReEncryptFrom", "ReEncryptTo", "CreateGrant", "DescribeKey",
)  # fmt: skip
OF_OTHERS = {
    ("RSA_2048", "ENCRYPT_DECRYPT"): ("Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"),
    ("ECC_NIST_P256", "SIGN_VERIFY"): ("Sign", "Verify"),
    ("ECC_NIST_P256", "KEY_AGREEMENT"): ("DeriveSharedSecret",),
    ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"): ("Encapsulate", "Decapsulate"),
    ("HMAC_256", "GENERATE_VERIFY_MAC"): ("GenerateMac", "VerifyMac", "CreateGrant", "DescribeKey"),
}
"""The reference's 7.1, but for RetireGrant; what every kind of key has is there for the last one only."""
PUBLIC = ("RSA_2048", "ECC_NIST_P256", "ML_KEM_768")
ALGORITHMS = {
    "SYMMETRIC_DEFAULT": "SYMMETRIC_DEFAULT",
    "RSA_2048": "RSAES_OAEP_SHA_256",
    "ECC_NIST_P256": "ECDSA_SHA_256",
    "ML_KEM_768": "ML_KEM",
    "HMAC_256": "HMAC_SHA_256",
}


def by(who: str, source: str = "") -> Caller:
    """A principal; for whom a service calls on behalf of a resource, if one is named."""
    caller = Caller(who.split(":")[4], REGION, arn=who, agent="kmscli/test", door="test", uid=1000, user="alice")
    if source:
        caller = caller.through("dynamodb")
        caller.source_arn = source
    return caller


class Calls:
    """The calls on one key. `other`: a key to whose side of a ReEncrypt nobody needs this one's grant."""

    def __init__(self, stock: Stock, key: str, spec: str, other: str) -> None:
        self.stock = stock
        self.arn = arn(key)
        self.algorithm = ALGORITHMS[spec]
        self.other = arn(other)
        self.made: dict[str, Any] = {}

    def call(self, operation: str, context: Context = None, **members: Any) -> tuple[str, Members]:
        """The name and the members of a call that an operation of a grant is for."""
        name = "ReEncrypt" if operation.startswith("ReEncrypt") else operation
        return name, {**_MEMBERS[operation](self, context), **members}

    def encryption(self, context: Context) -> Members:
        """What every call with an encryption context has."""
        return {"KeyId": self.arn, "EncryptionContext": context, "EncryptionAlgorithm": self.algorithm}

    def message(self, **algorithm: str) -> Members:
        """What every call with a message has."""
        return {"KeyId": self.arn, "Message": b"x", **algorithm}

    def once(self, name: str, result: str, members: Members) -> Any:
        """What a call by the account's root gives, made once."""
        found = f"{name} {members}"
        if found not in self.made:
            self.made[found] = self.stock.call(name, **members)[result]
        return self.made[found]

    def blob(self, context: Context) -> Any:
        """A ciphertext under the key."""
        return self.once("Encrypt", "CiphertextBlob", {**self.encryption(context), "Plaintext": b"x"})

    def signature(self) -> Any:
        """A signature by the key."""
        return self.once("Sign", "Signature", self.message(SigningAlgorithm=self.algorithm))

    def mac(self) -> Any:
        """A MAC by the key."""
        return self.once("GenerateMac", "Mac", self.message(MacAlgorithm=self.algorithm))

    def public_key(self) -> Any:
        """The key's own public key, which is as good to agree with as any."""
        return self.once("GetPublicKey", "PublicKey", {"KeyId": self.arn})

    def secret(self) -> Any:
        """A shared secret that is encapsulated for the key."""
        members = {"KeyId": self.arn, "EncapsulationAlgorithm": self.algorithm}
        return self.once("Encapsulate", "SharedSecretCiphertextBlob", members)

    def _re_encrypt_from(self, context: Context) -> Members:
        source = {"SourceKeyId": self.arn, "SourceEncryptionContext": context, "CiphertextBlob": self.blob(context)}
        return {**source, "SourceEncryptionAlgorithm": self.algorithm, "DestinationKeyId": self.other}

    def _re_encrypt_to(self, context: Context) -> Members:
        blob = self.once("Encrypt", "CiphertextBlob", {"KeyId": self.other, "Plaintext": b"x"})
        destination = {"DestinationKeyId": self.arn, "DestinationEncryptionContext": context}
        algorithm = {"DestinationEncryptionAlgorithm": self.algorithm}
        return {"CiphertextBlob": blob, "SourceKeyId": self.other, **destination, **algorithm}


_MEMBERS: dict[str, Callable[[Calls, Context], Members]] = {
    "Encrypt": lambda its, context: {**its.encryption(context), "Plaintext": b"x"},
    "Decrypt": lambda its, context: {**its.encryption(context), "CiphertextBlob": its.blob(context)},
    "ReEncryptFrom": Calls._re_encrypt_from,
    "ReEncryptTo": Calls._re_encrypt_to,
    **dict.fromkeys(
        ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext"),
        lambda its, context: {"KeyId": its.arn, "EncryptionContext": context, "KeySpec": "AES_256"},
    ),
    **dict.fromkeys(
        ("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext"),
        lambda its, context: {"KeyId": its.arn, "EncryptionContext": context, "KeyPairSpec": "ECC_NIST_P256"},
    ),
    "CreateGrant": lambda its, _: {"KeyId": its.arn, "GranteePrincipal": CAROL, "Operations": ["CreateGrant"]},
    **dict.fromkeys(("DescribeKey", "GetPublicKey"), lambda its, _: {"KeyId": its.arn}),
    "Sign": lambda its, _: its.message(SigningAlgorithm=its.algorithm),
    "Verify": lambda its, _: {**its.message(SigningAlgorithm=its.algorithm), "Signature": its.signature()},
    "GenerateMac": lambda its, _: its.message(MacAlgorithm=its.algorithm),
    "VerifyMac": lambda its, _: {**its.message(MacAlgorithm=its.algorithm), "Mac": its.mac()},
    "DeriveSharedSecret": lambda its, _: {
        "KeyId": its.arn, "KeyAgreementAlgorithm": "ECDH", "PublicKey": its.public_key(),
    },
    "Encapsulate": lambda its, _: {"KeyId": its.arn, "EncapsulationAlgorithm": its.algorithm},
    "Decapsulate": lambda its, _: {
        "KeyId": its.arn, "EncapsulationAlgorithm": its.algorithm, "SharedSecretCiphertextBlob": its.secret(),
    },
}  # fmt: skip

CAROL = "arn:aws:iam::111122223333:user/Carol"
"""Whom grants are for that a test makes by right of another."""
ALLOWED = "allowed"
DENIED = "denied"


def came_to(stock: Stock, operation: str, asked: list[Asked]) -> list[str]:
    """What calls come to: allowed, denied that very operation, or whatever else is wrong."""
    return [_outcome(outcome, operation) for outcome in stock.house.engine.group(asked)]


def _outcome(outcome: Outcome, operation: str) -> str:
    error: Any = outcome.error
    if error is None:
        return ALLOWED
    denied = error.code == "AccessDeniedException" and f" perform: kms:{operation} on " in error.message
    return DENIED if denied else f"{error.code}: {error.message}"
