"""A house whose keys are made when first asked for, and stay for the tests of a module: RSA keys take their time."""

from typing import Any

from tests.operations.house import House, arn

OAEP = ["RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"]
RSASSA = [
    "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
    "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
]  # fmt: skip
ED25519 = ["ED25519_SHA_512", "ED25519_PH_SHA_512"]

SPECS: dict[tuple[str, str], list[str]] = {
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"): ["SYMMETRIC_DEFAULT"],
    **{(f"HMAC_{size}", "GENERATE_VERIFY_MAC"): [f"HMAC_SHA_{size}"] for size in (224, 256, 384, 512)},
    **{(f"RSA_{size}", "ENCRYPT_DECRYPT"): OAEP for size in (2048, 3072, 4096)},
    **{(f"RSA_{size}", "SIGN_VERIFY"): RSASSA for size in (2048, 3072, 4096)},
    ("ECC_NIST_P256", "SIGN_VERIFY"): ["ECDSA_SHA_256"],
    ("ECC_NIST_P384", "SIGN_VERIFY"): ["ECDSA_SHA_384"],
    ("ECC_NIST_P521", "SIGN_VERIFY"): ["ECDSA_SHA_512"],
    **{(f"ECC_NIST_P{size}", "KEY_AGREEMENT"): ["ECDH"] for size in (256, 384, 521)},
    ("ECC_SECG_P256K1", "SIGN_VERIFY"): ["ECDSA_SHA_256"],
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"): ED25519,
    **{(f"ML_DSA_{size}", "SIGN_VERIFY"): ["ML_DSA_SHAKE_256"] for size in (44, 65, 87)},
    **{(f"ML_KEM_{size}", "ENCAPSULATE_DECAPSULATE"): ["ML_KEM"] for size in (512, 768, 1024)},
}
"""The reference's 2.1 to 2.4: each spec and usage that can be made, with its algorithms in order."""

LISTS = {
    "ENCRYPT_DECRYPT": "EncryptionAlgorithms",
    "SIGN_VERIFY": "SigningAlgorithms",
    "GENERATE_VERIFY_MAC": "MacAlgorithms",
    "KEY_AGREEMENT": "KeyAgreementAlgorithms",
    "ENCAPSULATE_DECAPSULATE": "EncapsulationAlgorithms",
}
"""The member that lists a key's algorithms, by usage (2.8)."""

PUBLIC_KEYS = {
    "RSA_2048": 294, "RSA_3072": 422, "RSA_4096": 550,
    "ECC_NIST_P256": 91, "ECC_NIST_P384": 120, "ECC_NIST_P521": 158, "ECC_SECG_P256K1": 88,
    "ECC_NIST_EDWARDS25519": 44, "ML_DSA_44": 1334, "ML_DSA_65": 1974, "ML_DSA_87": 2614,
    "ML_KEM_512": 822, "ML_KEM_768": 1206, "ML_KEM_1024": 1590,
}  # fmt: skip
"""The bytes of a public key (2.6)."""


def of_usage(usage: str) -> list[tuple[str, str]]:
    """Each spec of a usage with each of its algorithms."""
    return [(spec, it) for (spec, used), algorithms in SPECS.items() if used == usage for it in algorithms]


class Stock:
    """Keys by spec and usage."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.call = house.call
        self.refusal = house.refusal
        self._keys: dict[tuple[str, str], str] = {}

    def key(self, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT") -> str:
        """A key's id."""
        if (spec, usage) not in self._keys:
            self._keys[spec, usage] = self.house.new_key(KeySpec=spec, KeyUsage=usage)
        return self._keys[spec, usage]

    def public_key(self, key: str) -> bytes:
        """A key's public key."""
        der: bytes = self.call("GetPublicKey", KeyId=key)["PublicKey"]
        return der

    def logged(self) -> dict[str, Any]:
        """What the newest event shows of its call, its resources as ARNs."""
        event = self.house.event()
        shown = ("eventName", "readOnly", "requestParameters", "responseElements", "additionalEventData")
        said: dict[str, Any] = {name: event[name] for name in shown if name in event}
        return said | {"resources": [resource["ARN"] for resource in event["resources"]]}


def read_event(name: str, key: str, parameters: dict[str, Any], **additional: str) -> dict[str, Any]:
    """What `logged` says of a cryptographic call (14.2)."""
    said = {
        "eventName": name,
        "readOnly": True,
        "requestParameters": {"keyId": key, **parameters},
        "responseElements": None,
        "resources": [arn(key)],
    }
    return said | ({"additionalEventData": additional} if additional else {})


def incompatible(algorithm: str, spec: str) -> tuple[str, str]:
    """The refusal of an algorithm that is none of a spec's (2.7)."""
    return "InvalidKeyUsageException", f"Algorithm {algorithm} is incompatible with key spec {spec}."


def wrong_usage(key: str, usage: str, operation: str) -> tuple[str, str]:
    """The refusal of a key for something else (2.7)."""
    return "InvalidKeyUsageException", f"{arn(key)} key usage is {usage} which is not valid for {operation}."


DRY = ("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
