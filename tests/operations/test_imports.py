"""Imported key material on its way in: wrappings, tokens, requests (reference, kms-semantics 10.1 and 10.2)."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from kmscli.clock import DAY
from kmscli.crypto.wrapping import wrap
from tests.operations.house import START, House, arn
from tests.operations.importing import (
    HYBRID,
    IMPORTABLE,
    MATERIAL,
    OAEP,
    external,
    import_material,
    import_refusal,
    material_for,
    materials,
    metadata,
    parameters,
    request,
    wrapped,
)

WRAPPINGS = ("RSAES_OAEP_SHA_1", OAEP, "RSA_AES_KEY_WRAP_SHA_1", HYBRID)
WRAPPING_SPECS = ("RSA_2048", "RSA_3072")
IMPORTING = ("GetParametersForImport", "ImportKeyMaterial", "DeleteImportedKeyMaterial")
INVALID_TOKEN = (
    "InvalidImportTokenException",
    "The request was rejected because the specified import token is not valid.",
)


def test_a_key_waits_for_its_material(house: House) -> None:
    """A new EXTERNAL key is PendingImport, has no material, and shows nothing of any; the first import enables it."""
    made = house.call("CreateKey", Origin="EXTERNAL")["KeyMetadata"]
    key = made["KeyId"]
    absent = ("CurrentKeyMaterialId", "ExpirationModel", "ValidTo")
    assert (made["KeyState"], made["Enabled"], made["Origin"]) == ("PendingImport", False, "EXTERNAL")
    assert not any(name in made for name in absent)
    assert metadata(house, key) == made
    assert materials(house, key) == []
    material_id = import_material(house, key)
    expected = {
        **made,
        "KeyState": "Enabled",
        "Enabled": True,
        "CurrentKeyMaterialId": material_id,
        "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
    }
    assert metadata(house, key) == expected
    assert house.call("Decrypt", CiphertextBlob=house.encrypted(key))["Plaintext"] == b"secret"


@pytest.mark.parametrize("spec", ["ML_DSA_44", "ML_KEM_768"])
def test_some_specs_take_no_import(house: House, spec: str) -> None:
    """ML-DSA and ML-KEM keys are never EXTERNAL."""
    usage = "SIGN_VERIFY" if spec.startswith("ML_DSA") else "ENCAPSULATE_DECAPSULATE"
    code, message = house.refusal("CreateKey", Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage)
    assert (code, message) == ("UnsupportedOperationException", f"Origin EXTERNAL is not supported for KeySpec {spec}.")


def takes(spec: str, algorithm: str, wrapping_spec: str) -> bool:
    """Whether material of a spec may come wrapped like this (10.1; the hybrid algorithms for all, crypto 4.1)."""
    if not algorithm.startswith("RSAES_"):
        return True
    return not spec.startswith("RSA_") and (spec, wrapping_spec) != ("ECC_NIST_P521", "RSA_2048")


@pytest.mark.parametrize("algorithm", WRAPPINGS)
@pytest.mark.parametrize(("spec", "usage"), IMPORTABLE, ids="-".join)
def test_every_wrapping_of_every_spec(shared: House, spec: str, usage: str, algorithm: str) -> None:
    """Each spec takes material in each wrapping that is for it, and refuses the parameters of any other."""
    for wrapping_spec in WRAPPING_SPECS[: 2 if spec == "ECC_NIST_P521" else 1]:
        key = external(shared, spec, usage)
        asked = {"KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": wrapping_spec}
        if not takes(spec, algorithm, wrapping_spec):
            assert shared.refusal("GetParametersForImport", **asked)[0] == "UnsupportedOperationException"
            continue
        given = wrapped(shared, key, material_for(spec), algorithm, wrapping_spec)
        answer = shared.call("ImportKeyMaterial", KeyId=key, ExpirationModel="KEY_MATERIAL_DOES_NOT_EXPIRE", **given)
        assert answer["KeyId"] == arn(key)
        assert ("KeyMaterialId" in answer) is (spec == "SYMMETRIC_DEFAULT")
        assert metadata(shared, key)["KeyState"] == "Enabled"


def test_imported_material_is_what_is_used(house: House) -> None:
    """An imported HMAC key makes the MACs that its bytes make anywhere else."""
    material = bytes(range(100))
    key = external(house, "HMAC_512", "GENERATE_VERIFY_MAC")
    import_material(house, key, material)
    mac = house.call("GenerateMac", KeyId=key, Message=b"message", MacAlgorithm="HMAC_SHA_512")["Mac"]
    assert mac == hmac.digest(material, b"message", hashlib.sha512)


@pytest.mark.parametrize("spec", ["RSA_2048", "RSA_3072", "RSA_4096"])
def test_the_parameters(house: House, spec: str) -> None:
    """Parameters are a token, a public key of the spec that was asked for, and the time until which they are good."""
    key = external(house)
    given = parameters(house, key, OAEP, spec)
    sizes = {"RSA_2048": 294, "RSA_3072": 422, "RSA_4096": 550}
    assert len(given["PublicKey"]) == sizes[spec]
    assert 0 < len(given["ImportToken"]) <= 6144
    assert (given["KeyId"], given["ParametersValidTo"]) == (arn(key), START + DAY)


@pytest.mark.parametrize(
    ("algorithm", "spec"), [("RSAES_PKCS1_V1_5", "RSA_2048"), ("SM2PKE", "SM2"), (OAEP, "SM2"), ("SM2PKE", "RSA_2048")]
)
def test_what_is_not_offered(house: House, algorithm: str, spec: str) -> None:
    """PKCS #1 v1.5, which AWS withdrew, and China's SM2 are unsupported."""
    key = external(house)
    asked = {"KeyId": key, "WrappingAlgorithm": algorithm, "WrappingKeySpec": spec}
    assert house.refusal("GetParametersForImport", **asked)[0] == "UnsupportedOperationException"


