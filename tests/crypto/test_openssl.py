"""What kmscli makes, OpenSSL on the shell takes, and the other way about."""

import hashlib
from pathlib import Path

import pytest

from kmscli.crypto import asymmetric, wrapping
from kmscli.crypto.importing import imported
from tests.crypto.openssl import OAEP, WRAP_PAD, Shell

SIGNING = [
    ("RSA_2048", f"RSASSA_{padding}_SHA_{digest}") for padding in ("PKCS1_V1_5", "PSS") for digest in (256, 384, 512)
] + [
    ("ECC_NIST_P256", "ECDSA_SHA_256"),
    ("ECC_NIST_P384", "ECDSA_SHA_384"),
    ("ECC_NIST_P521", "ECDSA_SHA_512"),
    ("ECC_SECG_P256K1", "ECDSA_SHA_256"),
]
MESSAGE = b"a message that is longer than any digest of it, whatever the algorithm: " * 4


@pytest.fixture
def shell(tmp_path: Path) -> Shell:
    """A shell in a folder of its own."""
    return Shell(tmp_path)


def options(algorithm: str) -> str:
    """OpenSSL's options for signing or verifying a digest by an algorithm of KMS."""
    digest = algorithm.rpartition("_")[2]
    padding = {
        "RSASSA_PKCS1_V1_5": "-pkeyopt rsa_padding_mode:pkcs1",
        "RSASSA_PSS": f"-pkeyopt rsa_padding_mode:pss -pkeyopt rsa_pss_saltlen:{int(digest) // 8}",
        "ECDSA": "",
    }[algorithm.rpartition("_SHA_")[0]]
    return f"{padding} -pkeyopt digest:sha{digest}"


def digest_of(algorithm: str) -> bytes:
    """The message's digest."""
    return hashlib.new(f"sha{algorithm.rpartition('_')[2]}", MESSAGE).digest()


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
@pytest.mark.parametrize("message_type", ["RAW", "DIGEST"])
def test_openssl_verifies(shell: Shell, spec: str, algorithm: str, message_type: str) -> None:
    """A signature of the message, and one of its digest, verify in OpenSSL under the exported public key."""
    secret, spki = asymmetric.generate(spec)
    message = MESSAGE if message_type == "RAW" else digest_of(algorithm)
    signature = asymmetric.sign(asymmetric.load(spec, secret), algorithm, message_type, message)
    shell.put(key=spki, digest=digest_of(algorithm), signature=signature)
    verify = "pkeyutl -verify -pubin -inkey key -keyform DER -in digest -sigfile signature"
    assert b"Verified Successfully" in shell.openssl(f"{verify} {options(algorithm)}")


@pytest.mark.parametrize(("spec", "algorithm"), SIGNING)
def test_openssl_signs(shell: Shell, spec: str, algorithm: str) -> None:
    """A signature by OpenSSL, under the private key of a data key pair, verifies here as RAW and as DIGEST."""
    pkcs8, spki = asymmetric.generate_pair(spec)
    shell.put(key=pkcs8, digest=digest_of(algorithm))
    signature = shell.openssl(f"pkeyutl -sign -inkey key -keyform DER -in digest -out out {options(algorithm)}")
    public = asymmetric.load_public(spec, spki)
    asymmetric.verify(public, algorithm, "RAW", MESSAGE, signature)
    asymmetric.verify(public, algorithm, "DIGEST", digest_of(algorithm), signature)


def test_openssl_and_ed25519(shell: Shell) -> None:
    """Pure Ed25519 signatures go both ways."""
    pkcs8, spki = asymmetric.generate_pair("ECC_NIST_EDWARDS25519")
    secret, _ = imported("ECC_NIST_EDWARDS25519", pkcs8)
    private = asymmetric.load("ECC_NIST_EDWARDS25519", secret)
    signature = asymmetric.sign(private, "ED25519_SHA_512", "RAW", MESSAGE)
    shell.put(private=pkcs8, public=spki, message=MESSAGE, signature=signature)
    verify = "pkeyutl -verify -pubin -inkey public -keyform DER -rawin -in message -sigfile signature"
    assert b"Verified Successfully" in shell.openssl(verify)
    assert shell.openssl("pkeyutl -sign -inkey private -keyform DER -rawin -in message -out out") == signature


