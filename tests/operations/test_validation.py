from typing import Any

import pytest

from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, House, arn

NULL = "Value null at '{at}' failed to satisfy constraint: Member must not be null"
REQUIRED: dict[str, list[str]] = {
    "CancelKeyDeletion": ["keyId"],
    "CreateAlias": ["aliasName", "targetKeyId"],
    "Decrypt": ["ciphertextBlob"],
    "DeleteAlias": ["aliasName"],
    "DescribeKey": ["keyId"],
    "DisableKey": ["keyId"],
    "DisableKeyRotation": ["keyId"],
    "EnableKey": ["keyId"],
    "EnableKeyRotation": ["keyId"],
    "Encrypt": ["keyId", "plaintext"],
    "GenerateDataKey": ["keyId"],
    "GenerateDataKeyWithoutPlaintext": ["keyId"],
    "GenerateRandom": ["numberOfBytes"],
    "GetKeyPolicy": ["keyId"],
    "GetKeyRotationStatus": ["keyId"],
    "ListKeyPolicies": ["keyId"],
    "ListKeyRotations": ["keyId"],
    "ListResourceTags": ["keyId"],
    "PutKeyPolicy": ["keyId", "policy"],
    "ReEncrypt": ["destinationKeyId"],
    "RotateKeyOnDemand": ["keyId"],
    "ScheduleKeyDeletion": ["keyId"],
    "TagResource": ["keyId", "tags"],
    "UntagResource": ["keyId", "tagKeys"],
    "UpdateAlias": ["aliasName", "targetKeyId"],
    "UpdateKeyDescription": ["keyId", "description"],
}


@pytest.mark.parametrize("name", REQUIRED)
def test_what_is_required(house: House, name: str) -> None:
    """Every absent required member is named, all in one message."""
    missing = [NULL.format(at=at) for at in REQUIRED[name]]
    plural = "error" if len(missing) == 1 else "errors"
    message = f"{len(missing)} validation {plural} detected: {'; '.join(missing)}"
    assert house.refusal(name) == ("ValidationException", message)


@pytest.mark.parametrize("name", [name for name, paths in REQUIRED.items() if "keyId" in paths])
def test_null_is_absent_and_empty_is_too_short(house: House, name: str) -> None:
    """An explicit null counts as absent; an empty key id and one of 2,049 characters break the length."""
    others: dict[str, Any] = {"Plaintext": b"x", "Policy": "{}", "Tags": [], "TagKeys": [], "Description": ""}
    absent = f"1 validation error detected: {NULL.format(at='keyId')}"
    assert house.refusal(name, KeyId=None, **others) == ("ValidationException", absent)
    for text, bound in (("", "greater than or equal to 1"), ("k" * 2049, "less than or equal to 2048")):
        at = f"1 validation error detected: Value '{text}' at 'keyId' failed to satisfy constraint: "
        refusal = house.refusal(name, KeyId=text, **others)
        assert refusal == ("ValidationException", f"{at}Member must have length {bound}")


def test_all_violations_come_in_one_message(house: House) -> None:
    """Each violated constraint of each member has its entry, members in the model's order."""
    code, message = house.refusal(
        "CreateKey",
        KeyUsage="NONE",
        Origin="NOWHERE",
        Tags=[{"TagKey": "", "TagValue": "v" * 257}, {}],
        XksKeyId="ä" * 129,
    )
    assert code == "ValidationException"
    count, _, entries = message.partition(" validation errors detected: ")
    assert count == "8"
    assert [entry.partition("failed")[0] for entry in entries.split("; ")] == [
        "Value 'NONE' at 'keyUsage' ",
        "Value 'NOWHERE' at 'origin' ",
        "Value '' at 'tags.1.member.tagKey' ",
        f"Value '{'v' * 257}' at 'tags.1.member.tagValue' ",
        "Value null at 'tags.2.member.tagKey' ",
        "Value null at 'tags.2.member.tagValue' ",
        f"Value '{'ä' * 129}' at 'xksKeyId' ",
        f"Value '{'ä' * 129}' at 'xksKeyId' ",
    ]


ENUM = "Member must satisfy enum value set: [AES_256, AES_128]"


def test_an_enumeration_lists_its_words(house: House) -> None:
    """A word that is none of a set is refused with the set."""
    at = "1 validation error detected: Value 'AES_512' at 'keySpec' failed to satisfy constraint: "
    refusal = house.refusal("GenerateDataKey", KeyId=ABSENT, KeySpec="AES_512")
    assert refusal == ("ValidationException", f"{at}{ENUM}")


def test_a_list_names_the_constraints_of_what_is_in_it(house: House) -> None:
    """A violation inside a list of plain values is stated of the whole list."""
    code, message = house.refusal("UntagResource", KeyId=ABSENT, TagKeys=["a", ""])
    assert code == "ValidationException"
    assert message == (
        "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: "
        "Member must satisfy constraint: [Member must have length less than or equal to 128, "
        "Member must have length greater than or equal to 1]"
    )


