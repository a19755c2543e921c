"""RSA against Wycheproof and NIST."""

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from kmscli.crypto import rsa_keys
from kmscli.crypto.aead import NotAuthenticError
from kmscli.crypto.asymmetric import InvalidSignatureError
from kmscli.crypto.importing import imported
from tests.crypto.packaged import judged, responses, unhex


def verifies(public: rsa.RSAPublicKey, algorithm: str, message: bytes, signature: bytes) -> bool:
    """Whether a RAW message has this signature."""
    try:
        rsa_keys.verify(public, algorithm, "RAW", message, signature)
    except InvalidSignatureError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        (f"rsa_signature_{bits}_sha{digest}", f"RSASSA_PKCS1_V1_5_SHA_{digest}")
        for bits, digest in ((2048, 256), (2048, 384), (2048, 512), (3072, 256), (3072, 384), (3072, 512), (4096, 512))
    ]
    + [
        (f"rsa_pss_{bits}_sha{digest}_mgf1_{digest // 8}", f"RSASSA_PSS_SHA_{digest}")
        for bits, digest in ((2048, 256), (2048, 384), (3072, 256), (4096, 256), (4096, 384), (4096, 512))
    ],
)
def test_signatures_are_judged_as_wycheproof_does(name: str, algorithm: str) -> None:
    """Valid signatures verify, and the crafted ones do not."""
    wrong = [
        case["tcId"]
        for group, case in judged(f"Signature/{name}")
        if verifies(
            rsa_keys.load_public("", bytes.fromhex(group.get("publicKeyDer") or group["keyDer"])),
            algorithm,
            *unhex(case, "msg", "sig"),
        )
        != (case["result"] == "valid")
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("name", "algorithm"),
    [
        ("rsa_pss_2048_sha256_mgf1_0", "RSASSA_PSS_SHA_256"),
        ("rsa_pss_2048_sha256_mgf1sha1_20", "RSASSA_PSS_SHA_256"),
        ("rsa_pss_4096_sha512_mgf1_32", "RSASSA_PSS_SHA_512"),
    ],
)
def test_other_salts_and_masks_are_refused(name: str, algorithm: str) -> None:
    """PSS with a salt shorter than the hash, or another mask, is not what KMS signs, and does not verify."""
    for group, case in judged(f"Signature/{name}"):
        if case["result"] == "valid":
            public = rsa_keys.load_public("", bytes.fromhex(group["publicKeyDer"]))
            assert not verifies(public, algorithm, *unhex(case, "msg", "sig"))


@pytest.mark.parametrize("digest", [256, 384, 512])
def test_signatures_are_judged_as_nist_does(digest: int) -> None:
    """NIST's PKCS#1 v1.5 signatures verify or not as NIST says."""
    records = [
        record
        for record in responses("asymmetric/RSA/FIPS_186-2/SigVer15_186-3.rsp")
        if record.get("SHAAlg") == f"SHA{digest}" and record["section"] in ("mod = 2048", "mod = 3072")
    ]
    assert len(records) >= 10
    for record in records:
        public = rsa.RSAPublicNumbers(int(record["e"], 16), int(record["n"], 16)).public_key()
        expected = record["Result"].startswith("P")
        assert verifies(public, f"RSASSA_PKCS1_V1_5_SHA_{digest}", *unhex(record, "Msg", "S")) == expected


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_pkcs_1_signatures_are_wycheproof_s(bits: int) -> None:
    """PKCS#1 v1.5 has no randomness: an imported key makes the published signatures, from the message or its digest."""
    imports: dict[str, object] = {}
    seen = 0
    for group, case in judged(f"Signature/rsa_pkcs1_{bits}_sig_gen"):
        if group["sha"] not in ("SHA-256", "SHA-384", "SHA-512"):
            continue
        pkcs8 = group["privateKeyPkcs8"]
        if pkcs8 not in imports:
            secret, _ = imported(f"RSA_{bits}", bytes.fromhex(pkcs8))
            imports[pkcs8] = rsa_keys.load("", secret)
        private = imports[pkcs8]
        assert isinstance(private, rsa.RSAPrivateKey)
        algorithm = f"RSASSA_PKCS1_V1_5_{group['sha'].replace('-', '_')}"
        message, signature = unhex(case, "msg", "sig")
        assert rsa_keys.sign(private, algorithm, "RAW", message) == signature
        seen += 1
    assert seen >= 6


