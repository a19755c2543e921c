"""Keys from keys: subkeys of a random key (HKDF-Expand, RFC 5869), and one key a message (SP 800-108)."""

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode

_SHA256 = SHA256()


def subkey(key: bytes, label: str, length: int = 32) -> bytes:
    """A key for one purpose out of a uniformly random key."""
    return HKDFExpand(_SHA256, length, label.encode()).derive(key)


def stretched_key(secret: bytes, salt: bytes, label: str, length: int) -> bytes:
    """Key bytes out of a secret with enough entropy that is not uniform: a key file, a variable."""
    return HKDF(_SHA256, length, salt, label.encode()).derive(secret)


def message_key(key: bytes, label: bytes, context: bytes) -> bytes:
    """64 bytes for one message: a cipher key and a key commitment (reference, crypto 1.5).

    SP 800-108 in counter mode with HMAC-SHA-256; each block is HMAC(key, i ‖ label ‖ 00 ‖ context ‖ bits).
    """
    return KBKDFHMAC(
        algorithm=_SHA256,
        mode=Mode.CounterMode,
        length=64,
        rlen=4,
        llen=4,
        location=CounterLocation.BeforeFixed,
        label=label,
        context=context,
        fixed=None,
    ).derive(key)
