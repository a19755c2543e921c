from typing import Any

import pytest

from kmscli.operations.members import KEY_SPECS, KEY_USAGES
from tests.operations.house import START, House, arn
from tests.operations.stock import LISTS, PUBLIC_KEYS, SPECS, Stock

NEWER = ("ECC_NIST_EDWARDS25519", "ML_DSA_44", "ML_DSA_65", "ML_DSA_87", "ML_KEM_512", "ML_KEM_768", "ML_KEM_1024")
"""Specs that KeySpec's old name does not know (2.8)."""


def expected(spec: str, usage: str) -> dict[str, Any]:
    """What is shown of a key's spec and usage."""
    shown: dict[str, Any] = {"KeySpec": spec, "KeyUsage": usage, LISTS[usage]: SPECS[spec, usage]}
    return shown | ({} if spec in NEWER else {"CustomerMasterKeySpec": spec})


@pytest.mark.parametrize(("spec", "usage"), SPECS)
def test_the_metadata_of_every_spec(stock: Stock, spec: str, usage: str) -> None:
    """A key of every spec and usage shows its own algorithms and no others, and a material id if it is symmetric."""
    key = stock.key(spec, usage)
    shown = stock.call("DescribeKey", KeyId=key)["KeyMetadata"]
    material = {name: shown[name] for name in ("CurrentKeyMaterialId",) if spec == "SYMMETRIC_DEFAULT"}
    assert shown == {
        "AWSAccountId": stock.house.caller.account,
        "KeyId": key,
        "Arn": arn(key),
        "CreationDate": START,
        "Enabled": True,
        "Description": "",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "KeyManager": "CUSTOMER",
        "MultiRegion": False,
        **expected(spec, usage),
        **material,
    }


MISFITS = [
    (spec, usage)
    for spec in KEY_SPECS
    for usage in (None, *KEY_USAGES)
    if (spec, usage) not in SPECS and (spec, usage) != ("SYMMETRIC_DEFAULT", None)
]


@pytest.mark.parametrize(("spec", "usage"), MISFITS)
def test_a_usage_that_no_spec_has(house: House, spec: str, usage: str | None) -> None:
    """All but symmetric keys need a usage, one that fits the spec; SM2 is refused whatever it is for."""
    code, message = house.refusal("CreateKey", KeySpec=spec, KeyUsage=usage)
    needed = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
    mismatch = f"KeyUsage {usage} is not compatible with KeySpec {spec}"
    fits_sm2 = usage in ("ENCRYPT_DECRYPT", "SIGN_VERIFY", "KEY_AGREEMENT")
    if spec == "SM2" and fits_sm2:
        assert (code, message) == ("UnsupportedOperationException", "KeySpec SM2 is not supported in Region us-east-1.")
    else:
        assert (code, message) == ("ValidationException", mismatch if usage else needed)


@pytest.mark.parametrize("old", ["RSA_2048", "HMAC_256", "ECC_NIST_P256"])
def test_the_old_name_of_a_spec(house: House, old: str) -> None:
    """CustomerMasterKeySpec makes the same key as KeySpec, and does not know the newer specs."""
    usage = next(usage for spec, usage in SPECS if spec == old)
    shown = house.call("CreateKey", CustomerMasterKeySpec=old, KeyUsage=usage)["KeyMetadata"]
    assert (shown["KeySpec"], shown["CustomerMasterKeySpec"]) == (old, old)
    code, message = house.refusal("CreateKey", CustomerMasterKeySpec="ML_DSA_44", KeyUsage="SIGN_VERIFY")
    assert (code, "at 'customerMasterKeySpec'" in message) == ("ValidationException", True)


