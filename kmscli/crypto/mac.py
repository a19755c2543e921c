"""HMAC (RFC 2104) with SHA-2. The secret is the key itself: as long as the hash, or longer if it was imported."""

import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hmac import HMAC

from kmscli.crypto.algorithm_hash import algorithm_hash


class InvalidMacError(Exception):
    """The MAC is not the one of this key, message and algorithm."""


def generate(spec: str) -> tuple[bytes, bytes]:
    """A new key as long as the hash of its spec, and no public key."""
    return os.urandom(int(spec.removeprefix("HMAC_")) // 8), b""


def load(_spec: str, secret: bytes) -> bytes:
    """The key is its own secret."""
    return secret


def public_key(_spec: str, _secret: bytes) -> bytes:
    """None: empty."""
    return b""


def mac(algorithm: str, secret: bytes, message: bytes) -> bytes:
    """The MAC of a message under `HMAC_SHA_…`, never truncated."""
    return _keyed(algorithm, secret, message).finalize()


def check_mac(algorithm: str, secret: bytes, message: bytes, tag: bytes) -> None:
    """Compare in constant time. Raises InvalidMacError, for every cause alike."""
    try:
        _keyed(algorithm, secret, message).verify(tag)
    except InvalidSignature:
        raise InvalidMacError from None


def _keyed(algorithm: str, secret: bytes, message: bytes) -> HMAC:
    keyed = HMAC(secret, algorithm_hash(algorithm))
    keyed.update(message)
    return keyed
