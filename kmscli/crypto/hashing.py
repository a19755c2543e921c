"""SHA-256, HMAC-SHA-256 and the comparison that takes the same time for all inputs.

`cryptography`'s own, not `hashlib`: that would load a second OpenSSL into every call (2 ms).
"""

from cryptography.hazmat.primitives.constant_time import bytes_eq
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hmac import HMAC

_SHA256 = SHA256()


def sha256(*parts: bytes) -> bytes:
    """The digest of the parts, joined."""
    digest = Hash(_SHA256)
    for part in parts:
        digest.update(part)
    return digest.finalize()


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """The MAC of the parts, joined (RFC 2104). Give parts of fixed length, or `joined` ones."""
    mac = HMAC(key, _SHA256)
    for part in parts:
        mac.update(part)
    return mac.finalize()


def joined(*parts: bytes) -> bytes:
    """The parts, each behind its length, so that no two lists of parts give the same bytes."""
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def same(first: bytes, second: bytes) -> bool:
    """Whether two secrets or MACs are equal, in constant time."""
    return bytes_eq(first, second)
