import re
from typing import Any

import pytest

from tests.operations.house import ACCOUNT, ANYONE, REGION, House, alias_arn, arn, caller

UUID = re.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
SYMMETRIC = "SYMMETRIC_DEFAULT"


def listed(*arns: str) -> list[dict[str, str]]:
    """An event's resources."""
    return [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": one} for one in arns]


class Facts:
    """What a call's event is made of: two keys, an alias, a ciphertext, a material."""

    def __init__(self, house: House) -> None:
        self.key, self.other = house.new_key(), house.new_key()
        self.arn, self.other_arn = arn(self.key), arn(self.other)
        house.call("CreateAlias", AliasName="alias/app", TargetKeyId=self.key)
        self.alias = alias_arn("alias/app")
        self.blob = house.call("Encrypt", KeyId=self.key, Plaintext=b"x", EncryptionContext={"a": "b"})[
            "CiphertextBlob"
        ]
        describe = [house.call("DescribeKey", KeyId=one)["KeyMetadata"] for one in (self.key, self.other)]
        self.material, self.other_material = (one["CurrentKeyMaterialId"] for one in describe)


Expected = tuple[Any, Any, dict[str, Any] | None, list[dict[str, str]]]
"""requestParameters, responseElements, additionalEventData, resources."""

POLICY = ANYONE
READS = (
    "Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateRandom",
    "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListKeyPolicies", "ListKeyRotations", "ListKeys",
    "ListResourceTags", "ReEncrypt",
)  # fmt: skip
"""The operations whose records say `readOnly`."""


def table(f: Facts) -> dict[str, tuple[dict[str, Any], Expected]]:
    """The reference's 14.2: a request, and its record's members."""
    by_key = {"keyId": f.key}
    answer = {"keyId": f.arn}
    key, both = listed(f.arn), listed(f.arn, f.other_arn)
    context = {"EncryptionContext": {"a": "b"}}
    logged_context = {"encryptionContext": {"a": "b"}}
    crypto = {"encryptionAlgorithm": SYMMETRIC, **logged_context}
    material = {"keyMaterialId": f.material}
    return {
        "CancelKeyDeletion": ({"KeyId": f.key}, (by_key, answer, None, key)),
        "CreateAlias": (
            {"AliasName": "alias/new", "TargetKeyId": f.key},
            ({"aliasName": "alias/new", "targetKeyId": f.key}, None, None, listed(alias_arn("alias/new"), f.arn)),
        ),
        "Decrypt": (
            {"KeyId": "alias/app", "CiphertextBlob": f.blob, **context},
            ({"keyId": f.arn, **crypto}, None, material, key),
        ),
        "Decrypt without a key": ({"CiphertextBlob": f.blob, **context}, (crypto, None, material, key)),
        "DeleteAlias": ({"AliasName": "alias/app"}, ({"aliasName": "alias/app"}, None, None, listed(f.alias, f.arn))),
        "DescribeKey": ({"KeyId": "alias/app"}, ({"keyId": "alias/app"}, None, None, key)),
        "DisableKey": ({"KeyId": f.key}, (by_key, answer, None, key)),
        "DisableKeyRotation": ({"KeyId": f.arn}, ({"keyId": f.arn}, answer, None, key)),
        "EnableKey": ({"KeyId": f.key}, (by_key, answer, None, key)),
        "EnableKeyRotation": ({"KeyId": f.key}, ({**by_key, "rotationPeriodInDays": 365}, answer, None, key)),
        "Encrypt": (
            {"KeyId": f.key, "Plaintext": b"x", **context},
            ({"keyId": f.arn, **crypto}, None, material, key),
        ),
        "GenerateDataKey": (
            {"KeyId": "alias/app", "KeySpec": "AES_128", **context},
            ({"keyId": "alias/app", "keySpec": "AES_128", **logged_context}, None, material, key),
        ),
        "GenerateDataKeyWithoutPlaintext": (
            {"KeyId": f.key, "NumberOfBytes": 7},
            ({**by_key, "numberOfBytes": 7}, None, material, key),
        ),
        "GenerateRandom": ({"NumberOfBytes": 7}, (None, None, None, [])),
        "GetKeyPolicy": ({"KeyId": f.key}, ({**by_key, "policyName": "default"}, None, None, key)),
        "GetKeyRotationStatus": ({"KeyId": f.key}, (by_key, None, None, key)),
        "ListAliases": ({}, (None, None, None, [])),
        "ListKeyPolicies": ({"KeyId": f.key, "Limit": 5}, ({**by_key, "limit": 5}, None, None, key)),
        "ListKeyRotations": ({"KeyId": f.key}, (by_key, None, None, key)),
        "ListKeys": ({"Limit": 5}, ({"limit": 5}, None, None, [])),
        "ListResourceTags": ({"KeyId": f.key}, (by_key, None, None, key)),
        "PutKeyPolicy": (
            {"KeyId": f.key, "Policy": POLICY, "BypassPolicyLockoutSafetyCheck": True},
            (
                {**by_key, "policyName": "default", "policy": POLICY, "bypassPolicyLockoutSafetyCheck": True},
                None,
                None,
                key,
            ),
        ),
        "ReEncrypt": (
            {"CiphertextBlob": f.blob, "SourceEncryptionContext": {"a": "b"}, "DestinationKeyId": f.other},
            (
                {
                    "sourceEncryptionContext": {"a": "b"},
                    "destinationKeyId": f.other_arn,
                    "sourceEncryptionAlgorithm": SYMMETRIC,
                    "destinationEncryptionAlgorithm": SYMMETRIC,
                },
                None,
                {"sourceKeyMaterialId": f.material, "destinationKeyMaterialId": f.other_material},
                both,
            ),
        ),
        "RotateKeyOnDemand": ({"KeyId": f.key}, (by_key, answer, None, key)),
        "ScheduleKeyDeletion": (
            {"KeyId": f.key, "PendingWindowInDays": 20},
            (
                {**by_key, "pendingWindowInDays": 20},
                {
                    **answer,
                    "keyState": "PendingDeletion",
                    "deletionDate": "Jan 25, 2026, 9:00:00 AM",
                    "pendingWindowInDays": 20,
                },
                None,
                key,
            ),
        ),
        "TagResource": (
            {"KeyId": f.key, "Tags": [{"TagKey": "a", "TagValue": "b"}]},
            ({**by_key, "tags": [{"tagKey": "a", "tagValue": "b"}]}, None, None, key),
        ),
        "UntagResource": ({"KeyId": f.key, "TagKeys": ["a"]}, ({**by_key, "tagKeys": ["a"]}, None, None, key)),
        "UpdateAlias": (
            {"AliasName": "alias/app", "TargetKeyId": f.other},
            ({"aliasName": "alias/app", "targetKeyId": f.other}, None, None, listed(f.alias, f.other_arn)),
        ),
        "UpdateKeyDescription": (
            {"KeyId": f.key, "Description": "new"},
            ({**by_key, "description": "new"}, answer, None, key),
        ),
    }


ROWS = [*READS, "Decrypt without a key", "CancelKeyDeletion", "CreateAlias", "DeleteAlias", "DisableKey",
        "DisableKeyRotation", "EnableKey", "EnableKeyRotation", "PutKeyPolicy", "RotateKeyOnDemand",
        "ScheduleKeyDeletion", "TagResource", "UntagResource", "UpdateAlias", "UpdateKeyDescription"]  # fmt: skip


@pytest.mark.parametrize("row", ROWS)
def test_the_record_of_a_call(house: House, row: str) -> None:
    """Every operation's record has the members of 14.1 in order, and what 14.2 says of its request and answer."""
    facts = Facts(house)
    request, (parameters, elements, additional, resources) = table(facts)[row]
    name = row.partition(" ")[0]
    if name == "CancelKeyDeletion":
        house.change_key(facts.key, state="PendingDeletion", deletion=house.now + 900_000)
    house.call(name, **request)
    event = next(event for event in reversed(house.events()) if event["eventType"] == "AwsApiCall")
    assert UUID.fullmatch(event.pop("requestID"))
    assert UUID.fullmatch(event.pop("eventID"))
    assert sorted(event.pop("resources"), key=str) == sorted(resources, key=str)
    assert list(event.items()) == [
        ("eventVersion", "1.11"),
        (
            "userIdentity",
            {"type": "Root", "principalId": ACCOUNT, "arn": f"arn:aws:iam::{ACCOUNT}:root", "accountId": ACCOUNT},
        ),
        ("eventTime", "2026-01-05T09:00:00Z"),
        ("eventSource", "kms.amazonaws.com"),
        ("eventName", name),
        ("awsRegion", REGION),
        ("sourceIPAddress", "127.0.0.1"),
        ("userAgent", "kmscli/test"),
        ("requestParameters", parameters),
        ("responseElements", elements),
        *([("additionalEventData", additional)] if additional else []),
        ("readOnly", name in READS),
        ("eventType", "AwsApiCall"),
        ("managementEvent", True),
        ("recipientAccountId", ACCOUNT),
        ("eventCategory", "Management"),
    ]


def test_the_record_of_create_key(house: House) -> None:
    """CreateKey's record has all defaults filled in, and the metadata with its moments as CloudTrail prints them."""
    metadata = house.call("CreateKey", Description="d")["KeyMetadata"]
    event = house.event()
    assert event["requestParameters"] == {
        "description": "d",
        "keyUsage": "ENCRYPT_DECRYPT",
        "customerMasterKeySpec": SYMMETRIC,
        "keySpec": SYMMETRIC,
        "origin": "AWS_KMS",
        "bypassPolicyLockoutSafetyCheck": False,
        "tags": [],
        "multiRegion": False,
    }
    assert event["responseElements"] == {
        "keyMetadata": {
            "aWSAccountId": ACCOUNT,
            "keyId": metadata["KeyId"],
            "arn": metadata["Arn"],
            "creationDate": "Jan 5, 2026, 9:00:00 AM",
            "enabled": True,
            "description": "d",
            "keyUsage": "ENCRYPT_DECRYPT",
            "keyState": "Enabled",
            "origin": "AWS_KMS",
            "keyManager": "CUSTOMER",
            "customerMasterKeySpec": SYMMETRIC,
            "keySpec": SYMMETRIC,
            "encryptionAlgorithms": [SYMMETRIC],
            "multiRegion": False,
            "currentKeyMaterialId": metadata["CurrentKeyMaterialId"],
        }
    }
    assert event["resources"] == listed(metadata["Arn"])
    assert event["readOnly"] is False


def test_the_record_shows_policy_and_tags(house: House) -> None:
    """A policy and tags given to CreateKey are logged in clear."""
    tags = [{"TagKey": "a", "TagValue": "b"}]
    house.new_key(Policy=POLICY, BypassPolicyLockoutSafetyCheck=True, Tags=tags)
    shown = house.event()["requestParameters"]
    assert (shown["policy"], shown["tags"]) == (POLICY, [{"tagKey": "a", "tagValue": "b"}])


def test_a_user_in_a_record(house: House) -> None:
    """A principal that is no root is shown as an IAM user."""
    alice = caller()
    alice.arn, alice.is_root = f"arn:aws:iam::{ACCOUNT}:user/team/Alice", False
    assert house.refusal("ListKeys", alice)[0] == "AccessDeniedException"
    identity = house.event()["userIdentity"]
    assert (identity["type"], identity["arn"], identity["userName"]) == ("IAMUser", alice.arn, "Alice")
