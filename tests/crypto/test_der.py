"""Keys in DER, against `cryptography`'s own serialization."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
    load_der_public_key,
)
from hypothesis import given
from hypothesis import strategies as some

from kmscli.crypto import asymmetric, der, ml_kem, rsa_keys

BY_CRYPTOGRAPHY = sorted(
    spec for spec in asymmetric.FAMILIES if spec != "ML_KEM_512" and not spec.startswith(("HMAC_", "RSA_3", "RSA_4"))
)


@pytest.mark.parametrize("spec", BY_CRYPTOGRAPHY)
def test_public_keys_are_written_as_others_write_them(spec: str) -> None:
    """A SubjectPublicKeyInfo is, byte by byte, what cryptography writes of the same key."""
    _, spki = asymmetric.generate(spec)
    written = load_der_public_key(spki).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert written == spki


@pytest.mark.parametrize("spec", [spec for spec in BY_CRYPTOGRAPHY if not spec.startswith("ML_DSA_")])
def test_private_keys_are_written_as_others_write_them(spec: str) -> None:
    """A PKCS#8 private key is, byte by byte, what cryptography writes of the same key pair."""
    pkcs8, spki = asymmetric.generate_pair(spec)
    key = load_der_private_key(pkcs8, None)
    assert key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()) == pkcs8
    assert key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == spki


def test_the_secret_of_an_rsa_key_is_pkcs_1() -> None:
    """RSA's secret is what cryptography calls the traditional form."""
    secret, _ = rsa_keys.generate("RSA_2048")
    key = load_der_private_key(secret, None)
    assert isinstance(key, rsa.RSAPrivateKey)
    assert key.private_bytes(Encoding.DER, PrivateFormat.TraditionalOpenSSL, NoEncryption()) == secret


NUMBERS = some.lists(some.integers(min_value=0, max_value=2**4200), max_size=9)


@given(NUMBERS)
def test_integers_come_back(numbers: list[int]) -> None:
    """What is written as a sequence of integers is read as the same."""
    assert der.integers(der.sequence(*map(der.integer, numbers))) == numbers


@given(some.binary(max_size=300))
def test_raw_keys_come_back(raw: bytes) -> None:
    """The raw bytes of a public key are read out of the SubjectPublicKeyInfo that was written around them."""
    algorithm = ml_kem.ALGORITHMS["ML_KEM_512"]
    assert der.raw_public_key(algorithm, der.public_key_info(algorithm, raw)) == raw


def altered(content: bytes) -> "some.SearchStrategy[bytes]":
    """Bytes with one of them changed, cut off, or something behind them."""
    flips = some.tuples(some.integers(0, len(content) - 1), some.integers(1, 255)).map(
        lambda flip: content[: flip[0]] + bytes((content[flip[0]] ^ flip[1],)) + content[flip[0] + 1 :]
    )
    cuts = some.integers(0, len(content) - 1).map(lambda end: content[:end])
    return some.one_of(flips, cuts, some.binary(min_size=1, max_size=4).map(content.__add__))


ONE_KEY = der.public_key_info(rsa_keys.ALGORITHM, der.sequence(der.integer(2**2047), der.integer(65537)))


@given(altered(ONE_KEY))
def test_there_is_one_encoding_of_a_public_key(spki: bytes) -> None:
    """An altered SubjectPublicKeyInfo is refused, or is the encoding of something else: nothing is read leniently."""
    try:
        raw = der.raw_public_key(rsa_keys.ALGORITHM, spki)
    except ValueError:
        return
    assert der.public_key_info(rsa_keys.ALGORITHM, raw) == spki != ONE_KEY


@given(some.one_of(some.binary(max_size=40), altered(der.sequence(der.integer(0), der.integer(2**70)))))
def test_there_is_one_encoding_of_integers(content: bytes) -> None:
    """Any bytes are either the one encoding of some integers, or refused with ValueError and nothing else."""
    try:
        numbers = der.integers(content)
    except ValueError:
        return
    assert der.sequence(*map(der.integer, numbers)) == content
