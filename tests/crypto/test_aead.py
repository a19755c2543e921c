"""Sealing: confidential, integer, bound to its place, committed to one key."""

import hmac
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.aead import OVERHEAD, NotAuthenticError, seal, unseal

KEY = bytes(range(32))
OTHER_KEY = bytes(range(1, 33))
LABEL = b"kmscli.test"
KEYS = some.binary(min_size=32, max_size=32)


@given(KEYS, some.binary(max_size=5000), some.binary(max_size=99), some.binary(max_size=99))
def test_what_was_sealed_opens(key: bytes, plaintext: bytes, before: bytes, after: bytes) -> None:
    """Any bytes come back, whatever they are bound to, and grow by the same overhead."""
    sealed = seal(key, LABEL, plaintext, before, after)
    assert len(sealed) == len(plaintext) + OVERHEAD
    assert unseal(key, LABEL, sealed, before, after) == plaintext


def test_confidential() -> None:
    """Neither plaintext nor key stands in the sealed bytes, and the same plaintext is never sealed alike."""
    plaintext = b"a plaintext that is easily recognised"
    sealed = [seal(KEY, LABEL, plaintext, b"place") for _ in range(100)]
    assert len(set(sealed)) == len({one[:16] for one in sealed}) == len({one[48:60] for one in sealed}) == 100
    assert not any(piece in one for one in sealed for piece in (plaintext[:8], KEY[:8]))


def test_integrity() -> None:
    """Not one flipped bit of the sealed bytes, not a byte more or less, is let through."""
    sealed = seal(KEY, LABEL, b"plaintext", b"place")
    for place in range(len(sealed)):
        for bit in range(8):
            changed = bytearray(sealed)
            changed[place] ^= 1 << bit
            with pytest.raises(NotAuthenticError):
                unseal(KEY, LABEL, bytes(changed), b"place")
    for changed_length in (sealed[:-1], sealed + b"\0", sealed[1:], b"", sealed[:OVERHEAD], sealed[: OVERHEAD - 1]):
        with pytest.raises(NotAuthenticError):
            unseal(KEY, LABEL, changed_length, b"place")


@pytest.mark.parametrize(
    ("label", "before", "after"),
    [
        (LABEL, b"other place", b"after"),
        (LABEL, b"place", b"other"),
        (LABEL, b"", b"after"),
        (LABEL, b"place", b""),
        (LABEL, b"after", b"place"),
        (LABEL, b"placea", b"fter"),
        (b"kmscli.other", b"place", b"after"),
    ],
)
def test_moved(label: bytes, before: bytes, after: bytes) -> None:
    """Sealed bytes do not open at another place, or for another purpose."""
    sealed = seal(KEY, LABEL, b"plaintext", b"place", b"after")
    with pytest.raises(NotAuthenticError):
        unseal(KEY, label, sealed, before, after)


@given(KEYS, KEYS)
def test_another_key_opens_nothing(key: bytes, other: bytes) -> None:
    """Sealed bytes open under their own key only."""
    sealed = seal(key, LABEL, b"plaintext", b"place")
    if key == other:
        assert unseal(other, LABEL, sealed, b"place") == b"plaintext"
        return
    with pytest.raises(NotAuthenticError):
        unseal(other, LABEL, sealed, b"place")


def forged_for(key: bytes, nonce: bytes, iv: bytes, commitment: bytes, plaintext: bytes) -> bytes:
    """Bytes that AES-GCM itself would open under a key, with a commitment of the forger's choice."""
    associated = b"place" + nonce
    context = nonce + sha256(associated).digest()
    length = (512).to_bytes(4, "big")
    cipher_key = hmac.digest(key, b"\0\0\0\x01" + LABEL + b"\0" + context + length, "sha256")
    return nonce + commitment + iv + AESGCM(cipher_key).encrypt(iv, plaintext, associated + commitment)


def test_commitment() -> None:
    """What AES-GCM would open under a second key is refused: the commitment names the first."""
    sealed = seal(KEY, LABEL, b"plaintext", b"place")
    nonce, commitment, iv = sealed[:16], sealed[16:48], sealed[48:60]
    again = forged_for(KEY, nonce, iv, commitment, b"plaintext")
    assert again == sealed
    forged = forged_for(OTHER_KEY, nonce, iv, commitment, b"something else")
    with pytest.raises(NotAuthenticError):
        unseal(OTHER_KEY, LABEL, forged, b"place")
