"""Specs, usages and algorithms: what fits what (reference, kms-semantics 2)."""

from typing import Any, NoReturn

from kmscli.errors import InvalidKeyUsageException, UnsupportedOperationException

SYMMETRIC_DEFAULT = "SYMMETRIC_DEFAULT"

ENCRYPT_DECRYPT = "ENCRYPT_DECRYPT"
SIGN_VERIFY = "SIGN_VERIFY"
GENERATE_VERIFY_MAC = "GENERATE_VERIFY_MAC"
KEY_AGREEMENT = "KEY_AGREEMENT"
ENCAPSULATE_DECAPSULATE = "ENCAPSULATE_DECAPSULATE"

Usages = dict[str, tuple[str, ...]]
"""The algorithms of a spec by usage, in the order in which metadata lists them."""

_RSA: Usages = {
    ENCRYPT_DECRYPT: ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256"),
    SIGN_VERIFY: (
        "RSASSA_PKCS1_V1_5_SHA_256", "RSASSA_PKCS1_V1_5_SHA_384", "RSASSA_PKCS1_V1_5_SHA_512",
        "RSASSA_PSS_SHA_256", "RSASSA_PSS_SHA_384", "RSASSA_PSS_SHA_512",
    ),
}  # fmt: skip
_AGREEING = {KEY_AGREEMENT: ("ECDH",)}
_ML_DSA: Usages = {SIGN_VERIFY: ("ML_DSA_SHAKE_256",)}
_ML_KEM: Usages = {ENCAPSULATE_DECAPSULATE: ("ML_KEM",)}

SPECS: dict[str, Usages] = {
    SYMMETRIC_DEFAULT: {ENCRYPT_DECRYPT: (SYMMETRIC_DEFAULT,)},
    "HMAC_224": {GENERATE_VERIFY_MAC: ("HMAC_SHA_224",)},
    "HMAC_256": {GENERATE_VERIFY_MAC: ("HMAC_SHA_256",)},
    "HMAC_384": {GENERATE_VERIFY_MAC: ("HMAC_SHA_384",)},
    "HMAC_512": {GENERATE_VERIFY_MAC: ("HMAC_SHA_512",)},
    "RSA_2048": _RSA,
    "RSA_3072": _RSA,
    "RSA_4096": _RSA,
    "ECC_NIST_P256": {SIGN_VERIFY: ("ECDSA_SHA_256",), **_AGREEING},
    "ECC_NIST_P384": {SIGN_VERIFY: ("ECDSA_SHA_384",), **_AGREEING},
    "ECC_NIST_P521": {SIGN_VERIFY: ("ECDSA_SHA_512",), **_AGREEING},
    "ECC_SECG_P256K1": {SIGN_VERIFY: ("ECDSA_SHA_256",)},
    "ECC_NIST_EDWARDS25519": {SIGN_VERIFY: ("ED25519_SHA_512", "ED25519_PH_SHA_512")},
    "ML_DSA_44": _ML_DSA,
    "ML_DSA_65": _ML_DSA,
    "ML_DSA_87": _ML_DSA,
    "ML_KEM_512": _ML_KEM,
    "ML_KEM_768": _ML_KEM,
    "ML_KEM_1024": _ML_KEM,
    "SM2": {ENCRYPT_DECRYPT: ("SM2PKE",), SIGN_VERIFY: ("SM2DSA",), **_AGREEING},
}
"""Every spec of KMS with its usages (2.1 to 2.4)."""

CHINA_ONLY = frozenset(("SM2",))
"""Offered in China Regions only, and by no vetted library: `kmscli.crypto.asymmetric.UNAVAILABLE`."""
STORABLE = frozenset((SYMMETRIC_DEFAULT,))
"""What a custom key store may hold (2.1)."""
NOT_IMPORTABLE = frozenset((*(f"ML_DSA_{size}" for size in (44, 65, 87)), *(f"ML_KEM_{n}" for n in (512, 768, 1024))))
"""Specs whose material AWS KMS makes itself, always (2.1)."""
NEWER = NOT_IMPORTABLE | {"ECC_NIST_EDWARDS25519"}
"""Specs that CustomerMasterKeySpec, KeySpec's old name, does not know (2.8)."""

LISTS = {
    ENCRYPT_DECRYPT: "encryption_algorithms",
    SIGN_VERIFY: "signing_algorithms",
    GENERATE_VERIFY_MAC: "mac_algorithms",
    KEY_AGREEMENT: "key_agreement_algorithms",
    ENCAPSULATE_DECAPSULATE: "encapsulation_algorithms",
}
"""The member that lists a key's algorithms, by usage (2.8)."""


def origins(spec: str) -> tuple[str, ...]:
    """Where a spec's key material may come from (2.1)."""
    if spec in NOT_IMPORTABLE:
        return ("AWS_KMS",)
    return ("AWS_KMS", "EXTERNAL", *(("AWS_CLOUDHSM", "EXTERNAL_KEY_STORE") if spec in STORABLE else ()))


def old_name(spec: str) -> str | None:
    """The spec as CustomerMasterKeySpec says it, if that knows it (2.8)."""
    return None if spec in NEWER else spec


def described(spec: str, usage: str) -> dict[str, Any]:
    """What KeyMetadata and GetPublicKey show of a key's spec and usage, by Python names (2.8, 2.9)."""
    shown: dict[str, Any] = {"key_spec": spec, "key_usage": usage, LISTS[usage]: list(SPECS[spec][usage])}
    if spec not in NEWER:
        shown["customer_master_key_spec"] = spec
    return shown


def refuse_usage(arn: str, usage: str, operation: str) -> NoReturn:
    """Raises InvalidKeyUsageException: the key is for something else (2.7)."""
    raise InvalidKeyUsageException(f"{arn} key usage is {usage} which is not valid for {operation}.")


def refuse_spec(arn: str, spec: str) -> NoReturn:
    """Raises UnsupportedOperationException: no key of this spec can do it (2.7)."""
    raise UnsupportedOperationException(f"{arn} key spec is {spec} which is not valid for this operation.")


def check_origin(arn: str, origin: str, *valid: str) -> None:
    """Raises UnsupportedOperationException: no key of this origin can do it (2.7)."""
    if origin not in valid:
        raise UnsupportedOperationException(f"{arn} origin is {origin} which is not valid for this operation.")


def check_algorithm(algorithm: str, spec: str, usage: str) -> None:
    """Raises InvalidKeyUsageException: the algorithm is none of the spec's for this usage (2.7)."""
    if algorithm not in SPECS[spec].get(usage, ()):
        raise InvalidKeyUsageException(f"Algorithm {algorithm} is incompatible with key spec {spec}.")
