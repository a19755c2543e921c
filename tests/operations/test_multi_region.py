from typing import Any

import pytest

from kmscli.keys.check import inspect
from tests.operations.house import (
    ABSENT,
    ACCOUNT,
    ANYONE,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    START,
    House,
    alias_arn,
    arn,
    caller,
)
from tests.operations.regions import HERE, NOT_PRIMARY, THERE, THIRD, configuration, metadata, primary, soundly
from tests.operations.stock import SPECS


def test_a_primary_key(house: House) -> None:
    """CreateKey makes a primary key with an id of its kind, alone in its set."""
    made = house.call("CreateKey", MultiRegion=True)["KeyMetadata"]
    key = made["KeyId"]
    assert key.startswith("mrk-")
    assert len(bytes.fromhex(key[4:])) == 16
    assert (made["MultiRegion"], made["Arn"]) == (True, arn(key))
    assert made["MultiRegionConfiguration"] == configuration(key, "PRIMARY", REGION)
    assert metadata(house, key) == made


def test_a_replica(house: House) -> None:
    """ReplicateKey answers a key that is being created; a moment later it is enabled, and both know of each other."""
    key = house.new_key(MultiRegion=True, Description="mine", Tags=[{"TagKey": "a", "TagValue": "b"}])
    before = metadata(house, key)
    house.later(seconds=5)
    answer = house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    shown = answer["ReplicaKeyMetadata"]
    own = {
        "Arn": arn(key, region=OTHER_REGION),
        "CreationDate": START + 5,
        "Description": "",
        "MultiRegionConfiguration": configuration(key, "REPLICA", REGION, OTHER_REGION),
    }
    assert shown == {**before, **own, "KeyState": "Creating", "Enabled": False}
    assert answer["ReplicaTags"] == []
    assert answer["ReplicaPolicy"] == house.call("GetKeyPolicy", THERE, KeyId=key)["Policy"]
    assert metadata(house, key, THERE) == {**shown, "KeyState": "Enabled", "Enabled": True}
    both = configuration(key, "PRIMARY", REGION, OTHER_REGION)
    assert metadata(house, key) == {**before, "MultiRegionConfiguration": both}
    assert [entry["KeyId"] for entry in house.call("ListKeys", THERE)["Keys"]] == [key]
    soundly(house)


def test_what_a_replica_is_given(house: House) -> None:
    """A replica has the policy, description and tags that it is given, and none of the primary key's."""
    key = primary(house, Description="first", Policy=ANYONE)
    tags = [{"TagKey": "a", "TagValue": "b"}]
    given = {"Description": "second", "Policy": ANYONE.replace("{", '{"Id":"x",', 1), "Tags": tags}
    answer = house.call("ReplicateKey", KeyId=arn(key), ReplicaRegion=OTHER_REGION, **given)
    assert (answer["ReplicaPolicy"], answer["ReplicaTags"]) == (given["Policy"], tags)
    assert answer["ReplicaKeyMetadata"]["Description"] == "second"
    assert house.call("GetKeyPolicy", THERE, KeyId=key)["Policy"] == given["Policy"]
    assert house.call("ListResourceTags", THERE, KeyId=key)["Tags"] == tags
    assert house.call("GetKeyPolicy", KeyId=key)["Policy"] == ANYONE
    assert metadata(house, key)["Description"] == "first"
    assert house.call("ListResourceTags", KeyId=key)["Tags"] == []


