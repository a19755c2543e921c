import subprocess
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding, rsa

from tests.operations.house import House, arn
from tests.operations.stock import DRY, Stock, incompatible, of_usage, read_event, wrong_usage

RSA = [one for one in of_usage("ENCRYPT_DECRYPT") if one[0] != "SYMMETRIC_DEFAULT"]
SIZES = {
    ("RSA_2048", "RSAES_OAEP_SHA_1"): (214, 256),
    ("RSA_2048", "RSAES_OAEP_SHA_256"): (190, 256),
    ("RSA_3072", "RSAES_OAEP_SHA_1"): (342, 384),
    ("RSA_3072", "RSAES_OAEP_SHA_256"): (318, 384),
    ("RSA_4096", "RSAES_OAEP_SHA_1"): (470, 512),
    ("RSA_4096", "RSAES_OAEP_SHA_256"): (446, 512),
}
"""The longest plaintext, and the length of a ciphertext (2.2)."""

INVALID = ("InvalidCiphertextException", "")
CONTEXT = ("ValidationException", "An encryption context cannot be used with an asymmetric KMS key.")
OAEP = "RSAES_OAEP_SHA_256"


@pytest.mark.parametrize(("spec", "algorithm"), RSA)
def test_the_sizes_that_encrypt(stock: Stock, spec: str, algorithm: str) -> None:
    """Every RSA key encrypts and decrypts 1 byte up to 2.2's limit, and answers no material id."""
    key = stock.key(spec)
    most, length = SIZES[spec, algorithm]
    named = {"KeyId": arn(key), "EncryptionAlgorithm": algorithm}
    given = {"KeyId": key, "EncryptionAlgorithm": algorithm}
    for plaintext in (b"x", bytes(most)):
        answer = stock.call("Encrypt", Plaintext=plaintext, **given)
        blob = answer["CiphertextBlob"]
        assert answer == {**named, "CiphertextBlob": blob}
        assert len(blob) == length
        assert stock.call("Decrypt", CiphertextBlob=blob, **given) == {**named, "Plaintext": plaintext}
    said = f"Algorithm {algorithm} and key spec {spec} cannot encrypt data larger than {most} bytes."
    assert stock.refusal("Encrypt", Plaintext=bytes(most + 1), **given) == ("ValidationException", said)
    assert stock.refusal("Encrypt", Plaintext=bytes(4096), **given) == ("ValidationException", said)


@pytest.mark.parametrize(("spec", "algorithm"), RSA)
def test_a_ciphertext_that_is_none(stock: Stock, spec: str, algorithm: str) -> None:
    """Whatever is wrong with a ciphertext, the refusal is the same: altered, another length, key or algorithm."""
    key = stock.key(spec)
    given = {"KeyId": key, "EncryptionAlgorithm": algorithm}
    blob = stock.call("Encrypt", Plaintext=b"secret", **given)["CiphertextBlob"]
    other = next(it for _, it in RSA if it != algorithm)
    for wrong in (blob[:-1] + bytes((blob[-1] ^ 1,)), blob[:-1], blob + b"\0", b"x", bytes(6144), b"\xff" * len(blob)):
        assert stock.refusal("Decrypt", CiphertextBlob=wrong, **given) == INVALID
    assert stock.refusal("Decrypt", KeyId=key, CiphertextBlob=blob, EncryptionAlgorithm=other) == INVALID
    foreign = stock.key("RSA_3072" if spec == "RSA_2048" else "RSA_2048")
    assert stock.refusal("Decrypt", KeyId=foreign, CiphertextBlob=blob, EncryptionAlgorithm=algorithm) == INVALID


def test_the_algorithm_must_be_said(stock: Stock) -> None:
    """The default algorithm fits no RSA key, and RSA's no symmetric one."""
    key, symmetric = stock.key("RSA_2048"), stock.key()
    blob = stock.call("Encrypt", KeyId=key, Plaintext=b"x", EncryptionAlgorithm=OAEP)["CiphertextBlob"]
    default, oaep = incompatible("SYMMETRIC_DEFAULT", "RSA_2048"), incompatible(OAEP, "SYMMETRIC_DEFAULT")
    assert stock.refusal("Encrypt", KeyId=key, Plaintext=b"x") == default
    assert stock.refusal("Decrypt", KeyId=key, CiphertextBlob=blob) == default
    assert stock.refusal("Decrypt", KeyId=key, CiphertextBlob=stock.house.encrypted(symmetric)) == default
    assert stock.refusal("Encrypt", KeyId=symmetric, Plaintext=b"x", EncryptionAlgorithm=OAEP) == oaep
    assert stock.refusal("Decrypt", KeyId=symmetric, CiphertextBlob=blob, EncryptionAlgorithm=OAEP) == oaep
    sm2 = incompatible("SM2PKE", "RSA_2048")
    assert stock.refusal("Encrypt", KeyId=key, Plaintext=b"x", EncryptionAlgorithm="SM2PKE") == sm2


