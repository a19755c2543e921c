"""ML-KEM (FIPS 203). The secret is the seed of 64 bytes, d ‖ z."""

import os
from typing import Any

from cryptography.hazmat.primitives.asymmetric import mlkem

from kmscli.crypto import der
from kmscli.crypto.aead import NotAuthenticError

ALGORITHMS = {
    "ML_KEM_512": bytes.fromhex("300b0609608648016503040401"),
    "ML_KEM_768": bytes.fromhex("300b0609608648016503040402"),
    "ML_KEM_1024": bytes.fromhex("300b0609608648016503040403"),
}
"""The AlgorithmIdentifier of each spec (RFC 9935)."""


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key: secret and public key."""
    seed = os.urandom(64)
    return seed, public_key(spec, load(spec, seed))


def load(spec: str, secret: bytes) -> Any:
    """The private key of a seed."""
    return _classes(spec)[0].from_seed_bytes(secret)


def public_key(spec: str, private: Any) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    return der.public_key_info(ALGORITHMS[spec], private.public_key().public_bytes_raw())


def load_public(spec: str, spki: bytes) -> Any:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError."""
    return _classes(spec)[1].from_public_bytes(der.raw_public_key(ALGORITHMS[spec], spki))


def pkcs8(spec: str, secret: bytes) -> bytes:
    """The PKCS#8 form of a secret: the seed alone (RFC 9935, section 6), of one length for all specs."""
    return der.private_key_info(ALGORITHMS[spec], der.element(0x80, secret))


def encapsulate(public: Any) -> tuple[bytes, bytes]:
    """A new shared secret of 32 bytes, and its ciphertext."""
    shared: tuple[bytes, bytes] = public.encapsulate()
    return shared


def decapsulate(private: Any, ciphertext: bytes) -> bytes:
    """The shared secret. An altered ciphertext gives another one, no error. Raises NotAuthenticError: wrong length."""
    try:
        secret: bytes = private.decapsulate(ciphertext)
    except ValueError:
        raise NotAuthenticError from None
    return secret


def _classes(spec: str) -> tuple[Any, Any]:
    if spec == "ML_KEM_512":
        from kmscli.crypto import ml_kem_512

        return ml_kem_512.PrivateKey, ml_kem_512.PublicKey
    if spec == "ML_KEM_768":
        return mlkem.MLKEM768PrivateKey, mlkem.MLKEM768PublicKey
    return mlkem.MLKEM1024PrivateKey, mlkem.MLKEM1024PublicKey
