"""Multi-Region keys in a seed file: a primary key and its replicas."""

import json
from typing import Any

import pytest

from kmscli.names import new_uuid
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
)
from tests.operations.regions import HERE, THERE, THIRD, configuration, metadata, soundly
from tests.operations.seeding import MATERIAL, a_key, derived_id, differences, faults_of, seeded

KEY = "mrk-1234abcd12ab34cd56ef1234567890ab"
OTHER_SET = "mrk-" + "0" * 32
ROTATED = {"hex": "11" * 32, "rotated": "2026-01-03"}
REGIONS = (REGION, OTHER_REGION, "us-west-2")


def a_set(*replicas: Any, **members: Any) -> dict[str, Any]:
    """A multi-Region key of a seed file, with replicas."""
    return a_key(**{"key_id": KEY, "multi_region": True, "replicas": list(replicas), **members})


def test_a_set_is_as_the_file_says(lab: House) -> None:
    """Each key of a set is in its Region, with what is its own there, and all share id, material and rotation."""
    policy = {"Id": "there", **json.loads(ANYONE)}
    there = {
        "region": OTHER_REGION,
        "description": "second",
        "policy": policy,
        "tags": {"a": "b"},
        "aliases": ["alias/pay"],
    }
    members = {"created": "2026-01-01", "materials": [MATERIAL, ROTATED], "rotation_period_in_days": 90}
    key = a_set("us-west-2", there, description="first", tags={"c": "d"}, aliases=["alias/pay"], **members)
    assert seeded(lab, key) == [arn(KEY, region=region) for region in (REGION, "us-west-2", OTHER_REGION)]
    for by, kind, description in ((HERE, "PRIMARY", "first"), (THERE, "REPLICA", "second"), (THIRD, "REPLICA", "")):
        shown = metadata(lab, KEY, by)
        assert shown["MultiRegionConfiguration"] == configuration(KEY, kind, *REGIONS)
        assert (shown["Description"], shown["KeyState"]) == (description, "Enabled")
        assert shown["CreationDate"] == START - 4 * 86400 - 9 * 3600
        assert shown["CurrentKeyMaterialId"] == derived_id(KEY, bytes.fromhex(ROTATED["hex"]))
    assert json.loads(lab.call("GetKeyPolicy", THERE, KeyId=KEY)["Policy"]) == policy
    assert lab.call("GetKeyPolicy", THIRD, KeyId=KEY) == lab.call("GetKeyPolicy", HERE, KeyId=KEY)
    assert lab.call("ListResourceTags", THERE, KeyId=KEY)["Tags"] == [{"TagKey": "a", "TagValue": "b"}]
    assert lab.call("ListResourceTags", THIRD, KeyId=KEY)["Tags"] == []
    aliases = [[one["AliasArn"] for one in lab.call("ListAliases", by, KeyId=KEY)["Aliases"]] for by in (HERE, THERE)]
    assert aliases == [[alias_arn("alias/pay", region=region)] for region in (REGION, OTHER_REGION)]
    assert lab.call("ListAliases", THIRD, KeyId=KEY)["Aliases"] == []
    assert lab.call("GetKeyRotationStatus", KeyId=KEY)["RotationPeriodInDays"] == 90
    soundly(lab)


def test_what_one_encrypts_the_others_decrypt(lab: House) -> None:
    """Blobs go from one key of a set to the others, before and after a rotation, which all of them have."""
    seeded(lab, a_set(OTHER_REGION, "us-west-2", rotation_period_in_days=90))
    blobs = [lab.encrypted(KEY)]
    lab.later(days=91)
    blobs.append(lab.call("Encrypt", THERE, KeyId=KEY, Plaintext=b"secret")["CiphertextBlob"])
    assert blobs[0][8:40] != blobs[1][8:40]
    for by in (HERE, THERE, THIRD):
        assert [lab.call("Decrypt", by, CiphertextBlob=blob)["Plaintext"] for blob in blobs] == [b"secret"] * 2
    soundly(lab)


def test_a_disabled_primary_key(lab: House) -> None:
    """Whether a key is enabled is its own: the replicas of a key that is seeded disabled are not."""
    seeded(lab, a_set(OTHER_REGION, enabled=False))
    assert [metadata(lab, KEY, by)["KeyState"] for by in (HERE, THERE)] == ["Disabled", "Enabled"]


def test_a_seeded_set_lives_on(lab: House) -> None:
    """A set that was seeded grows and changes its primary key, as any; then the file finds another one."""
    key = a_set(OTHER_REGION)
    seeded(lab, key)
    assert seeded(lab, key) == []
    lab.call("TagResource", THERE, KeyId=KEY, Tags=[{"TagKey": "a", "TagValue": "b"}])
    said = "the key is there already, and not like this"
    assert differences(lab, key) == [f"keys[0].replicas[0]: {said}: tags"]
    lab.call("ReplicateKey", KeyId=KEY, ReplicaRegion="us-west-2")
    lab.call("UpdatePrimaryRegion", KeyId=KEY, PrimaryRegion="us-west-2")
    assert differences(lab, key) == [f"keys[0]: {said}: replicas", f"keys[0].replicas[0]: {said}: tags"]
    soundly(lab)