def test_the_key_must_be_named(stock: Stock) -> None:
    """An RSA ciphertext does not tell its key: without one it is invalid, whatever algorithm is said."""
    key = stock.key("RSA_2048")
    blob = stock.call("Encrypt", KeyId=key, Plaintext=b"x", EncryptionAlgorithm=OAEP)["CiphertextBlob"]
    given = {"CiphertextBlob": blob, "DestinationKeyId": key, "SourceEncryptionAlgorithm": OAEP}
    assert stock.refusal("Decrypt", CiphertextBlob=blob, EncryptionAlgorithm=OAEP) == INVALID
    assert stock.refusal("Decrypt", CiphertextBlob=blob) == INVALID
    assert stock.refusal("ReEncrypt", **given) == INVALID


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt"])
def test_a_context_is_refused(stock: Stock, name: str) -> None:
    """RSA binds nothing to a ciphertext, so a context is refused; an empty one is none."""
    given: dict[str, Any] = {"KeyId": stock.key("RSA_2048"), "EncryptionAlgorithm": OAEP}
    blob = stock.call("Encrypt", Plaintext=b"x", EncryptionContext={}, **given)["CiphertextBlob"]
    given |= {"Plaintext": b"x"} if name == "Encrypt" else {"CiphertextBlob": blob}
    assert stock.refusal(name, EncryptionContext={"a": "b"}, **given) == CONTEXT
    assert stock.call(name, EncryptionContext={}, **given)["EncryptionAlgorithm"] == OAEP


SIDES = [("SYMMETRIC_DEFAULT", "RSA_2048"), ("RSA_2048", "SYMMETRIC_DEFAULT"), ("RSA_2048", "RSA_3072")]


@pytest.mark.parametrize(("before", "after"), SIDES)
def test_re_encrypt_between_kinds(stock: Stock, before: str, after: str) -> None:
    """ReEncrypt goes between symmetric and RSA keys; answer and event name material for the symmetric side alone."""
    source, destination = stock.key(before), stock.key(after)
    source_algorithm, algorithm = (OAEP if spec != "SYMMETRIC_DEFAULT" else spec for spec in (before, after))
    made = stock.call("Encrypt", KeyId=source, Plaintext=b"x", EncryptionAlgorithm=source_algorithm)
    given = {
        "SourceKeyId": source,
        "DestinationKeyId": destination,
        "SourceEncryptionAlgorithm": source_algorithm,
        "DestinationEncryptionAlgorithm": algorithm,
        "CiphertextBlob": made["CiphertextBlob"],
    }
    answer = stock.call("ReEncrypt", **given)
    blob = answer.pop("CiphertextBlob")
    opened = stock.call("Decrypt", KeyId=destination, CiphertextBlob=blob, EncryptionAlgorithm=algorithm)
    assert opened["Plaintext"] == b"x"
    sides = {"Source": (before, source), "Destination": (after, destination)}
    material = {
        f"{side}KeyMaterialId": stock.house.material_of(key)
        for side, (spec, key) in sides.items()
        if spec == "SYMMETRIC_DEFAULT"
    }
    algorithms = {"SourceEncryptionAlgorithm": source_algorithm, "DestinationEncryptionAlgorithm": algorithm}
    assert answer == {"SourceKeyId": arn(source), "KeyId": arn(destination), **algorithms, **material}
    stock.call("ReEncrypt", **given)
    additional = {name[0].lower() + name[1:]: material_id for name, material_id in material.items()}
    assert stock.house.event().get("additionalEventData", {}) == additional
    for side, (spec, _) in sides.items():
        refused = CONTEXT if spec != "SYMMETRIC_DEFAULT" else INVALID
        context = {f"{side}EncryptionContext": {"a": "b"}}
        result = stock.house.result("ReEncrypt", **given, **context)
        assert result == refused or (spec == "SYMMETRIC_DEFAULT" and side == "Destination" and isinstance(result, dict))


