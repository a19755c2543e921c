"""ML-DSA against FIPS 204's known answers and Wycheproof."""

import hashlib

import pytest
from Crypto.PublicKey import MLDSA
from Crypto.Signature import mldsa
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import der, ml_dsa
from kmscli.crypto.asymmetric import InvalidSignatureError
from tests.crypto.packaged import judged, responses, unhex

SIZES = {"ML_DSA_44": 2420, "ML_DSA_65": 3309, "ML_DSA_87": 4627}


def verifies(public: ml_dsa.Public, message_type: str, message: bytes, signature: bytes) -> bool:
    """Whether a message has this signature."""
    try:
        ml_dsa.verify(public, "ML_DSA_SHAKE_256", message_type, message, signature)
    except InvalidSignatureError:
        return False
    return True


def representative(spki: bytes, spec: str, message: bytes, context: bytes = b"") -> bytes:
    """mu by the standard library: FIPS 204, Algorithm 7, line 6, of a pure signature."""
    raw = der.raw_public_key(ml_dsa.ALGORITHMS[spec], spki)
    prefix = bytes((0, len(context))) + context
    return hashlib.shake_256(hashlib.shake_256(raw).digest(64) + prefix + message).digest(64)


@pytest.mark.parametrize("spec", SIZES)
def test_known_answers(spec: str) -> None:
    """A seed has its published public key, under which the published signature for a context verifies by way of mu."""
    records = list(responses(f"asymmetric/MLDSA/kat_{spec.replace('_', '', 1)}_det_pure.rsp"))
    assert len(records) >= 50
    for record in records:
        seed, raw, message, signed, context = unhex(record, "xi", "pk", "msg", "sm", "ctx")
        spki = ml_dsa.public_key(spec, ml_dsa.load(spec, seed))
        assert spki == der.public_key_info(ml_dsa.ALGORITHMS[spec], raw)
        mu = representative(spki, spec, message, context)
        assert verifies(ml_dsa.load_public(spec, spki), "EXTERNAL_MU", mu, signed[: SIZES[spec]])


@pytest.mark.parametrize("spec", SIZES)
def test_signatures_are_judged_as_wycheproof_does(spec: str) -> None:
    """Valid signatures without a context verify; the crafted ones, and those made for a context, do not."""
    for group, case in judged(f"Signature/{spec.replace('_', '', 1).lower()}_verify"):
        spki = der.public_key_info(ml_dsa.ALGORITHMS[spec], bytes.fromhex(group["publicKey"]))
        try:
            public = ml_dsa.load_public(spec, spki)
        except ValueError:
            assert "IncorrectPublicKeyLength" in case["flags"]
            continue
        expected = case["result"] == "valid" and not case.get("ctx")
        assert verifies(public, "RAW", *unhex(case, "msg", "sig")) == expected, case["tcId"]


@pytest.mark.parametrize("spec", SIZES)
def test_seeds_and_representatives_are_wycheproof_s(spec: str) -> None:
    """A published seed has its public key, and its signature verifies against the published mu."""
    checked = 0
    for group, case in judged(f"Signature/{spec.replace('_', '', 1).lower()}_sign_seed"):
        seed = bytes.fromhex(group["privateSeed"])
        if len(seed) != 32:
            with pytest.raises(ValueError, match="32"):
                ml_dsa.load(spec, seed)
            continue
        spki = ml_dsa.public_key(spec, ml_dsa.load(spec, seed))
        assert spki == der.public_key_info(ml_dsa.ALGORITHMS[spec], bytes.fromhex(group["publicKey"]))
        if case["result"] == "valid" and "mu" in case:
            assert verifies(ml_dsa.load_public(spec, spki), "EXTERNAL_MU", *unhex(case, "mu", "sig"))
            checked += 1
    assert checked > 20


@pytest.mark.parametrize("spec", SIZES)
def test_another_library_verifies(spec: str) -> None:
    """Signatures of a message and of its representative verify in pycryptodome, under the exported public key."""
    secret, spki = ml_dsa.generate(spec)
    verifier = mldsa.new(MLDSA.import_key(spki))
    private = ml_dsa.load(spec, secret)
    verifier.verify(b"message", ml_dsa.sign(private, "ML_DSA_SHAKE_256", "RAW", b"message"))
    mu = representative(spki, spec, b"message")
    verifier.verify(b"message", ml_dsa.sign(private, "ML_DSA_SHAKE_256", "EXTERNAL_MU", mu))


@settings(max_examples=20, deadline=None)
@given(some.sampled_from(sorted(SIZES)), some.binary(min_size=32, max_size=32), some.binary(max_size=4096))
def test_raw_and_external_mu_are_the_same_signature(spec: str, seed: bytes, message: bytes) -> None:
    """What is signed raw verifies by mu, the other way about too, and two signatures of one message differ."""
    private = ml_dsa.load(spec, seed)
    spki = ml_dsa.public_key(spec, private)
    public, mu = ml_dsa.load_public(spec, spki), representative(spki, spec, message)
    raw = ml_dsa.sign(private, "ML_DSA_SHAKE_256", "RAW", message)
    by_mu = ml_dsa.sign(private, "ML_DSA_SHAKE_256", "EXTERNAL_MU", mu)
    assert raw != by_mu
    assert len(raw) == len(by_mu) == SIZES[spec]
    assert verifies(public, "EXTERNAL_MU", mu, raw)
    assert verifies(public, "RAW", message, by_mu)
    assert not verifies(public, "RAW", message + b"\0", raw)
    assert not verifies(public, "RAW", mu, by_mu)
