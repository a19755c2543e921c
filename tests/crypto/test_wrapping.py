"""Key material in its wrapping, against NIST's and Wycheproof's vectors of AES key wrap with padding (RFC 5649)."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import rsa_keys, wrapping
from kmscli.crypto.aead import NotAuthenticError
from tests.crypto.packaged import responses, unhex, wycheproof

SECRET, SPKI = wrapping.new_wrapping_key("RSA_2048")
HYBRID = "RSA_AES_KEY_WRAP_SHA_256"


def under(key: bytes, wrapped: bytes, algorithm: str = HYBRID) -> bytes:
    """Material that somebody else wrapped under an AES key, as a caller of ImportKeyMaterial would send it."""
    return rsa_keys.encrypt(rsa_keys.load_public("RSA_2048", SPKI), algorithm, key) + wrapped


def unwrapped(key: bytes, wrapped: bytes) -> bytes | None:
    """What was wrapped under an AES key; None when it is refused."""
    try:
        return wrapping.unwrap(SECRET, HYBRID, under(key, wrapped))
    except NotAuthenticError:
        return None


def test_key_wrap_is_judged_as_wycheproof_does() -> None:
    """Material under an AES-256 key comes out if it is valid, and is refused if it is not, or the key is shorter."""
    cases = list(wycheproof("Cipher/aes_kwp"))
    assert {group["keySize"] for group, _ in cases} == {128, 192, 256}
    for group, case in cases:
        key, message, wrapped = unhex(case, "key", "msg", "ct")
        valid = case["result"] == "valid" and group["keySize"] == 256
        assert unwrapped(key, wrapped) == (message if valid else None), case["tcId"]


@pytest.mark.parametrize("name", ["KWP_AD_256", "KWP_AE_256"])
def test_key_wrap_is_judged_as_nist_does(name: str) -> None:
    """NIST's wrapped keys come out, and those that fail do not."""
    records = list(responses(f"keywrap/kwtestvectors/{name}.txt"))[::25]
    assert len(records) >= 10
    for record in records:
        key, wrapped = unhex(record, "K", "C")
        assert unwrapped(key, wrapped) == (bytes.fromhex(record["P"]) if "P" in record else None)


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
@pytest.mark.parametrize("length", [1, 7, 8, 32, 128, 190])
def test_what_is_wrapped_is_unwrapped(algorithm: str, length: int) -> None:
    """Material of any length that the algorithm takes comes out as it went in."""
    material = bytes(range(length))
    wrapped = wrapping.wrap(SPKI, algorithm, material)
    assert wrapping.unwrap(SECRET, algorithm, wrapped) == material
    assert length < 8 or material not in wrapped


@pytest.mark.parametrize(("algorithm", "limit"), [("RSAES_OAEP_SHA_1", 214), ("RSAES_OAEP_SHA_256", 190)])
def test_what_does_not_fit_is_not_wrapped(algorithm: str, limit: int) -> None:
    """OAEP alone takes what fits the wrapping key; the hybrid algorithms take more."""
    assert len(wrapping.wrap(SPKI, algorithm, bytes(limit))) == 256
    with pytest.raises(wrapping.TooLongToWrapError):
        wrapping.wrap(SPKI, algorithm, bytes(limit + 1))
    assert len(wrapping.wrap(SPKI, HYBRID, bytes(2374))) == 256 + 2384


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
def test_damage_is_refused_alike(algorithm: str) -> None:
    """Wrapped material that was altered, cut, or wrapped under another algorithm or key is refused in one way."""
    wrapped = wrapping.wrap(SPKI, algorithm, bytes(32))
    flipped = [wrapped[:at] + bytes((wrapped[at] ^ 1,)) + wrapped[at + 1 :] for at in (0, 128, 255, len(wrapped) - 1)]
    for wrong in (*flipped, wrapped[:-1], wrapped[:-8], wrapped[:256] + wrapped[264:], wrapped + bytes(8), b""):
        if wrong == wrapped:
            continue
        with pytest.raises(NotAuthenticError) as refusal:
            wrapping.unwrap(SECRET, algorithm, wrong)
        assert refusal.value.args == ()
    for other in wrapping.ALGORITHMS:
        if other != algorithm:
            with pytest.raises(NotAuthenticError):
                wrapping.unwrap(SECRET, other, wrapped)
    with pytest.raises(NotAuthenticError):
        wrapping.unwrap(wrapping.new_wrapping_key("RSA_2048")[0], algorithm, wrapped)


@settings(deadline=None)
@given(some.sampled_from(wrapping.ALGORITHMS), some.binary(max_size=600))
def test_anything_else_is_refused(algorithm: str, wrapped: bytes) -> None:
    """Bytes that nobody wrapped are refused, whatever they are."""
    with pytest.raises(NotAuthenticError):
        wrapping.unwrap(SECRET, algorithm, wrapped)


@pytest.mark.parametrize("spki", [b"", b"\x30\x00", SPKI[:-1], SPKI + b"\0", b"-----BEGIN PUBLIC KEY-----"])
def test_no_wrapping_key_is_a_value_error(spki: bytes) -> None:
    """What is no RSA public key in DER wraps nothing."""
    with pytest.raises(ValueError, match="not a public key"):
        wrapping.wrap(spki, HYBRID, bytes(32))