def test_an_id_is_one_set_s(lab: House) -> None:
    """The id of a set is no other's in the account, in whatever Regions; another account's is another."""
    seeded(lab, a_set(OTHER_REGION))
    elsewhere = a_set(region="us-west-2")
    assert differences(lab, elsewhere) == [
        f"keys[0].key_id: there is another multi-Region key of this id already: {arn(KEY, region=OTHER_REGION)}"
    ]
    assert faults_of(lab, a_set(key_id=OTHER_SET), a_set(key_id=OTHER_SET, region="us-west-2")) == [
        "keys[1].key_id: the same as in keys[0]"
    ]
    own = {"account": OTHER_ACCOUNT, "region": "us-west-2", "materials": [{"hex": "22" * 32}]}
    assert seeded(lab, a_set(**own)) == [arn(KEY, OTHER_ACCOUNT, "us-west-2")]
    soundly(lab)


def test_nothing_is_taken_in_a_replica_s_region(lab: House) -> None:
    """An alias and a material id that are another key's in a replica's Region are so, and nothing is seeded."""
    taken = {"material_id": "ab" * 32}
    seeded(lab, a_key(key_id=ABSENT, region=OTHER_REGION, aliases=["alias/a"], materials=[{**MATERIAL, **taken}]))
    key = a_set({"region": OTHER_REGION, "aliases": ["alias/a"]}, materials=[{"hex": "22" * 32, **taken}])
    assert differences(lab, key) == [
        "keys[0].replicas[0].aliases[0]: there is such an alias already",
        "keys[0].replicas[0].materials[0]: another key has this material id already",
    ]
    assert lab.refusal("DescribeKey", KeyId=KEY)[0] == "NotFoundException"


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "UUID": (a_set(key_id=new_uuid()), "keys[0].key_id: must be mrk- and 32 hexadecimal digits in lower case"),
    "capitals": (a_set(key_id="mrk-" + "A" * 32), "keys[0].key_id: must be mrk- and 32"),
    "single-Region": (
        a_key(replicas=[OTHER_REGION]),
        "keys[0].replicas: go with multi_region only",
    ),
    "primary's Region": (a_set(region="xx-local-1"), "keys[0].region: must be one of AWS's Regions"),
    "key store": (a_set(origin="EXTERNAL_KEY_STORE"), "keys[0].origin: Member must satisfy enum value set"),
    "multi_region": (a_key(multi_region="yes"), "keys[0].multi_region: must be true or false"),
    "replicas": (a_set(replicas=OTHER_REGION), "keys[0].replicas: must be a list"),
    "replica": (a_set(1), "keys[0].replicas[0]: must be a map"),
    "no Region": (a_set({}), "keys[0].replicas[0].region: is missing"),
    "unknown Region": (
        a_set("xx-local-1"),
        "keys[0].replicas[0].region: xx-local-1 is not a Region of the partition aws.",
    ),
    "partition": (a_set("cn-north-1"), "keys[0].replicas[0].region: cn-north-1 is not a Region of the partition aws."),
    "Region twice": (
        a_set(OTHER_REGION, {"region": OTHER_REGION}),
        f"keys[0].replicas[1].region: {arn(KEY, region=OTHER_REGION)} already exists.",
    ),
    "primary's own": (a_set(REGION), f"keys[0].replicas[0].region: arn:aws:kms:us-east-1:{ACCOUNT}:key/{KEY} already"),
    "unknown member": (
        a_set({"region": OTHER_REGION, "key_spec": "HMAC_256"}),
        "keys[0].replicas[0].key_spec: there is no such member",
    ),
    "alias": (
        a_set({"region": OTHER_REGION, "aliases": ["a"]}),
        "keys[0].replicas[0].aliases[0]: Alias must start with the prefix",
    ),
    "alias twice": (
        a_set({"region": OTHER_REGION, "aliases": ["alias/a", "alias/a"]}),
        "keys[0].replicas[0].aliases: the same as in keys[0].replicas[0]",
    ),
    "tag": (a_set({"region": OTHER_REGION, "tags": {"aws:a": "b"}}), "keys[0].replicas[0].tags: Tags beginning with"),
    "policy": (a_set({"region": OTHER_REGION, "policy": "{"}), "keys[0].replicas[0].policy: The policy is not a valid"),
    "description": (
        a_set({"region": OTHER_REGION, "description": "x" * 8193}),
        "keys[0].replicas[0].description: Member must have length less",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(lab: House, name: str) -> None:
    """Whatever is wrong with a set is said with its place, and that alone."""
    key, expected = FAULTS[name]
    [said] = faults_of(lab, key)
    assert said.startswith(expected)
