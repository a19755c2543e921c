"""ML-DSA (FIPS 204), hedged, with an empty context. The secret is the seed of 32 bytes."""

import os
from typing import TypeAlias

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric import mldsa

from kmscli.crypto import der
from kmscli.crypto.asymmetric import InvalidSignatureError

Private: TypeAlias = mldsa.MLDSA44PrivateKey | mldsa.MLDSA65PrivateKey | mldsa.MLDSA87PrivateKey
Public: TypeAlias = mldsa.MLDSA44PublicKey | mldsa.MLDSA65PublicKey | mldsa.MLDSA87PublicKey

_PRIVATE: dict[str, type[Private]] = {
    "ML_DSA_44": mldsa.MLDSA44PrivateKey,
    "ML_DSA_65": mldsa.MLDSA65PrivateKey,
    "ML_DSA_87": mldsa.MLDSA87PrivateKey,
}
_PUBLIC: dict[str, type[Public]] = {
    "ML_DSA_44": mldsa.MLDSA44PublicKey,
    "ML_DSA_65": mldsa.MLDSA65PublicKey,
    "ML_DSA_87": mldsa.MLDSA87PublicKey,
}
ALGORITHMS = {
    "ML_DSA_44": bytes.fromhex("300b0609608648016503040311"),
    "ML_DSA_65": bytes.fromhex("300b0609608648016503040312"),
    "ML_DSA_87": bytes.fromhex("300b0609608648016503040313"),
}
"""The AlgorithmIdentifier of each spec (RFC 9881)."""


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key: secret and public key."""
    seed = os.urandom(32)
    return seed, public_key(spec, load(spec, seed))


def load(spec: str, secret: bytes) -> Private:
    """The private key of a seed."""
    return _PRIVATE[spec].from_seed_bytes(secret)


def public_key(spec: str, private: Private) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    return der.public_key_info(ALGORITHMS[spec], private.public_key().public_bytes_raw())


def load_public(spec: str, spki: bytes) -> Public:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError."""
    return _PUBLIC[spec].from_public_bytes(der.raw_public_key(ALGORITHMS[spec], spki))


def sign(private: Private, _algorithm: str, message_type: str, message: bytes) -> bytes:
    """A signature of a RAW message, or of its representative mu (FIPS 204, 6.2)."""
    return private.sign_mu(message) if message_type == "EXTERNAL_MU" else private.sign(message)


def verify(public: Public, _algorithm: str, message_type: str, message: bytes, signature: bytes) -> None:
    """Raises InvalidSignatureError."""
    try:
        if message_type == "EXTERNAL_MU":
            public.verify_mu(signature, message)
        else:
            public.verify(signature, message)
    except InvalidSignature:
        raise InvalidSignatureError from None