def test_re_encrypt_keeps_the_destinations_limit(stock: Stock) -> None:
    """A plaintext that a symmetric key encrypted may be too long for an RSA key."""
    source, destination = stock.key(), stock.key("RSA_2048")
    blob = stock.call("Encrypt", KeyId=source, Plaintext=bytes(191))["CiphertextBlob"]
    given = {"CiphertextBlob": blob, "DestinationKeyId": destination, "DestinationEncryptionAlgorithm": OAEP}
    said = f"Algorithm {OAEP} and key spec RSA_2048 cannot encrypt data larger than 190 bytes."
    assert stock.refusal("ReEncrypt", **given) == ("ValidationException", said)


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt"])
def test_a_dry_run_and_its_event(stock: Stock, name: str) -> None:
    """A dry run checks the ciphertext too; the event shows the key's ARN and the algorithm, and no material."""
    key = stock.key("RSA_2048")
    given: dict[str, Any] = {"KeyId": key, "EncryptionAlgorithm": OAEP}
    blob = stock.call("Encrypt", Plaintext=b"x", **given)["CiphertextBlob"]
    if name == "Decrypt":
        assert stock.refusal(name, DryRun=True, CiphertextBlob=blob[:-1], **given) == INVALID
    given |= {"Plaintext": b"x"} if name == "Encrypt" else {"CiphertextBlob": blob}
    assert stock.refusal(name, DryRun=True, **given) == DRY
    stock.call(name, **given)
    assert stock.logged() == read_event(name, arn(key), {"encryptionAlgorithm": OAEP}) | {"resources": [arn(key)]}


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext"])
def test_a_key_that_signs_does_not_encrypt(stock: Stock, name: str) -> None:
    """An RSA key does one of both, and makes no data keys."""
    key = stock.key("RSA_2048", "SIGN_VERIFY")
    needs = {"Encrypt": {"Plaintext": b"x"}, "Decrypt": {"CiphertextBlob": b"x"}}
    given: dict[str, Any] = {"EncryptionAlgorithm": OAEP, **needs[name]} if name in needs else {"KeySpec": "AES_256"}
    assert stock.refusal(name, KeyId=key, **given) == wrong_usage(key, "SIGN_VERIFY", name)
    if name not in needs:
        encrypting = stock.key("RSA_2048")
        assert stock.refusal(name, KeyId=encrypting, **given) == incompatible("SYMMETRIC_DEFAULT", "RSA_2048")


HASHES = {"RSAES_OAEP_SHA_1": hashes.SHA1(), "RSAES_OAEP_SHA_256": hashes.SHA256()}


@pytest.mark.parametrize(("spec", "algorithm"), RSA)
def test_a_library_encrypts(stock: Stock, spec: str, algorithm: str) -> None:
    """What `cryptography` encrypts with the public key, Decrypt decrypts."""
    key = stock.key(spec)
    public = serialization.load_der_public_key(stock.public_key(key))
    assert isinstance(public, rsa.RSAPublicKey)
    chosen = HASHES[algorithm]
    blob = public.encrypt(b"secret", padding.OAEP(padding.MGF1(chosen), chosen, None))
    given = {"KeyId": key, "EncryptionAlgorithm": algorithm, "CiphertextBlob": blob}
    assert stock.call("Decrypt", **given)["Plaintext"] == b"secret"


@pytest.mark.parametrize(("algorithm", "name"), [("RSAES_OAEP_SHA_1", "sha1"), ("RSAES_OAEP_SHA_256", "sha256")])
def test_openssl_encrypts(stock: Stock, tmp_path: Path, algorithm: str, name: str) -> None:
    """What OpenSSL on the shell encrypts with the public key, Decrypt decrypts."""
    key = stock.key("RSA_2048")
    (tmp_path / "key").write_bytes(stock.public_key(key))
    options = ("rsa_padding_mode:oaep", f"rsa_oaep_md:{name}", f"rsa_mgf1_md:{name}")
    words = [word for option in options for word in ("-pkeyopt", option)]
    blob = subprocess.run(
        ["openssl", "pkeyutl", "-encrypt", "-pubin", "-inkey", "key", "-keyform", "DER", *words],
        cwd=tmp_path, input=b"secret", capture_output=True, check=True,
    ).stdout  # fmt: skip
    given = {"KeyId": key, "EncryptionAlgorithm": algorithm, "CiphertextBlob": blob}
    assert stock.call("Decrypt", **given)["Plaintext"] == b"secret"


def test_a_symmetric_call_loads_no_key_pairs(house: House) -> None:
    """The keys of other specs are kept apart: a symmetric key is never among what is loaded and kept."""
    from kmscli.keystores import key_pairs

    key = house.new_key()
    house.call("Decrypt", CiphertextBlob=house.encrypted(key))
    assert house.material_of(key) not in {*key_pairs._private, *key_pairs._public}
