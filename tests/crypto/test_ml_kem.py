"""ML-KEM against FIPS 203's known answers and Wycheproof, alike for both libraries."""

import pickle

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from kmscli.crypto import der, ml_kem, ml_kem_512
from kmscli.crypto.aead import NotAuthenticError
from tests.crypto.packaged import judged, responses, unhex, wycheproof

CIPHERTEXTS = {"ML_KEM_512": 768, "ML_KEM_768": 1088, "ML_KEM_1024": 1568}
SEEDS = some.binary(min_size=64, max_size=64)


def spki_of(spec: str, raw: bytes) -> bytes:
    """The SubjectPublicKeyInfo of a raw encapsulation key."""
    return der.public_key_info(ml_kem.ALGORITHMS[spec], raw)


@pytest.mark.parametrize("spec", CIPHERTEXTS)
def test_known_answers(spec: str) -> None:
    """A seed has its published public key, opens the published ciphertext, and rejects the altered one as published."""
    records = list(responses(f"asymmetric/MLKEM/kat_{spec.replace('_', '', 1)}.rsp"))
    assert len(records) == 1000
    for record in records[:200]:
        d, z, raw, ciphertext, secret, altered, rejected = unhex(record, "d", "z", "pk", "ct", "ss", "ct_n", "ss_n")
        private = ml_kem.load(spec, d + z)
        assert ml_kem.public_key(spec, private) == spki_of(spec, raw)
        assert ml_kem.decapsulate(private, ciphertext) == secret
        assert ml_kem.decapsulate(private, altered) == rejected


@pytest.mark.parametrize("spec", CIPHERTEXTS)
def test_decapsulation_is_what_wycheproof_says(spec: str) -> None:
    """Every valid case gives its secret; a seed or a ciphertext of another length is refused."""
    for _, case in judged(f"Protocol/{spec.replace('_', '', 1).lower()}"):
        seed, ciphertext = unhex(case, "seed", "c")
        if case["result"] == "valid":
            private = ml_kem.load(spec, seed)
            assert ml_kem.decapsulate(private, ciphertext).hex() == case["K"]
        elif len(seed) == 64:
            with pytest.raises(NotAuthenticError):
                ml_kem.decapsulate(ml_kem.load(spec, seed), ciphertext)
        else:
            with pytest.raises(ValueError, match="64"):
                ml_kem.load(spec, seed)


@pytest.mark.parametrize("spec", CIPHERTEXTS)
def test_public_keys_are_wycheproof_s(spec: str) -> None:
    """A seed has its public key; 512 encapsulates as published; a public key that is not reduced is refused."""
    name = f"Protocol/{spec.replace('_', '', 1).lower()}"
    for _, case in wycheproof(f"{name}_keygen_seed"):
        seed, raw = unhex(case, "seed", "ek")
        assert ml_kem.public_key(spec, ml_kem.load(spec, seed)) == spki_of(spec, raw)
    for _, case in judged(f"{name}_encaps"):
        spki = spki_of(spec, bytes.fromhex(case["ek"]))
        if case["result"] == "valid":
            public = ml_kem.load_public(spec, spki)
            if isinstance(public, ml_kem_512.PublicKey):
                assert public._key._encaps(bytes.fromhex(case["m"])) == tuple(unhex(case, "K", "c"))
        else:
            with pytest.raises(ValueError, match="public key"):
                ml_kem.load_public(spec, spki)


@settings(deadline=None)
@given(some.sampled_from(sorted(CIPHERTEXTS)), SEEDS)
def test_what_is_encapsulated_is_decapsulated(spec: str, seed: bytes) -> None:
    """Both sides have the same secret of 32 bytes, which is another one each time."""
    private = ml_kem.load(spec, seed)
    public = ml_kem.load_public(spec, ml_kem.public_key(spec, private))
    secret, ciphertext = ml_kem.encapsulate(public)
    assert (len(secret), len(ciphertext)) == (32, CIPHERTEXTS[spec])
    assert ml_kem.decapsulate(private, ciphertext) == secret
    assert ml_kem.encapsulate(public) != (secret, ciphertext)


@pytest.mark.parametrize("spec", CIPHERTEXTS)
def test_an_altered_ciphertext_gives_another_secret_and_a_cut_one_none(spec: str) -> None:
    """Implicit rejection: no error tells an altered ciphertext from a right one, only the length is judged."""
    secret, spki = ml_kem.generate(spec)
    private = ml_kem.load(spec, secret)
    shared, ciphertext = ml_kem.encapsulate(ml_kem.load_public(spec, spki))
    altered = bytes((ciphertext[0] ^ 1,)) + ciphertext[1:]
    assert ml_kem.decapsulate(private, altered) != shared
    assert ml_kem.decapsulate(private, altered) == ml_kem.decapsulate(private, altered)
    for wrong in (ciphertext[:-1], ciphertext + b"\0", b""):
        with pytest.raises(NotAuthenticError):
            ml_kem.decapsulate(private, wrong)


def test_a_key_of_512_neither_shows_nor_pickles() -> None:
    """The one private key that is a class of ours holds its secret to itself."""
    secret, _ = ml_kem.generate("ML_KEM_512")
    private = ml_kem_512.PrivateKey.from_seed_bytes(secret)
    assert secret.hex() not in repr(private)
    with pytest.raises(TypeError, match="never pickled"):
        pickle.dumps(private)