WRONG_TYPES: list[tuple[str, dict[str, Any], str]] = [
    ("DescribeKey", {"KeyId": 5}, "NUMBER_VALUE can not be converted to a String"),
    ("DescribeKey", {"KeyId": True}, "TRUE_VALUE can not be converted to a String"),
    ("DescribeKey", {"KeyId": {}}, "Start of structure or map found where not expected."),
    ("ListKeys", {"Limit": "5"}, "STRING_VALUE can not be converted to an Integer"),
    ("ListKeys", {"Limit": False}, "FALSE_VALUE can not be converted to an Integer"),
    ("ListKeys", {"Limit": 1.5}, "NUMBER_VALUE can not be converted to an Integer"),
    ("ListKeys", {"ResourceOwners": "SELF"}, "STRING_VALUE can not be converted to a List"),
    ("ListKeys", {"ResourceOwners": [1]}, "NUMBER_VALUE can not be converted to a String"),
    ("CreateKey", {"MultiRegion": "true"}, "STRING_VALUE can not be converted to a Boolean"),
    ("CreateKey", {"Tags": {}}, "Start of structure or map found where not expected."),
    ("CreateKey", {"Tags": ["a"]}, "STRING_VALUE can not be converted to a Structure"),
    ("Encrypt", {"KeyId": "a", "EncryptionContext": []}, "Start of structure or map found where not expected."),
    ("Encrypt", {"KeyId": "a", "EncryptionContext": {"a": 1}}, "NUMBER_VALUE can not be converted to a String"),
    ("Encrypt", {"KeyId": "a", "Plaintext": "text"}, "STRING_VALUE can not be converted to a Blob"),
]


@pytest.mark.parametrize(("name", "raw", "message"), WRONG_TYPES)
def test_a_wrong_json_type(house: House, name: str, raw: dict[str, Any], message: str) -> None:
    """A value of another JSON type is a SerializationException, before any constraint."""
    assert house.refusal(name, **raw) == ("SerializationException", message)


def test_unknown_members_are_ignored(house: House) -> None:
    """The service takes no notice of a member that it does not know."""
    assert house.call("ListKeys", Colour="red") == {"Keys": [], "Truncated": False}


def test_the_order_of_checks(house: House) -> None:
    """JSON type, shape, rules across members, name, permission, grant token, state, usage, algorithm, ciphertext: each
    hides those after it (16.5).
    """
    key = house.new_key()
    blob: bytes = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    house.change_key(key, state="Disabled", usage="SIGN_VERIFY")
    wrong: dict[str, Any] = {
        "KeyId": 5,
        "EncryptionAlgorithm": "NONE",
        "DryRunModifiers": ["IGNORE_CIPHERTEXT"],
        "GrantTokens": ["token"],
        "CiphertextBlob": blob[:-1],
    }
    order = []

    def refused() -> None:
        order.append(house.refusal("Decrypt", **wrong)[0])

    refused()
    wrong["KeyId"] = ABSENT
    refused()
    wrong["EncryptionAlgorithm"] = "RSAES_OAEP_SHA_1"
    refused()
    del wrong["DryRunModifiers"]
    refused()
    wrong["KeyId"] = arn(ABSENT, OTHER_ACCOUNT)
    refused()
    wrong["KeyId"] = key
    refused()
    del wrong["GrantTokens"]
    refused()
    house.change_key(key, state="Enabled")
    refused()
    house.change_key(key, usage="ENCRYPT_DECRYPT")
    order.append(house.refusal("Decrypt", **wrong)[1])
    wrong["EncryptionAlgorithm"] = "SYMMETRIC_DEFAULT"
    refused()
    wrong["CiphertextBlob"] = blob
    wrong["DryRun"] = True
    refused()
    assert order == [
        "SerializationException",
        "ValidationException",
        "ValidationException",
        "NotFoundException",
        "AccessDeniedException",
        "InvalidGrantTokenException",
        "DisabledException",
        "InvalidKeyUsageException",
        "Algorithm RSAES_OAEP_SHA_1 is incompatible with key spec SYMMETRIC_DEFAULT.",
        "InvalidCiphertextException",
        "DryRunOperationException",
    ]


SECRET = "a secret that is nobody's business "
LONG_SECRET = (SECRET * 200).encode()


@pytest.mark.parametrize(
    ("name", "raw"),
    [
        ("Encrypt", {"Plaintext": LONG_SECRET}),
        ("Encrypt", {"Plaintext": SECRET}),
        ("Encrypt", {"Plaintext": b"", "KeyId": ABSENT}),
        ("Encrypt", {"Plaintext": SECRET.encode(), "KeyId": ABSENT}),
        ("Encrypt", {"Plaintext": SECRET.encode(), "GrantTokens": [SECRET] * 11}),
        ("DescribeKey", {"KeyId": ABSENT, "GrantTokens": [SECRET * 500]}),
        ("DescribeKey", {"KeyId": ABSENT, "GrantTokens": [SECRET]}),
        ("Decrypt", {"CiphertextBlob": LONG_SECRET}),
    ],
)
def test_a_message_holds_no_secret(house: House, name: str, raw: dict[str, Any]) -> None:
    """No plaintext and no grant token stands in a refusal, its repr, or the log."""
    code, message = house.refusal(name, **raw)
    assert SECRET not in message
    assert code in ("ValidationException", "SerializationException", "NotFoundException")
    assert SECRET.encode() not in house.log()


def test_a_secret_shows_in_no_repr(house: House) -> None:
    """Requests and responses that hold a secret do not show it."""
    key = house.new_key()
    [outcome] = house.group(("Encrypt", {"KeyId": key, "Plaintext": SECRET.encode()}))
    [opened] = house.group(("Decrypt", {"CiphertextBlob": house.call("Encrypt", KeyId=key, Plaintext=SECRET.encode())[
        "CiphertextBlob"]}))  # fmt: skip
    assert SECRET not in repr(outcome.asked.request) + repr(opened.response)
    assert repr(outcome.asked.request).startswith(f"EncryptRequest(key_id={key}, plaintext=<sensitive>")
    assert ACCOUNT in repr(opened.response)