@pytest.mark.parametrize("digest", [1, 256])
def test_openssl_and_rsa_encryption(shell: Shell, digest: int) -> None:
    """OAEP ciphertexts go both ways, with the same hash for label and mask."""
    pkcs8, spki = asymmetric.generate_pair("RSA_2048")
    secret, _ = imported("RSA_2048", pkcs8)
    oaep = f"-pkeyopt rsa_padding_mode:oaep -pkeyopt rsa_oaep_md:sha{digest} -pkeyopt rsa_mgf1_md:sha{digest}"
    algorithm = f"RSAES_OAEP_SHA_{digest}"
    ciphertext = asymmetric.encrypt(asymmetric.load_public("RSA_2048", spki), algorithm, b"plaintext")
    shell.put(private=pkcs8, public=spki, ciphertext=ciphertext, plaintext=b"the other way about")
    assert shell.openssl(f"pkeyutl -decrypt -inkey private -keyform DER -in ciphertext -out out {oaep}") == b"plaintext"
    theirs = shell.openssl(f"pkeyutl -encrypt -pubin -inkey public -keyform DER -in plaintext -out out {oaep}")
    assert asymmetric.decrypt(asymmetric.load("RSA_2048", secret), algorithm, theirs) == b"the other way about"


@pytest.mark.parametrize("spec", ["ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521"])
def test_openssl_and_key_agreement(shell: Shell, spec: str) -> None:
    """OpenSSL and kmscli agree on the same secret, each from its own private and the other's public key."""
    theirs, their_spki = asymmetric.generate_pair(spec)
    secret, spki = asymmetric.generate(spec)
    shell.put(private=theirs, public=spki)
    shared = shell.openssl("pkeyutl -derive -inkey private -keyform DER -peerkey public -peerform DER -out out")
    assert asymmetric.agree(asymmetric.load(spec, secret), spec, their_spki) == shared


CHECKED = [spec for spec, family in asymmetric.FAMILIES.items() if family in ("elliptic", "rsa_keys")]


@pytest.mark.parametrize("spec", CHECKED)
def test_openssl_checks_data_key_pairs(shell: Shell, spec: str) -> None:
    """A data key pair's private key passes OpenSSL's own check and has the pair's public key."""
    pkcs8, spki = asymmetric.generate_pair(spec)
    shell.put(key=pkcs8)
    assert b"Key is valid" in shell.openssl("pkey -inform DER -in key -check -noout")
    assert shell.openssl("pkey -inform DER -in key -pubout -outform DER -out out") == spki


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
@pytest.mark.parametrize("spec", ["SYMMETRIC_DEFAULT", "HMAC_512", "ECC_NIST_P256", "RSA_2048"])
def test_material_wrapped_by_openssl_is_imported(shell: Shell, algorithm: str, spec: str) -> None:
    """Material that OpenSSL wrapped, as AWS's import guide has it, comes out and is imported."""
    material = {"SYMMETRIC_DEFAULT": bytes(range(32)), "HMAC_512": bytes(range(64))}.get(spec)
    material = material or asymmetric.generate_pair(spec)[0]
    if spec == "RSA_2048" and algorithm.startswith("RSAES_"):
        with pytest.raises(wrapping.TooLongToWrapError):
            wrapping.wrap(wrapping.new_wrapping_key("RSA_2048")[1], algorithm, material)
        return
    secret, spki = wrapping.new_wrapping_key("RSA_2048")
    key = bytes(range(32))
    oaep = OAEP.format("sha1" if algorithm.endswith("_1") else "sha256")
    hybrid = algorithm.startswith("RSA_AES_")
    shell.put(public=spki, material=material, clear=key if hybrid else material)
    wrapped = shell.openssl(f"pkeyutl -encrypt -pubin -inkey public -keyform DER -in clear -out out {oaep}")
    if hybrid:
        wrapped += shell.openssl(f"enc {WRAP_PAD} -K {key.hex()} -in material -out out")
    assert wrapping.unwrap(secret, algorithm, wrapped) == material
    assert imported(spec, material)


@pytest.mark.parametrize("algorithm", wrapping.ALGORITHMS)
def test_openssl_unwraps(shell: Shell, algorithm: str) -> None:
    """Material that kmscli wrapped is unwrapped by OpenSSL, step by step."""
    pkcs8, spki = asymmetric.generate_pair("RSA_2048")
    wrapped = wrapping.wrap(spki, algorithm, b"material of any sort")
    oaep = OAEP.format("sha1" if algorithm.endswith("_1") else "sha256")
    shell.put(private=pkcs8, first=wrapped[:256], second=wrapped[256:])
    opened = shell.openssl(f"pkeyutl -decrypt -inkey private -keyform DER -in first -out out {oaep}")
    if algorithm.startswith("RSA_AES_"):
        opened = shell.openssl(f"enc -d {WRAP_PAD} -K {opened.hex()} -in second -out out")
    assert opened == b"material of any sort"