@pytest.mark.parametrize(("bits", "digest"), [(2048, 1), (2048, 256), (3072, 256), (4096, 256)])
def test_decryption_is_wycheproof_s(bits: int, digest: int) -> None:
    """An imported key opens the valid ciphertexts without a label, and refuses all others in one way."""
    keys: dict[str, rsa.RSAPrivateKey] = {}
    for group, case in judged(f"Cipher/rsa_oaep_{bits}_sha{digest}_mgf1sha{digest}"):
        pkcs8 = group["privateKeyPkcs8"]
        if pkcs8 not in keys:
            keys[pkcs8] = rsa_keys.load("", imported(f"RSA_{bits}", bytes.fromhex(pkcs8))[0])
        ciphertext, message = unhex(case, "ct", "msg")
        algorithm = f"RSAES_OAEP_SHA_{digest}"
        if case["result"] == "valid" and not case["label"]:
            assert rsa_keys.decrypt(keys[pkcs8], algorithm, ciphertext) == message
        else:
            with pytest.raises(NotAuthenticError) as refusal:
                rsa_keys.decrypt(keys[pkcs8], algorithm, ciphertext)
            assert refusal.value.args == ()


LIMITS = {
    ("RSA_2048", 1): 214, ("RSA_2048", 256): 190,
    ("RSA_3072", 1): 342, ("RSA_3072", 256): 318,
    ("RSA_4096", 1): 470, ("RSA_4096", 256): 446,
}  # fmt: skip


@pytest.mark.parametrize(("spec", "digest"), LIMITS)
def test_the_longest_plaintext(spec: str, digest: int) -> None:
    """The longest plaintext is what the reference says."""
    assert rsa_keys.maximum_plaintext(spec, f"RSAES_OAEP_SHA_{digest}") == LIMITS[spec, digest]


@pytest.mark.parametrize("digest", [1, 256])
def test_the_longest_plaintext_fits_and_no_longer_one(digest: int) -> None:
    """A plaintext of the greatest length round trips, one byte more is refused, and neither is the same twice."""
    algorithm = f"RSAES_OAEP_SHA_{digest}"
    secret, spki = rsa_keys.generate("RSA_2048")
    private, public = rsa_keys.load("RSA_2048", secret), rsa_keys.load_public("RSA_2048", spki)
    plaintext = bytes(LIMITS["RSA_2048", digest])
    ciphertext = rsa_keys.encrypt(public, algorithm, plaintext)
    assert rsa_keys.decrypt(private, algorithm, ciphertext) == plaintext
    assert len(ciphertext) == 256
    assert rsa_keys.encrypt(public, algorithm, plaintext) != ciphertext
    with pytest.raises(ValueError, match=r"Encryption failed|too long"):
        rsa_keys.encrypt(public, algorithm, plaintext + b"\0")


def test_a_ciphertext_of_another_hash_or_length_is_refused_alike() -> None:
    """Whatever is wrong with a ciphertext, its hash, a byte, its length, the refusal is the same."""
    secret, spki = rsa_keys.generate("RSA_2048")
    private = rsa_keys.load("RSA_2048", secret)
    ciphertext = rsa_keys.encrypt(rsa_keys.load_public("RSA_2048", spki), "RSAES_OAEP_SHA_256", b"plaintext")
    altered = ciphertext[:-1] + bytes((ciphertext[-1] ^ 1,))
    for algorithm, wrong in (
        ("RSAES_OAEP_SHA_1", ciphertext),
        *(("RSAES_OAEP_SHA_256", wrong) for wrong in (altered, ciphertext[:-1], ciphertext + b"\0", b"", bytes(256))),
        ("RSAES_OAEP_SHA_256", b"\xff" * 256),
    ):
        with pytest.raises(NotAuthenticError) as refusal:
            rsa_keys.decrypt(private, algorithm, wrong)
        assert refusal.value.args == ()
