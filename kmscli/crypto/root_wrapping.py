"""How a keyslot holds the root key: a symmetric wrap that unlocks, and a public key for a new root.

160 bytes of slot secret are a key-encryption key 32, the seed of a hybrid key pair 96 (ML-KEM-768 64, X25519 32) and a
check value 32. The public key lets a new root key be wrapped for a holder who is not there (reference, crypto 2.4); it
is hybrid because a vault file may be collected now and attacked later.
"""

from typing import TYPE_CHECKING

from kmscli.crypto.aead import NotAuthenticError, seal, unseal
from kmscli.crypto.hashing import same

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey, Suite

SECRET_LENGTH = 160
_LABEL = b"kmscli.slot.v1"
_MLKEM_PUBLIC_LENGTH = 1184


def check_value(secret: bytes) -> bytes:
    """What the slot keeps to tell a wrong secret from a damaged slot."""
    return secret[128:]


def is_for(secret: bytes, check: bytes) -> bool:
    """Whether a slot secret is the one of this check value."""
    return same(secret[128:], check)


def wrap(secret: bytes, root: bytes, slot: bytes) -> bytes:
    """The root key under the slot's key-encryption key, bound to the slot's id."""
    return seal(secret[:32], _LABEL, root, slot)


def unwrap(secret: bytes, wrapped: bytes, slot: bytes) -> bytes:
    """The root key. Raises NotAuthenticError."""
    return unseal(secret[:32], _LABEL, wrapped, slot)


def public_key(secret: bytes) -> bytes:
    """The slot's public key: ML-KEM-768 1184 ‖ X25519 32."""
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

    encapsulation = MLKEM768PrivateKey.from_seed_bytes(secret[32:96]).public_key().public_bytes_raw()
    return encapsulation + X25519PrivateKey.from_private_bytes(secret[96:128]).public_key().public_bytes_raw()


def wrap_for(public: bytes, root: bytes, slot: bytes) -> bytes:
    """The root key for the holder of a slot who is not there (HPKE, RFC 9180)."""
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PublicKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PublicKey
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PublicKey

    key = MLKEM768X25519PublicKey(
        MLKEM768PublicKey.from_public_bytes(public[:_MLKEM_PUBLIC_LENGTH]),
        X25519PublicKey.from_public_bytes(public[_MLKEM_PUBLIC_LENGTH:]),
    )
    return _suite().encrypt(root, key, info=_LABEL + slot)


def unwrap_own(secret: bytes, wrapped: bytes, slot: bytes) -> bytes:
    """The root key that was wrapped for this slot's public key. Raises NotAuthenticError."""
    from cryptography.exceptions import InvalidTag

    try:
        return _suite().decrypt(wrapped, _private_key(secret), info=_LABEL + slot)
    except (InvalidTag, ValueError):
        raise NotAuthenticError from None


def _suite() -> "Suite":
    from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

    return Suite(KEM.MLKEM768_X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


def _private_key(secret: bytes) -> "MLKEM768X25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.mlkem import MLKEM768PrivateKey
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.hpke import MLKEM768X25519PrivateKey

    return MLKEM768X25519PrivateKey(
        MLKEM768PrivateKey.from_seed_bytes(secret[32:96]), X25519PrivateKey.from_private_bytes(secret[96:128])
    )
