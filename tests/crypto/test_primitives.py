"""The primitives that kmscli trusts, against what their standards publish."""

import hashlib
import hmac

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from cryptography.hazmat.primitives.kdf.hkdf import HKDF, HKDFExpand
from cryptography.hazmat.primitives.kdf.kbkdf import KBKDFHMAC, CounterLocation, Mode
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto.hashing import hmac_sha256, joined, same, sha256
from tests.crypto.vectors import published


@pytest.mark.parametrize("vector", published("aes_256_gcm"))
def test_aes_gcm_is_what_nist_says(vector: dict[str, bytes]) -> None:
    """AES-256-GCM gives NIST's ciphertexts, and opens them."""
    cipher = AESGCM(vector["key"])
    assert cipher.encrypt(vector["iv"], vector["plaintext"], vector["associated"]) == vector["sealed"]
    assert cipher.decrypt(vector["iv"], vector["sealed"], vector["associated"]) == vector["plaintext"]


@pytest.mark.parametrize("vector", published("aes_256_gcm_refused"))
def test_aes_gcm_refuses_what_nist_refuses(vector: dict[str, bytes]) -> None:
    """A ciphertext that NIST lists as not authentic does not open."""
    with pytest.raises(InvalidTag):
        AESGCM(vector["key"]).decrypt(vector["iv"], vector["sealed"], vector["associated"])


@pytest.mark.parametrize("vector", published("sp_800_108_counter_hmac_sha_256"))
def test_counter_mode_derivation_is_what_nist_says(vector: dict[str, bytes]) -> None:
    """SP 800-108 in counter mode, with the counter that kmscli uses, gives NIST's keys."""
    derivation = KBKDFHMAC(
        algorithm=SHA256(),
        mode=Mode.CounterMode,
        length=len(vector["derived"]),
        rlen=4,
        llen=None,
        location=CounterLocation.BeforeFixed,
        label=None,
        context=None,
        fixed=vector["fixed"],
    )
    assert derivation.derive(vector["key"]) == vector["derived"]


@pytest.mark.parametrize("vector", published("hkdf_sha_256"))
def test_hkdf_is_what_rfc_5869_says(vector: dict[str, bytes]) -> None:
    """HKDF, whole and its second half alone, gives RFC 5869's keys."""
    length = len(vector["derived"])
    whole = HKDF(SHA256(), length, vector["salt"], vector["info"])
    assert whole.derive(vector["secret"]) == vector["derived"]
    extracted = hmac.digest(vector["salt"] or bytes(32), vector["secret"], "sha256")
    assert HKDFExpand(SHA256(), length, vector["info"]).derive(extracted) == vector["derived"]


def test_argon2id_is_what_rfc_9106_says() -> None:
    """Argon2id gives the tag of RFC 9106, section 5.3."""
    derivation = Argon2id(
        salt=bytes([2]) * 16,
        length=32,
        iterations=3,
        lanes=4,
        memory_cost=32,
        ad=bytes([4]) * 12,
        secret=bytes([3]) * 8,
    )
    tag = "0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659"
    assert derivation.derive(bytes([1]) * 32).hex() == tag


@given(some.binary(min_size=1, max_size=100), some.lists(some.binary(max_size=100), max_size=4))
def test_hashes_are_the_standard_library_s(key: bytes, parts: list[bytes]) -> None:
    """SHA-256 and HMAC-SHA-256 of parts are those of the parts put together."""
    assert sha256(*parts) == hashlib.sha256(b"".join(parts)).digest()
    assert hmac_sha256(key, *parts) == hmac.digest(key, b"".join(parts), "sha256")


@given(some.lists(some.binary(max_size=8), max_size=4), some.lists(some.binary(max_size=8), max_size=4))
def test_joined_parts_are_told_apart(first: list[bytes], second: list[bytes]) -> None:
    """Two lists of parts are joined to the same bytes only if they are the same."""
    assert (joined(*first) == joined(*second)) == (first == second)


@given(some.binary(max_size=40), some.binary(max_size=40))
def test_same_is_equality(first: bytes, second: bytes) -> None:
    """The comparison in constant time finds what `==` finds."""
    assert same(first, bytes(first))
    assert same(first, second) == (first == second)