REFUSALS: dict[str, tuple[dict[str, Any], str, str]] = {
    "a related key is there": ({"ReplicaRegion": OTHER_REGION}, "AlreadyExistsException", "{there} already exists."),
    "the primary key is there": ({"ReplicaRegion": REGION}, "AlreadyExistsException", "{arn} already exists."),
    "another partition": (
        {"ReplicaRegion": "cn-north-1"}, "ValidationException", "cn-north-1 is not a Region of the partition aws.",
    ),
    "no Region": (
        {"ReplicaRegion": "xx-north-1"}, "ValidationException", "xx-north-1 is not a Region of the partition aws.",
    ),
    "no name of a Region": (
        {"ReplicaRegion": "north"},
        "ValidationException",
        (
            "1 validation error detected: Value 'north' at 'replicaRegion' failed to satisfy constraint: Member must "
            "satisfy regular expression pattern: ^([a-z]+-){{2,3}}\\d+$"
        ),
    ),
    "a bad tag": (
        {"Tags": [{"TagKey": "aws:x", "TagValue": ""}]}, "TagException", "Tags beginning with aws: are reserved",
    ),
    "a bad policy": ({"Policy": "{"}, "MalformedPolicyDocumentException", "The policy is not a valid JSON document."),
    "no key": ({"KeyId": ABSENT}, "NotFoundException", f"Key '{arn(ABSENT)}' does not exist"),
    "an alias": ({"KeyId": "alias/app"}, "NotFoundException", "Invalid keyId alias/app"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSALS)
def test_a_replica_that_cannot_be(house: House, case: str) -> None:
    """ReplicateKey refuses each failure of section 11 by name, and changes nothing."""
    key = primary(house, OTHER_REGION)
    before = metadata(house, key)
    given, code, message = REFUSALS[case]
    refusal = house.refusal("ReplicateKey", **{"KeyId": key, "ReplicaRegion": "us-west-2"} | given)
    assert refusal == (code, message.format(arn=arn(key), there=arn(key, region=OTHER_REGION)))
    assert metadata(house, key) == before
    assert house.call("ListKeys", THIRD)["Keys"] == []
    soundly(house)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("ReplicateKey", {"ReplicaRegion": "us-west-2"}),
        ("UpdatePrimaryRegion", {"PrimaryRegion": OTHER_REGION}),
    ],
)
def test_what_only_a_primary_key_can(house: House, name: str, members: dict[str, str]) -> None:
    """A single-Region key and a replica can neither be replicated nor hand on what they are not."""
    single, key = house.new_key(), primary(house, OTHER_REGION)
    refusal = house.refusal(name, KeyId=single, **members)
    assert refusal == ("UnsupportedOperationException", NOT_PRIMARY.format(arn=arn(single)))
    refusal = house.refusal(name, THERE, KeyId=key, **members)
    assert refusal == ("UnsupportedOperationException", NOT_PRIMARY.format(arn=arn(key, region=OTHER_REGION)))
    assert house.refusal(name, caller(OTHER_ACCOUNT), KeyId=arn(key), **members)[0] == "AccessDeniedException"