@pytest.mark.parametrize("name", IMPORTING)
def test_other_keys_take_no_import(house: House, name: str) -> None:
    """A key whose material KMS made refuses all three operations by its origin, whatever its state."""
    key = house.new_key()
    needs: dict[str, dict[str, Any]] = {
        "GetParametersForImport": {"WrappingAlgorithm": OAEP, "WrappingKeySpec": "RSA_2048"},
        "ImportKeyMaterial": {
            "ImportToken": b"x",
            "EncryptedKeyMaterial": b"x",
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        },
    }
    members = needs.get(name, {})
    message = f"{arn(key)} origin is AWS_KMS which is not valid for this operation."
    for _ in range(2):
        assert house.refusal(name, KeyId=key, **members) == ("UnsupportedOperationException", message)
        house.result("ScheduleKeyDeletion", KeyId=key)


def test_a_token_is_good_for_a_day(house: House) -> None:
    """It may be used several times within 24 hours, to the last second, and is expired afterwards."""
    key = external(house)
    given = request(house, key, MATERIAL)
    house.call("ImportKeyMaterial", **given)
    house.later(days=1, seconds=-1)
    house.call("ImportKeyMaterial", **given)
    house.later(seconds=1)
    message = "The request was rejected because the specified import token is expired."
    assert house.refusal("ImportKeyMaterial", **given) == ("ExpiredImportTokenException", message)


def test_a_token_is_its_keys(house: House) -> None:
    """A token of another key, an altered one, and garbage are invalid; several tokens may be out at once."""
    key, other = external(house), external(house)
    given, theirs = request(house, key, MATERIAL), request(house, other, MATERIAL)
    token = given["ImportToken"]
    flipped = token[:-1] + bytes((token[-1] ^ 1,))
    for wrong in (theirs["ImportToken"], flipped, token[:-1], token + b"x", b"x", bytes(4) + token[4:]):
        assert house.refusal("ImportKeyMaterial", **{**given, "ImportToken": wrong}) == INVALID_TOKEN
    request(house, key, MATERIAL)
    house.call("ImportKeyMaterial", **given)


def test_the_token_and_the_public_key_belong_together(house: House) -> None:
    """Material that was wrapped with another public key, or by another algorithm than the token's, does not unwrap."""
    key = external(house)
    one, another = (request(house, key, MATERIAL) for _ in range(2))
    given = {**one, "EncryptedKeyMaterial": another["EncryptedKeyMaterial"]}
    assert house.refusal("ImportKeyMaterial", **given) == ("InvalidCiphertextException", "")
    alone = {**one, **wrapped(house, key, MATERIAL, OAEP), "ImportToken": one["ImportToken"]}
    assert house.refusal("ImportKeyMaterial", **alone) == ("InvalidCiphertextException", "")
    assert house.state_of(key) == "PendingImport"


UNFIT = [
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", bytes(31)),
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", bytes(33)),
    ("HMAC_256", "GENERATE_VERIFY_MAC", bytes(31)),
    ("HMAC_256", "GENERATE_VERIFY_MAC", bytes(129)),
    ("RSA_2048", "SIGN_VERIFY", material_for("RSA_3072")),
    ("RSA_2048", "SIGN_VERIFY", bytes(32)),
    ("ECC_NIST_P256", "SIGN_VERIFY", material_for("ECC_NIST_P384")),
    ("ECC_NIST_P256", "KEY_AGREEMENT", material_for("ECC_SECG_P256K1")),
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY", material_for("ECC_NIST_P256")),
]


