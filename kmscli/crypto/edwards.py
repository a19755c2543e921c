"""Ed25519, pure and prehashed (RFC 8032). The secret is the seed of 32 bytes."""

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kmscli.crypto import der
from kmscli.crypto.asymmetric import InvalidSignatureError

ALGORITHM = bytes.fromhex("300506032b6570")
_PREHASHED = "ED25519_PH_SHA_512"


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key: secret and public key."""
    private = Ed25519PrivateKey.generate()
    return private.private_bytes_raw(), public_key(spec, private)


def load(_spec: str, secret: bytes) -> Ed25519PrivateKey:
    """The private key of a seed."""
    return Ed25519PrivateKey.from_private_bytes(secret)


def public_key(_spec: str, private: Ed25519PrivateKey) -> bytes:
    """The SubjectPublicKeyInfo of a private key."""
    return der.public_key_info(ALGORITHM, private.public_key().public_bytes_raw())


def load_public(_spec: str, spki: bytes) -> Ed25519PublicKey:
    """The public key of a SubjectPublicKeyInfo. Raises ValueError."""
    return Ed25519PublicKey.from_public_bytes(der.raw_public_key(ALGORITHM, spki))


def pkcs8(_spec: str, secret: bytes) -> bytes:
    """The PKCS#8 form of a secret (RFC 8410)."""
    return der.private_key_info(ALGORITHM, der.octet_string(secret))


def sign(private: Ed25519PrivateKey, algorithm: str, _message_type: str, message: bytes) -> bytes:
    """A signature of 64 bytes. Prehashed, KMS hashes the digest that it is given once more (2.3), and so is it here."""
    if algorithm != _PREHASHED:
        return private.sign(message)
    from Crypto.Hash import SHA512
    from Crypto.Signature import eddsa

    key = eddsa.import_private_key(private.private_bytes_raw())
    return eddsa.new(key, "rfc8032").sign(SHA512.new(message))


def verify(public: Ed25519PublicKey, algorithm: str, _message_type: str, message: bytes, signature: bytes) -> None:
    """Raises InvalidSignatureError."""
    try:
        if algorithm == _PREHASHED:
            _verify_prehashed(public, message, signature)
        else:
            public.verify(signature, message)
    except (InvalidSignature, ValueError):
        raise InvalidSignatureError from None


def _verify_prehashed(public: Ed25519PublicKey, message: bytes, signature: bytes) -> None:
    from Crypto.Hash import SHA512
    from Crypto.Signature import eddsa

    key = eddsa.import_public_key(public.public_bytes_raw())
    eddsa.new(key, "rfc8032").verify(SHA512.new(message), signature)
