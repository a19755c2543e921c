"""SHA-256, HMAC-SHA-256 and the comparison that takes the same time for all inputs.

`cryptography`'s own hashes and MACs, and nothing of `hashlib` or `hmac`: those would load a second OpenSSL into every
call (2 ms), and so would `constant_time.bytes_eq`, which is `hmac.compare_digest` by another name.
"""

import os

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.hashes import SHA256, Hash
from cryptography.hazmat.primitives.hmac import HMAC

_SHA256 = SHA256()
_EMPTY = Hash(_SHA256)
"""What has taken nothing in yet: copying it is faster than making another."""


def sha256(*parts: bytes) -> bytes:
    """The digest of the parts, joined."""
    digest = _EMPTY.copy()
    for part in parts:
        digest.update(part)
    return digest.finalize()


def hmac_sha256(key: bytes, *parts: bytes) -> bytes:
    """The MAC of the parts, joined (RFC 2104). Give parts of fixed length, or `joined` ones."""
    mac = HMAC(key, _SHA256)
    for part in parts:
        mac.update(part)
    return mac.finalize()


class KeyedMac:
    """MACs under one key, which is taken in once: half the cost where a long log is written or verified."""

    def __init__(self, key: bytes) -> None:
        self._keyed = HMAC(key, _SHA256)

    def of(self, *parts: bytes) -> bytes:
        """The MAC of the parts, joined."""
        return self._over(parts).finalize()

    def holds(self, mac: bytes, *parts: bytes) -> bool:
        """Whether a MAC is that of the parts, joined; compared in constant time."""
        try:
            self._over(parts).verify(mac)
        except InvalidSignature:
            return False
        return True

    def _over(self, parts: tuple[bytes, ...]) -> HMAC:
        computed = self._keyed.copy()
        for part in parts:
            computed.update(part)
        return computed


_COMPARING = KeyedMac(os.urandom(32))


def mac_holds(key: bytes, mac: bytes, *parts: bytes) -> bool:
    """Whether a MAC is that of the parts, joined; compared in constant time."""
    return KeyedMac(key).holds(mac, *parts)


def joined(*parts: bytes) -> bytes:
    """The parts, each behind its length, so that no two lists of parts give the same bytes."""
    return b"".join([len(part).to_bytes(4, "big") + part for part in parts])


def same(first: bytes, second: bytes) -> bool:
    """Whether two secrets or MACs are equal, in constant time: by their MACs under a key that nobody knows."""
    return _COMPARING.holds(_COMPARING.of(second), first)