@pytest.mark.parametrize(("spec", "usage", "material"), UNFIT)
def test_unfit_material_is_refused(shared: House, spec: str, usage: str, material: bytes) -> None:
    """Material of the wrong length, kind, size or curve is incorrect, and leaves the key as it was."""
    key = external(shared, spec, usage)
    assert import_refusal(shared, key, material)[0] == "IncorrectKeyMaterialException"
    assert shared.state_of(key) == "PendingImport"


EXPIRIES: list[dict[str, Any]] = [
    {},
    {"ExpirationModel": "KEY_MATERIAL_EXPIRES"},
    {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ValidTo": START + DAY},
    {"ValidTo": START},
    {"ValidTo": START - DAY},
    {"ValidTo": START + 365 * DAY + 1},
    {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "ImportType": "NEW_KEY_MATERIAL", "KeyMaterialId": "0" * 64},
    {"ExpirationModel": "NEVER"},
    {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "KeyMaterialDescription": "what?"},
    {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "KeyMaterialDescription": "x" * 257},
    {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE", "KeyMaterialId": "0" * 63},
]


@pytest.mark.parametrize("members", EXPIRIES)
def test_what_is_no_valid_request(house: House, members: dict[str, Any]) -> None:
    """An expiry that is missing, out of place, past or more than a year ahead, and malformed members, are refused."""
    key = external(house)
    given = {"KeyId": key, **wrapped(house, key, MATERIAL), **members}
    assert house.refusal("ImportKeyMaterial", **given)[0] == "ValidationException"
    assert house.state_of(key) == "PendingImport"


@pytest.mark.parametrize(
    "members",
    [
        {"ImportType": "NEW_KEY_MATERIAL"},
        {"ImportType": "EXISTING_KEY_MATERIAL"},
        {"KeyMaterialDescription": "text"},
        {"KeyMaterialId": "0" * 64},
    ],
)
def test_what_only_symmetric_keys_take(house: House, members: dict[str, str]) -> None:
    """Keys of one material for ever refuse the members that tell materials apart."""
    key = external(house, "HMAC_224", "GENERATE_VERIFY_MAC")
    [name] = members
    message = f"{name} can only be specified for symmetric encryption KMS keys."
    assert import_refusal(house, key, bytes(28), **members) == ("ValidationException", message)
    import_material(house, key, bytes(28))
    deleting = house.refusal("DeleteImportedKeyMaterial", KeyId=key, KeyMaterialId="0" * 64)
    assert deleting == ("ValidationException", "KeyMaterialId can only be specified for symmetric encryption KMS keys.")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(token=some.none() | some.binary(min_size=1, max_size=3000), material=some.binary(min_size=1, max_size=3000))
def test_garbage_is_refused_as_modelled(shared: House, token: bytes | None, material: bytes) -> None:
    """Whatever comes as wrapped material, or as token, is refused with one of the modelled errors."""
    key, good = garbage_key(shared, *KINDS[0])
    given = {**good, "EncryptedKeyMaterial": material, **({} if token is None else {"ImportToken": token})}
    code, _ = shared.refusal("ImportKeyMaterial", **given)
    assert code == ("InvalidCiphertextException" if token is None else "InvalidImportTokenException")
    assert shared.state_of(key) == "PendingImport"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(material=some.binary(min_size=1, max_size=3000).filter(lambda content: len(content) != 32))
def test_wrapped_garbage_is_refused_as_modelled(shared: House, material: bytes) -> None:
    """Garbage that is wrapped well is incorrect key material, for every kind of key."""
    for spec, usage in (
        ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
        ("RSA_2048", "SIGN_VERIFY"),
        ("ECC_NIST_P256", "KEY_AGREEMENT"),
        ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
    ):
        _, good = garbage_key(shared, spec, usage)
        given = {**good, "EncryptedKeyMaterial": wrap(good["public"], HYBRID, material)}
        assert shared.refusal("ImportKeyMaterial", **given)[0] == "IncorrectKeyMaterialException"


KINDS = [
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"),
    ("RSA_2048", "SIGN_VERIFY"),
    ("ECC_NIST_P256", "KEY_AGREEMENT"),
    ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY"),
]
GARBAGE: dict[tuple[int, str], tuple[str, dict[str, Any]]] = {}


def garbage_key(
    house: House, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT"
) -> tuple[str, dict[str, Any]]:
    """A key that waits for material, and the good parts of a request for it; made once."""
    if (id(house), spec) not in GARBAGE:
        key = external(house, spec, usage)
        given = parameters(house, key)
        good = {
            "KeyId": key,
            "ImportToken": given["ImportToken"],
            "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
            "public": given["PublicKey"],
        }
        GARBAGE[id(house), spec] = (key, good)
    return GARBAGE[id(house), spec]