@pytest.mark.parametrize("spec", ["ML_DSA_44", "ML_KEM_768"])
@pytest.mark.parametrize("origin", ["EXTERNAL", "AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])
def test_an_origin_that_a_spec_has_not(house: House, spec: str, origin: str) -> None:
    """The material of ML-DSA and ML-KEM keys always comes from KMS."""
    usage = next(usage for known, usage in SPECS if known == spec)
    refusal = house.refusal("CreateKey", KeySpec=spec, KeyUsage=usage, Origin=origin)
    assert refusal == ("UnsupportedOperationException", f"Origin {origin} is not supported for KeySpec {spec}.")


@pytest.mark.parametrize("spec", ["HMAC_512", "RSA_2048", "ECC_NIST_P256"])
@pytest.mark.parametrize("origin", ["AWS_CLOUDHSM", "EXTERNAL_KEY_STORE"])
def test_custom_key_stores_hold_symmetric_keys(house: House, spec: str, origin: str) -> None:
    """No other key has its material in a custom key store."""
    usage = next(usage for known, usage in SPECS if known == spec)
    assert house.refusal("CreateKey", KeySpec=spec, KeyUsage=usage, Origin=origin)[0] == "UnsupportedOperationException"


def test_the_event_fills_in_the_old_name(house: House) -> None:
    """CreateKey's event shows the spec under both names, if both know it, and the answer's metadata."""
    for spec, both in (("ECC_NIST_P256", True), ("ML_DSA_44", False)):
        key = house.new_key(KeySpec=spec, KeyUsage="SIGN_VERIFY")
        event = house.event()
        assert event["requestParameters"]["keySpec"] == spec
        assert ("customerMasterKeySpec" in event["requestParameters"]) is both
        assert event["responseElements"]["keyMetadata"]["keyId"] == key


@pytest.mark.parametrize(("spec", "usage"), [one for one in SPECS if one[0] in PUBLIC_KEYS])
def test_the_public_key_of_every_spec(stock: Stock, spec: str, usage: str) -> None:
    """GetPublicKey answers DER of the spec's length, and the spec, usage and algorithms as metadata does."""
    key = stock.key(spec, usage)
    shown = stock.call("GetPublicKey", KeyId=key)
    der = shown.pop("PublicKey")
    assert len(der) == PUBLIC_KEYS[spec]
    assert shown == {"KeyId": arn(key), **expected(spec, usage)}
    assert stock.public_key(key) == der


@pytest.mark.parametrize(("spec", "usage"), [one for one in SPECS if one[0] not in PUBLIC_KEYS])
def test_a_key_without_a_public_key(stock: Stock, spec: str, usage: str) -> None:
    """GetPublicKey does not support symmetric and HMAC keys."""
    key = stock.key(spec, usage)
    message = f"{arn(key)} key spec is {spec} which is not valid for this operation."
    assert stock.refusal("GetPublicKey", KeyId=key) == ("UnsupportedOperationException", message)


@pytest.mark.parametrize("name", ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"])
def test_only_symmetric_keys_rotate(stock: Stock, name: str) -> None:
    """Asymmetric and HMAC keys keep their material."""
    for spec, usage in (("ECC_NIST_P256", "SIGN_VERIFY"), ("HMAC_256", "GENERATE_VERIFY_MAC")):
        assert stock.refusal(name, KeyId=stock.key(spec, usage))[0] == "UnsupportedOperationException"


def test_an_rsa_key_is_made_once_for_a_call(house: House) -> None:
    """A CreateKey that conflicts with another's commit is attempted again with the key that it made."""
    alias = {"AliasName": "alias/a", "TargetKeyId": house.new_key()}
    made: list[bytes] = []
    transaction = house.engine.vault.transaction

    def interrupted() -> Any:
        begun: Any = transaction()
        put = begun.put

        def watched(kind: Any, *place: Any, **given: Any) -> None:
            put(kind, *place, **given)
            if kind.name == "material":
                made.append(given["secret"])
                if len(made) == 1:
                    house.engine.vault.transaction = transaction  # type: ignore[method-assign]
                    other = House(house.path)
                    other.call("CreateAlias", **alias)
                    other.close()
                    house.engine.vault.transaction = interrupted  # type: ignore[method-assign]

        begun.put = watched
        return begun

    house.engine.vault.transaction = interrupted  # type: ignore[method-assign]
    created, listed = house.group(
        ("CreateKey", {"KeySpec": "RSA_2048", "KeyUsage": "SIGN_VERIFY"}), ("CreateAlias", alias)
    )
    assert created.error is None
    assert type(listed.error).__name__ == "AlreadyExistsException"
    assert len(made) == 2
    assert made[0] == made[1]


KINDS = [
    ("ECC_NIST_P256", "SIGN_VERIFY", "RSA_2048", "SIGN_VERIFY", True),
    ("ECC_NIST_P256", "SIGN_VERIFY", "ML_DSA_44", "SIGN_VERIFY", True),
    ("HMAC_256", "GENERATE_VERIFY_MAC", "HMAC_512", "GENERATE_VERIFY_MAC", True),
    ("ECC_NIST_P256", "SIGN_VERIFY", "ECC_NIST_P256", "KEY_AGREEMENT", False),
    ("RSA_2048", "SIGN_VERIFY", "RSA_2048", "ENCRYPT_DECRYPT", False),
    ("RSA_2048", "ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", False),
    ("HMAC_256", "GENERATE_VERIFY_MAC", "SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT", False),
]


@pytest.mark.parametrize(("spec", "usage", "to_spec", "to_usage", "allowed"), KINDS)
def test_an_alias_moves_within_its_kind(
    stock: Stock, spec: str, usage: str, to_spec: str, to_usage: str, allowed: bool
) -> None:
    """UpdateAlias goes from an asymmetric key to any other of the same usage, and never across kinds or usages."""
    given = {"AliasName": "alias/moving", "TargetKeyId": stock.key(spec, usage)}
    stock.call("CreateAlias", **given)
    target = {**given, "TargetKeyId": stock.key(to_spec, to_usage)}
    result = stock.house.result("UpdateAlias", **target)
    stock.call("DeleteAlias", AliasName="alias/moving")
    if allowed:
        assert result == {}
    else:
        assert isinstance(result, tuple)
        assert result[0] == "ValidationException"
