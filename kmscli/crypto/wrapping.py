"""How key material travels to ImportKeyMaterial: under a one-time RSA key, alone or by way of an AES key.

RSAES_OAEP_…: OAEP of the material. RSA_AES_KEY_WRAP_…: OAEP of a fresh AES-256 key ‖ the material wrapped under that
with padding (RFC 5649). Reference: crypto 4.1, kms-semantics 10.1.
"""

import os

from cryptography.hazmat.primitives.keywrap import (
    InvalidUnwrap,
    aes_key_unwrap_with_padding,
    aes_key_wrap_with_padding,
)

from kmscli.crypto import rsa_keys
from kmscli.crypto.aead import NotAuthenticError

ALGORITHMS = ("RSAES_OAEP_SHA_1", "RSAES_OAEP_SHA_256", "RSA_AES_KEY_WRAP_SHA_1", "RSA_AES_KEY_WRAP_SHA_256")
"""The wrapping algorithms that kmscli has. Not RSAES_PKCS1_V1_5, which AWS withdrew, nor SM2PKE (China)."""


class TooLongToWrapError(Exception):
    """The material is longer than this wrapping key encrypts under this algorithm."""


def new_wrapping_key(spec: str) -> tuple[bytes, bytes]:
    """A key of `RSA_2048`, `RSA_3072` or `RSA_4096`: its secret, and its public key (SubjectPublicKeyInfo)."""
    return rsa_keys.generate(spec)


def wrap(spki: bytes, algorithm: str, material: bytes) -> bytes:
    """The material under a wrapping public key. Raises TooLongToWrapError; ValueError: no RSA public key in DER."""
    public = rsa_keys.load_public("", spki)
    if _is_hybrid(algorithm):
        key = os.urandom(32)
        return rsa_keys.encrypt(public, algorithm, key) + aes_key_wrap_with_padding(key, material)
    if len(material) > rsa_keys.maximum_plaintext(f"RSA_{public.key_size}", algorithm):
        raise TooLongToWrapError
    return rsa_keys.encrypt(public, algorithm, material)


def unwrap(secret: bytes, algorithm: str, wrapped: bytes) -> bytes:
    """The material. Raises NotAuthenticError, for every cause alike."""
    private = rsa_keys.load("", secret)
    if not _is_hybrid(algorithm):
        return rsa_keys.decrypt(private, algorithm, wrapped)
    size = private.key_size // 8
    key = rsa_keys.decrypt(private, algorithm, wrapped[:size])
    if len(key) != 32:
        raise NotAuthenticError
    try:
        return aes_key_unwrap_with_padding(key, wrapped[size:])
    except InvalidUnwrap:
        raise NotAuthenticError from None


def _is_hybrid(algorithm: str) -> bool:
    return algorithm.startswith("RSA_AES_KEY_WRAP_")
