"""All keys but the symmetric ones, by KMS key spec: each family has a module of its own, imported when first needed.

A key is kept as `secret`, compact bytes that load without parsing PKCS#8 and without checking the key once more (its
family says which), and a public key, DER SubjectPublicKeyInfo. What is loaded may be kept for as long as the caller
likes; nothing is kept here. Sizes and algorithms: reference, kms-semantics 2.
"""

from functools import cache
from importlib import import_module
from typing import Any

FAMILIES = {
    "HMAC_224": "mac",
    "HMAC_256": "mac",
    "HMAC_384": "mac",
    "HMAC_512": "mac",
    "RSA_2048": "rsa_keys",
    "RSA_3072": "rsa_keys",
    "RSA_4096": "rsa_keys",
    "ECC_NIST_P256": "elliptic",
    "ECC_NIST_P384": "elliptic",
    "ECC_NIST_P521": "elliptic",
    "ECC_SECG_P256K1": "elliptic",
    "ECC_NIST_EDWARDS25519": "edwards",
    "ML_DSA_44": "ml_dsa",
    "ML_DSA_65": "ml_dsa",
    "ML_DSA_87": "ml_dsa",
    "ML_KEM_512": "ml_kem",
    "ML_KEM_768": "ml_kem",
    "ML_KEM_1024": "ml_kem",
}
"""The module of each spec that kmscli has."""

UNAVAILABLE = {
    "SM2": "No vetted library has it: cryptography refuses the curve, tongsuopy's last release is of 2023, gmalg is "
    "pure Python, so that its time tells of its secrets. AWS offers it in the China Regions only.",
}
"""The specs of KMS that kmscli has not, and why."""

MESSAGE_TYPES: dict[str, dict[str, int | None]] = {
    **{
        f"{scheme}_SHA_{bits}": {"RAW": None, "DIGEST": bits // 8}
        for scheme in ("RSASSA_PKCS1_V1_5", "RSASSA_PSS", "ECDSA")
        for bits in (256, 384, 512)
    },
    "ED25519_SHA_512": {"RAW": None},
    "ED25519_PH_SHA_512": {"DIGEST": 64},
    "ML_DSA_SHAKE_256": {"RAW": None, "EXTERNAL_MU": 64},
}
"""The message types of each signing algorithm, with the length of a message in bytes; None: any length."""

_SIGNING = {"RSASSA": "rsa_keys", "ECDSA": "elliptic", "ED25519": "edwards", "ML": "ml_dsa"}


class InvalidSignatureError(Exception):
    """The signature is not one of this key, message and algorithm, whatever the cause."""


class WrongMessageTypeError(Exception):
    """The signing algorithm does not take messages of this type."""


class WrongDigestLengthError(Exception):
    """The message is not as long as a digest of this algorithm, or as mu."""


class BadPeerKeyError(Exception):
    """The other side's public key is not one of this curve, in DER with a named curve."""


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key: its secret and its public key (DER SubjectPublicKeyInfo; empty for HMAC)."""
    made: tuple[bytes, bytes] = _family(spec).generate(spec)
    return made


def generate_pair(spec: str) -> tuple[bytes, bytes]:
    """A new data key pair: PKCS#8 DER (for ML-KEM in seed form) and SubjectPublicKeyInfo DER (2.5).

    For the specs that KMS makes pairs of: RSA, elliptic and Edwards curves, ML-KEM.
    """
    family = _family(spec)
    secret, spki = family.generate(spec)
    return family.pkcs8(spec, secret), spki


def load(spec: str, secret: bytes) -> Any:
    """The private key of a secret that came out of the sealed vault: it is not checked again."""
    return _family(spec).load(spec, secret)


def load_public(spec: str, spki: bytes) -> Any:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError: not one of this spec, or not DER.

    An RSA key may have any size: what is stored with a key has its spec's.
    """
    return _family(spec).load_public(spec, spki)


def public_key(spec: str, secret: bytes) -> bytes:
    """The public key that belongs to a secret, DER SubjectPublicKeyInfo; empty for HMAC."""
    family = _family(spec)
    spki: bytes = family.public_key(spec, family.load(spec, secret))
    return spki


def check_message(algorithm: str, message_type: str, message: bytes) -> None:
    """Raises WrongMessageTypeError, WrongDigestLengthError (2.3). Needs no key."""
    lengths = MESSAGE_TYPES[algorithm]
    if message_type not in lengths:
        raise WrongMessageTypeError
    if lengths[message_type] not in (None, len(message)):
        raise WrongDigestLengthError


def sign(private: Any, algorithm: str, message_type: str, message: bytes) -> bytes:
    """The signature of a message under a loaded key. Raises what `check_message` raises."""
    check_message(algorithm, message_type, message)
    signature: bytes = _signing(algorithm).sign(private, algorithm, message_type, message)
    return signature


def verify(public: Any, algorithm: str, message_type: str, message: bytes, signature: bytes) -> None:
    """Raises InvalidSignatureError, for every cause alike, and what `check_message` raises."""
    check_message(algorithm, message_type, message)
    _signing(algorithm).verify(public, algorithm, message_type, message, signature)


def maximum_plaintext(spec: str, algorithm: str) -> int:
    """The bytes that an RSA spec encrypts at most (2.2)."""
    from kmscli.crypto import rsa_keys

    return rsa_keys.maximum_plaintext(spec, algorithm)


def encrypt(public: Any, algorithm: str, plaintext: bytes) -> bytes:
    """RSA-OAEP under a loaded public key. Raises ValueError: longer than `maximum_plaintext`."""
    from kmscli.crypto import rsa_keys

    return rsa_keys.encrypt(public, algorithm, plaintext)


def decrypt(private: Any, algorithm: str, ciphertext: bytes) -> bytes:
    """The plaintext of an RSA-OAEP ciphertext. Raises NotAuthenticError, for every cause alike."""
    from kmscli.crypto import rsa_keys

    return rsa_keys.decrypt(private, algorithm, ciphertext)


def agree(private: Any, spec: str, peer_spki: bytes) -> bytes:
    """The raw shared secret of ECDH: the x coordinate. Raises BadPeerKeyError."""
    from kmscli.crypto import elliptic

    return elliptic.agree(private, spec, peer_spki)


def encapsulate(public: Any) -> tuple[bytes, bytes]:
    """A new shared secret of 32 bytes, and its ciphertext, under a loaded ML-KEM public key."""
    from kmscli.crypto import ml_kem

    return ml_kem.encapsulate(public)


def decapsulate(private: Any, ciphertext: bytes) -> bytes:
    """The shared secret of a ciphertext; of an altered one another secret. Raises NotAuthenticError: wrong length."""
    from kmscli.crypto import ml_kem

    return ml_kem.decapsulate(private, ciphertext)


@cache
def _family(spec: str) -> Any:
    return import_module(f"kmscli.crypto.{FAMILIES[spec]}")


@cache
def _signing(algorithm: str) -> Any:
    return import_module(f"kmscli.crypto.{_SIGNING[algorithm.partition('_')[0]]}")
