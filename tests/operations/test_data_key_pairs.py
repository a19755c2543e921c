import subprocess
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization

from kmscli.operations.algorithm_members import KEY_PAIR_SPECS
from tests.operations.house import House, arn
from tests.operations.stock import DRY, PUBLIC_KEYS, Stock, incompatible, read_event, wrong_usage

NAMES = ("GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext")
SPECS = [spec for spec in KEY_PAIR_SPECS if spec != "SM2"]
LIBRARY = [spec for spec in SPECS if spec != "ML_KEM_512"]
PRIVATE_KEYS = {"ECC_NIST_P256": 138, "ECC_NIST_P384": 185, "ECC_NIST_P521": 241, "ECC_SECG_P256K1": 135,
                "ECC_NIST_EDWARDS25519": 48, "ML_KEM_512": 86, "ML_KEM_768": 86, "ML_KEM_1024": 86}  # fmt: skip
"""The bytes of a private key in PKCS#8; those of RSA differ by some."""

CONTEXT = {"file": "a"}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("spec", SPECS)
def test_a_key_pair(stock: Stock, name: str, spec: str) -> None:
    """A pair comes with its public key and its private key encrypted, which decrypts under the same context only."""
    key = stock.key()
    answer = stock.call(name, KeyId=key, KeyPairSpec=spec, EncryptionContext=CONTEXT)
    blob, public = answer["PrivateKeyCiphertextBlob"], answer["PublicKey"]
    private = stock.call("Decrypt", CiphertextBlob=blob, EncryptionContext=CONTEXT)["Plaintext"]
    named = {"KeyId": arn(key), "KeyPairSpec": spec, "KeyMaterialId": stock.house.material_of(key)}
    plain = {"PrivateKeyPlaintext": private} if name == "GenerateDataKeyPair" else {}
    assert answer == {**named, **plain, "PrivateKeyCiphertextBlob": blob, "PublicKey": public}
    assert len(public) == PUBLIC_KEYS[spec]
    assert len(private) == PRIVATE_KEYS.get(spec, len(private))
    assert stock.refusal("Decrypt", CiphertextBlob=blob) == ("InvalidCiphertextException", "")


@pytest.mark.parametrize("spec", LIBRARY)
def test_a_library_reads_the_pair(stock: Stock, spec: str) -> None:
    """`cryptography` reads the private key and finds the public one in it."""
    answer = stock.call("GenerateDataKeyPair", KeyId=stock.key(), KeyPairSpec=spec)
    private = serialization.load_der_private_key(answer["PrivateKeyPlaintext"], None)
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    assert private.public_key().public_bytes(serialization.Encoding.DER, form) == answer["PublicKey"]


@pytest.mark.parametrize("spec", ["RSA_2048", "ECC_NIST_P384", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"])
def test_openssl_reads_the_pair(stock: Stock, spec: str) -> None:
    """OpenSSL on the shell reads the private key and makes the same public key of it."""
    answer = stock.call("GenerateDataKeyPair", KeyId=stock.key(), KeyPairSpec=spec)
    words = ["openssl", "pkey", "-inform", "DER", "-pubout", "-outform", "DER"]
    ran = subprocess.run(words, input=answer["PrivateKeyPlaintext"], capture_output=True, check=True)
    assert ran.stdout == answer["PublicKey"]


def test_no_two_pairs_are_alike(stock: Stock) -> None:
    """Every pair is new, for each call of a group too."""
    given = {"KeyId": stock.key(), "KeyPairSpec": "ECC_NIST_P256"}
    outcomes = stock.house.group(*[("GenerateDataKeyPair", given)] * 3)
    assert len({outcome.response.members({})["PublicKey"] for outcome in outcomes if outcome.response}) == 3


@pytest.mark.parametrize("name", NAMES)
def test_specs_that_are_not_offered(stock: Stock, name: str) -> None:
    """ML-DSA pairs are not in the model; SM2 is for China Regions, and refused."""
    given = {"KeyId": stock.key()}
    code, message = stock.refusal(name, KeyPairSpec="ML_DSA_44", **given)
    assert (code, "at 'keyPairSpec'" in message) == ("ValidationException", True)
    said = "KeyPairSpec SM2 is not supported in Region us-east-1."
    assert stock.refusal(name, KeyPairSpec="SM2", **given) == ("UnsupportedOperationException", said)


@pytest.mark.parametrize("name", NAMES)
def test_the_key_must_be_symmetric(stock: Stock, name: str) -> None:
    """A key of another usage is refused by its usage, an RSA key that encrypts by its spec."""
    key = stock.key("HMAC_256", "GENERATE_VERIFY_MAC")
    given = {"KeyPairSpec": "ECC_NIST_P256"}
    assert stock.refusal(name, KeyId=key, **given) == wrong_usage(key, "GENERATE_VERIFY_MAC", name)
    refusal = stock.refusal(name, KeyId=stock.key("RSA_2048"), **given)
    assert refusal == incompatible("SYMMETRIC_DEFAULT", "RSA_2048")


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("origin", ["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])
def test_not_in_a_custom_key_store(house: House, name: str, origin: str) -> None:
    """A key in a custom key store makes no pairs, whatever its state."""
    key = house.new_key()
    said = f"{arn(key)} origin is {origin} which is not valid for this operation."
    for state in ("Enabled", "Unavailable"):
        house.change_key(key, origin=origin, state=state)
        refusal = house.refusal(name, KeyId=key, KeyPairSpec="ECC_NIST_P256")
        assert refusal == ("UnsupportedOperationException", said)


@pytest.mark.parametrize("name", NAMES)
def test_a_dry_run_and_its_event(stock: Stock, name: str) -> None:
    """A dry run says that it would succeed; the trail shows key, spec, context and material, and no keys."""
    key = stock.key()
    given: dict[str, Any] = {"KeyId": key, "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": CONTEXT}
    logged = {"keyPairSpec": "ECC_NIST_P256", "encryptionContext": CONTEXT}
    assert stock.refusal(name, DryRun=True, **given) == DRY
    assert stock.logged() == read_event(name, key, {**logged, "dryRun": True})
    stock.call(name, **given)
    assert stock.logged() == read_event(name, key, logged, keyMaterialId=stock.house.material_of(key))


def test_a_context_that_is_too_long(stock: Stock) -> None:
    """The private key is encrypted, so the context has the limits of Encrypt."""
    given = {"KeyId": stock.key(), "KeyPairSpec": "ECC_NIST_P256", "EncryptionContext": {"a": "x" * 8200}}
    assert stock.refusal("GenerateDataKeyPair", **given)[0] == "ValidationException"