def test_a_replica_that_waits_for_its_deletion_is_still_there(house: House) -> None:
    """In a Region with a replica that is pending deletion none can be made; once it is gone, one can, and decrypts."""
    key = primary(house, OTHER_REGION)
    blob = house.encrypted(key)
    house.call("ScheduleKeyDeletion", THERE, KeyId=key, PendingWindowInDays=7)
    assert house.refusal("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)[0] == "AlreadyExistsException"
    house.later(days=7)
    assert metadata(house, key)["MultiRegionConfiguration"] == configuration(key, "PRIMARY", REGION)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    assert house.call("Decrypt", THERE, CiphertextBlob=blob)["Plaintext"] == b"secret"
    soundly(house)


def used_from_both_sides(house: House, key: str, usage: str, algorithm: str) -> None:
    """See that what each of two related keys makes is good for the other."""
    for one, other in ((HERE, THERE), (THERE, HERE)):
        if usage == "ENCRYPT_DECRYPT":
            named: dict[str, Any] = {"KeyId": key, "EncryptionAlgorithm": algorithm}
            made = house.call("Encrypt", one, Plaintext=b"secret", **named)["CiphertextBlob"]
            assert house.call("Decrypt", other, CiphertextBlob=made, **named)["Plaintext"] == b"secret"
        elif usage == "SIGN_VERIFY":
            named = {"KeyId": key, "SigningAlgorithm": algorithm, "Message": b"m" * 64}
            named["MessageType"] = "DIGEST" if "PH" in algorithm else "RAW"
            made = house.call("Sign", one, **named)["Signature"]
            assert house.call("Verify", other, Signature=made, **named)["SignatureValid"] is True
            if "PKCS1" in algorithm or "ED25519" in algorithm:
                assert house.call("Sign", other, **named)["Signature"] == made
        elif usage == "GENERATE_VERIFY_MAC":
            named = {"KeyId": key, "MacAlgorithm": algorithm, "Message": b"m"}
            made = house.call("GenerateMac", one, **named)["Mac"]
            assert house.call("VerifyMac", other, Mac=made, **named)["MacValid"] is True
            assert house.call("GenerateMac", other, **named)["Mac"] == made
        elif usage == "KEY_AGREEMENT":
            peer = house.call("GetPublicKey", one, KeyId=key)["PublicKey"]
            named = {"KeyId": key, "KeyAgreementAlgorithm": algorithm, "PublicKey": peer}
            secrets = {house.call("DeriveSharedSecret", by, **named)["SharedSecret"] for by in (one, other)}
            assert len(secrets) == 1
        else:
            named = {"KeyId": key, "EncapsulationAlgorithm": algorithm}
            made = house.call("Encapsulate", one, **named)
            blob = {"SharedSecretCiphertextBlob": made["SharedSecretCiphertextBlob"]}
            assert house.call("Decapsulate", other, **named, **blob)["SharedSecret"] == made["SharedSecret"]


@pytest.mark.parametrize(("spec", "usage"), [pair for pair in SPECS if pair[0] not in ("RSA_3072", "RSA_4096")])
def test_every_kind_of_key_works_on_both_sides(house: House, spec: str, usage: str) -> None:
    """Whatever the spec, what one related key makes the other takes, and what is determined is the same."""
    key = primary(house, OTHER_REGION, KeySpec=spec, KeyUsage=usage)
    for algorithm in SPECS[spec, usage]:
        used_from_both_sides(house, key, usage, algorithm)
    if spec != "SYMMETRIC_DEFAULT" and not spec.startswith("HMAC"):
        here, there = (house.call("GetPublicKey", by, KeyId=key) for by in (HERE, THERE))
        assert {**here, "KeyId": arn(key, region=OTHER_REGION)} == there


def test_a_ciphertext_names_the_key_of_its_reader(house: House) -> None:
    """The answer to Decrypt names the related key of the Region; where there is none, the ciphertext is nobody's."""
    key = primary(house, OTHER_REGION)
    blob = house.encrypted(key, {"a": "b"})
    context = {"EncryptionContext": {"a": "b"}}
    for by in (HERE, THERE):
        opened = house.call("Decrypt", by, CiphertextBlob=blob, **context)
        assert opened["KeyId"] == arn(key, region=by.region)
    assert house.refusal("Decrypt", THIRD, CiphertextBlob=blob, **context)[0] == "AccessDeniedException"
    assert house.refusal("Decrypt", THERE, CiphertextBlob=blob) == ("InvalidCiphertextException", "")
    again = house.call(
        "ReEncrypt", THERE, CiphertextBlob=blob, SourceEncryptionContext={"a": "b"}, DestinationKeyId=key
    )
    assert house.call("Decrypt", CiphertextBlob=again["CiphertextBlob"])["Plaintext"] == b"secret"


def test_what_is_each_key_s_own(house: House) -> None:
    """Aliases, grants, tags, policy, description and being enabled are of one Region alone."""
    key = primary(house, OTHER_REGION)
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    house.call("CreateGrant", KeyId=key, GranteePrincipal=f"arn:aws:iam::{ACCOUNT}:user/a", Operations=["Decrypt"])
    house.call("TagResource", KeyId=key, Tags=[{"TagKey": "a", "TagValue": "b"}])
    house.call("PutKeyPolicy", KeyId=key, Policy=ANYONE, BypassPolicyLockoutSafetyCheck=True)
    house.call("UpdateKeyDescription", KeyId=key, Description="here")
    house.call("DisableKey", KeyId=key)
    not_there = ("NotFoundException", f"Alias {alias_arn('alias/app', region=OTHER_REGION)} is not found.")
    assert house.refusal("DescribeKey", THERE, KeyId="alias/app") == not_there
    assert house.call("ListAliases", THERE, KeyId=key)["Aliases"] == []
    assert house.call("ListGrants", THERE, KeyId=key)["Grants"] == []
    assert house.call("ListResourceTags", THERE, KeyId=key)["Tags"] == []
    assert "Enable IAM User Permissions" in house.call("GetKeyPolicy", THERE, KeyId=key)["Policy"]
    shown = metadata(house, key, THERE)
    assert (shown["Description"], shown["KeyState"]) == ("", "Enabled")
    house.call("CreateAlias", THERE, AliasName="alias/app", TargetKeyId=key)
    assert metadata(house, "alias/app", THERE)["Arn"] == arn(key, region=OTHER_REGION)
    assert metadata(house, key)["KeyState"] == "Disabled"


def test_the_primary_key_moves(house: House) -> None:
    """UpdatePrimaryRegion makes a replica the primary key and the other way round; nothing else of them changes."""
    key = primary(house, OTHER_REGION, "us-west-2", Description="here")
    before = {by: metadata(house, key, by) for by in (HERE, THERE, THIRD)}
    assert house.call("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=OTHER_REGION) == {}
    regions = (OTHER_REGION, REGION, "us-west-2")
    for by, key_type in ((HERE, "REPLICA"), (THERE, "PRIMARY"), (THIRD, "REPLICA")):
        assert metadata(house, key, by) == {
            **before[by],
            "MultiRegionConfiguration": configuration(key, key_type, *regions),
        }
    house.call("ReplicateKey", THERE, KeyId=key, ReplicaRegion="ap-south-1")
    house.call("UpdatePrimaryRegion", THERE, KeyId=key, PrimaryRegion=REGION)
    shown = metadata(house, key)["MultiRegionConfiguration"]
    assert shown == configuration(key, "PRIMARY", REGION, "ap-south-1", OTHER_REGION, "us-west-2")
    soundly(house)


@pytest.mark.parametrize(
    ("region", "code", "message"),
    [
        (REGION, "ValidationException", "{arn} is the primary key already."),
        ("us-west-2", "NotFoundException", "Key '{third}' does not exist"),
        ("cn-north-1", "NotFoundException", "Key '{china}' does not exist"),
    ],
)
def test_a_primary_region_that_cannot_be(house: House, region: str, code: str, message: str) -> None:
    """The new primary Region is another one, and holds a replica."""
    key = primary(house, OTHER_REGION)
    third, china = (arn(key, region=one) for one in ("us-west-2", "cn-north-1"))
    refusal = house.refusal("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=region)
    assert refusal == (code, message.format(arn=arn(key), third=third, china=china.replace("arn:aws:", "arn:aws-cn:")))
    assert metadata(house, key)["MultiRegionConfiguration"] == configuration(key, "PRIMARY", REGION, OTHER_REGION)


@pytest.mark.parametrize(
    ("before", "code", "message"),
    [
        ("DisableKey", "DisabledException", "{arn} is disabled."),
        ("ScheduleKeyDeletion", "KMSInvalidStateException", "{arn} is pending deletion."),
    ],
)
def test_a_replica_that_cannot_be_the_primary_key(house: House, before: str, code: str, message: str) -> None:
    """The replica that is to be the primary key must be enabled; its own ARN is in the refusal."""
    key = primary(house, OTHER_REGION)
    house.call(before, THERE, KeyId=key)
    refusal = house.refusal("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=OTHER_REGION)
    assert refusal == (code, message.format(arn=arn(key, region=OTHER_REGION)))


def test_a_set_that_disagrees_is_found(house: House) -> None:
    """`vault check` names a set whose keys do not say the same of it, and one whose key is not there."""
    key = primary(house, OTHER_REGION)
    house.change_key(key, multi_region={"primary": REGION, "replicas": []})
    [fault] = inspect(house.engine.vault).faults
    assert (fault.kind, fault.what) == ("key", "unsound")
    house.change_key(key, multi_region={"primary": REGION, "replicas": [OTHER_REGION, "us-west-2"]})
    faults = inspect(house.engine.vault).faults
    assert ("key", arn(key, region="us-west-2"), "missing") in [(one.kind, one.name, one.what) for one in faults]
    house.change_key(key, multi_region={"primary": REGION, "replicas": [OTHER_REGION]})
    soundly(house)
