"""HMAC against RFC 4231 and the standard library."""

import hmac as standard

import pytest
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.mac import InvalidMacError, check_mac, generate, mac
from tests.crypto.packaged import responses, unhex

SIZES = {224: 28, 256: 32, 384: 48, 512: 64}


@pytest.mark.parametrize("bits", SIZES)
def test_macs_are_what_rfc_4231_says(bits: int) -> None:
    """Every MAC of the RFC comes out, whole, and is accepted."""
    vectors = list(responses(f"HMAC/rfc-4231-sha{bits}.txt"))
    assert len(vectors) >= 5
    for vector in vectors:
        key, message, tag = unhex(vector, "Key", "Msg", "MD")
        assert mac(f"HMAC_SHA_{bits}", key, message) == tag
        check_mac(f"HMAC_SHA_{bits}", key, message, tag)


@given(some.sampled_from(sorted(SIZES)), some.binary(min_size=28, max_size=128), some.binary(max_size=200))
def test_macs_are_the_standard_library_s(bits: int, key: bytes, message: bytes) -> None:
    """A MAC under any key that may be imported is what the standard library computes."""
    assert mac(f"HMAC_SHA_{bits}", key, message) == standard.digest(key, message, f"sha{bits}")


@pytest.mark.parametrize(("bits", "size"), SIZES.items())
def test_a_new_key_is_as_long_as_its_hash(bits: int, size: int) -> None:
    """A generated key has the length of its hash, no public key, and is never the same twice."""
    secret, public = generate(f"HMAC_{bits}")
    assert (len(secret), public) == (size, b"")
    assert generate(f"HMAC_{bits}") != (secret, public)


@pytest.mark.parametrize("change", ["cut", "longer", "flipped", "empty", "other message", "other key", "other hash"])
def test_a_wrong_mac_is_refused(change: str) -> None:
    """A MAC that is not the whole right one is refused, for every cause alike."""
    key, message = bytes(range(64)), b"message"
    tag = mac("HMAC_SHA_512", key, message)
    wrong = {
        "cut": ("HMAC_SHA_512", key, message, tag[:-1]),
        "longer": ("HMAC_SHA_512", key, message, tag + b"\0"),
        "flipped": ("HMAC_SHA_512", key, message, bytes((tag[0] ^ 1,)) + tag[1:]),
        "empty": ("HMAC_SHA_512", key, message, b""),
        "other message": ("HMAC_SHA_512", key, message + b"\0", tag),
        "other key": ("HMAC_SHA_512", key[::-1], message, tag),
        "other hash": ("HMAC_SHA_384", key, message, tag),
    }
    with pytest.raises(InvalidMacError):
        check_mac(*wrong[change])
