import re
from typing import Any

import pytest

from tests.operations.house import ACCOUNT, START, House, arn, caller

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
MATERIAL = re.compile(r"[0-9a-f]{64}")


def metadata(house: House, key: str) -> dict[str, Any]:
    """What DescribeKey shows."""
    shown: dict[str, Any] = house.call("DescribeKey", KeyId=key)["KeyMetadata"]
    return shown


def test_a_new_keys_metadata(house: House) -> None:
    """CreateKey without members makes an enabled symmetric key, and shows the members of 2.8 in the model's order."""
    shown = house.call("CreateKey")["KeyMetadata"]
    assert UUID.fullmatch(shown["KeyId"])
    assert MATERIAL.fullmatch(shown["CurrentKeyMaterialId"])
    assert list(shown.items()) == [
        ("AWSAccountId", ACCOUNT),
        ("KeyId", shown["KeyId"]),
        ("Arn", arn(shown["KeyId"])),
        ("CreationDate", START),
        ("Enabled", True),
        ("Description", ""),
        ("KeyUsage", "ENCRYPT_DECRYPT"),
        ("KeyState", "Enabled"),
        ("Origin", "AWS_KMS"),
        ("KeyManager", "CUSTOMER"),
        ("CustomerMasterKeySpec", "SYMMETRIC_DEFAULT"),
        ("KeySpec", "SYMMETRIC_DEFAULT"),
        ("EncryptionAlgorithms", ["SYMMETRIC_DEFAULT"]),
        ("MultiRegion", False),
        ("CurrentKeyMaterialId", shown["CurrentKeyMaterialId"]),
    ]


def test_describe_key_shows_what_create_key_showed(house: House) -> None:
    """Both answer the same structure, in which tags and policies have no place."""
    made = house.call("CreateKey", Description="d", Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert house.call("DescribeKey", KeyId=made["KeyMetadata"]["KeyId"]) == made


@pytest.mark.parametrize(
    "given",
    [
        {"KeySpec": "SYMMETRIC_DEFAULT"},
        {"CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"},
        {"KeySpec": "SYMMETRIC_DEFAULT", "CustomerMasterKeySpec": "SYMMETRIC_DEFAULT"},
        {"KeyUsage": "ENCRYPT_DECRYPT", "Origin": "AWS_KMS", "MultiRegion": False},
    ],
)
def test_defaults_may_be_said(house: House, given: dict[str, Any]) -> None:
    """Saying what is the default anyway makes the same key."""
    assert house.call("CreateKey", **given)["KeyMetadata"]["KeySpec"] == "SYMMETRIC_DEFAULT"


USAGE = "You must specify a KeyUsage value for all KMS keys except for symmetric encryption keys."
BOTH = "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated."
MISMATCH = "KeyUsage SIGN_VERIFY is not compatible with KeySpec SYMMETRIC_DEFAULT"


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        ({"KeySpec": "RSA_2048"}, "ValidationException", USAGE),
        ({"CustomerMasterKeySpec": "HMAC_256"}, "ValidationException", USAGE),
        ({"KeySpec": "RSA_2048", "CustomerMasterKeySpec": "RSA_4096"}, "ValidationException", BOTH),
        ({"KeyUsage": "SIGN_VERIFY"}, "ValidationException", MISMATCH),
        ({"MultiRegion": True, "Origin": "AWS_CLOUDHSM"}, "UnsupportedOperationException", None),
        ({"Policy": "{"}, "MalformedPolicyDocumentException", None),
        ({"Tags": [{"TagKey": "aws:x", "TagValue": ""}]}, "TagException", "Tags beginning with aws: are reserved"),
    ],
)
def test_a_key_that_cannot_be_made(house: House, given: dict[str, Any], code: str, message: str | None) -> None:
    """CreateKey refuses each mistake of 2.1 by name, and leaves no key."""
    found, said = house.refusal("CreateKey", **given)
    assert found == code
    assert message is None or said == message
    assert house.call("ListKeys")["Keys"] == []


def test_the_quota_of_keys(house: House) -> None:
    """The key past the quota of an account and Region is refused; other accounts have their own."""
    transaction = house.transaction()
    transaction.count(f"{house.caller.account} {house.caller.region}", "keys", 99_999)
    house.commit(transaction)
    house.new_key()
    assert house.refusal("CreateKey")[0] == "LimitExceededException"
    house.new_key(caller("444455556666"))


def test_a_description_is_changed_and_emptied(house: House) -> None:
    """UpdateKeyDescription answers nothing; a description may become empty, and may be 8,192 characters long."""
    key = house.new_key(Description="first")
    assert metadata(house, key)["Description"] == "first"
    for text in ("second", "ü" * 8192, ""):
        assert house.call("UpdateKeyDescription", KeyId=key, Description=text) == {}
        assert metadata(house, key)["Description"] == text


@pytest.mark.parametrize("name", ["CreateKey", "UpdateKeyDescription"])
def test_a_description_that_is_too_long(house: House, name: str) -> None:
    """8,193 characters are one too many, and the old description stays."""
    key = house.new_key(Description="first")
    code, message = house.refusal(name, KeyId=key, Description="d" * 8193)
    assert code == "ValidationException"
    assert message.endswith("at 'description' failed to satisfy constraint: Member must have length less than or "
                            "equal to 8192")  # fmt: skip
    assert metadata(house, key)["Description"] == "first"


def test_two_keys_share_nothing(house: House) -> None:
    """Every key has an id and a material of its own."""
    first, second = (house.call("CreateKey")["KeyMetadata"] for _ in range(2))
    assert first["KeyId"] != second["KeyId"]
    assert first["CurrentKeyMaterialId"] != second["CurrentKeyMaterialId"]
