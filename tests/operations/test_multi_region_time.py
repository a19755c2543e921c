from typing import Any

import pytest

from kmscli.clock import DAY
from tests.operations.house import OTHER_REGION, REGION, START, House, arn
from tests.operations.regions import HERE, NOT_PRIMARY, THERE, THIRD, configuration, metadata, primary, soundly


def test_a_primary_key_waits_for_its_replicas(lab: House) -> None:
    """A primary key with replicas is pending their deletion; its own window begins when the last of them is gone."""
    key = primary(lab, OTHER_REGION, "us-west-2")
    answer = lab.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=10)
    assert answer == {"KeyId": arn(key), "KeyState": "PendingReplicaDeletion", "PendingWindowInDays": 10}
    shown = metadata(lab, key)
    assert (shown["PendingDeletionWindowInDays"], shown["Enabled"]) == (10, False)
    assert "DeletionDate" not in shown
    lab.later(days=400)
    assert lab.state_of(key) == "PendingReplicaDeletion"
    start = lab.now
    lab.call("ScheduleKeyDeletion", THERE, KeyId=key, PendingWindowInDays=7)
    lab.call("ScheduleKeyDeletion", THIRD, KeyId=key, PendingWindowInDays=8)
    lab.later(days=7)
    shown = metadata(lab, key)
    assert shown["KeyState"] == "PendingReplicaDeletion"
    assert shown["MultiRegionConfiguration"] == configuration(key, "PRIMARY", REGION, "us-west-2")
    lab.later(days=1)
    shown = metadata(lab, key)
    assert (shown["KeyState"], shown["DeletionDate"]) == ("PendingDeletion", start + 18 * DAY)
    assert "PendingDeletionWindowInDays" not in shown
    assert shown["MultiRegionConfiguration"] == configuration(key, "PRIMARY", REGION)
    lab.later(days=10)
    assert lab.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"
    assert [event["awsRegion"] for event in lab.events() if event["eventName"] == "DeleteKey"] == [
        OTHER_REGION,
        "us-west-2",
        REGION,
    ]
    soundly(lab)


@pytest.mark.parametrize("first", ["ListKeys", "DescribeKey", "GenerateRandom"])
def test_a_whole_set_goes_in_one_leap(lab: House, first: str) -> None:
    """One leap past everything leaves what steps of a day leave, whatever is called first."""
    key = primary(lab, OTHER_REGION, "us-west-2")
    lab.call("CreateAlias", THERE, AliasName="alias/app", TargetKeyId=key)
    lab.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=10)
    lab.call("ScheduleKeyDeletion", THERE, KeyId=key, PendingWindowInDays=7)
    lab.call("ScheduleKeyDeletion", THIRD, KeyId=key, PendingWindowInDays=8)
    lab.later(days=18)
    if first == "ListKeys":
        assert lab.call("ListKeys")["Keys"] == []
    elif first == "DescribeKey":
        assert lab.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"
    else:
        lab.call("GenerateRandom", NumberOfBytes=1)
    deleted = [event for event in lab.events() if event["eventName"] == "DeleteKey"]
    days = ["2026-01-12", "2026-01-13", "2026-01-23"]
    assert [event["eventTime"][:10] for event in deleted] == days
    assert [event["awsRegion"] for event in deleted] == [OTHER_REGION, "us-west-2", REGION]
    soundly(lab)


def test_the_wait_for_replicas_can_be_cancelled(house: House) -> None:
    """A primary key that waits for its replicas can be kept: it is disabled, without a window."""
    key = primary(house, OTHER_REGION)
    house.call("ScheduleKeyDeletion", KeyId=key)
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending replica deletion.")
    assert house.refusal("Encrypt", KeyId=key, Plaintext=b"x") == pending
    assert house.refusal("ReplicateKey", KeyId=key, ReplicaRegion="us-west-2") == pending
    assert house.call("CancelKeyDeletion", KeyId=key) == {"KeyId": arn(key)}
    shown = metadata(house, key)
    assert shown["KeyState"] == "Disabled"
    assert "PendingDeletionWindowInDays" not in shown
    house.call("ScheduleKeyDeletion", THERE, KeyId=key, PendingWindowInDays=7)
    house.later(days=7)
    assert house.state_of(key) == "Disabled"
    answer = house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert answer["KeyState"] == "PendingDeletion"


def status(house: House, key: str, by: Any = HERE) -> dict[str, Any]:
    """GetKeyRotationStatus, without the key."""
    answer = house.call("GetKeyRotationStatus", by, KeyId=key)
    assert answer.pop("KeyId") == arn(key, region=by.region)
    return answer


def rotations(house: House, key: str, by: Any = HERE) -> list[tuple[str, str, str | None]]:
    """Id, state and type of each of a key's materials."""
    listed = house.call("ListKeyRotations", by, KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
    return [(one["KeyMaterialId"], one["KeyMaterialState"], one.get("RotationType")) for one in listed]


def test_rotation_goes_through_the_primary_key(lab: House) -> None:
    """Flag, period, dates and materials are the same everywhere; a disabled replica is rotated too."""
    key = primary(lab, OTHER_REGION, "us-west-2")
    lab.call("DisableKey", THIRD, KeyId=key)
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    on = {"KeyRotationEnabled": True, "RotationPeriodInDays": 90, "NextRotationDate": START + 90 * DAY}
    assert [status(lab, key, by) for by in (HERE, THERE, THIRD)] == [on] * 3
    old = lab.encrypted(key)
    lab.later(days=90)
    encrypted = lab.call("Encrypt", THERE, KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    first = rotations(lab, key)
    assert [entry[1:] for entry in first] == [("NON_CURRENT", None), ("CURRENT", "AUTOMATIC")]
    lab.call("RotateKeyOnDemand", KeyId=key)
    lab.call("EnableKey", THIRD, KeyId=key)
    assert len(rotations(lab, key)) == 3
    for by in (HERE, THERE, THIRD):
        assert rotations(lab, key, by) == rotations(lab, key)
        assert metadata(lab, key, by)["CurrentKeyMaterialId"] == rotations(lab, key)[-1][0]
        assert status(lab, key, by) == {**on, "NextRotationDate": START + 180 * DAY}
        assert lab.call("Decrypt", by, CiphertextBlob=old)["KeyMaterialId"] == first[0][0]
        assert lab.call("Decrypt", by, CiphertextBlob=encrypted)["KeyMaterialId"] == first[1][0]
    lab.call("DisableKeyRotation", KeyId=key)
    assert [status(lab, key, by) for by in (HERE, THERE, THIRD)] == [{"KeyRotationEnabled": False}] * 3
    soundly(lab)


@pytest.mark.parametrize("name", ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"])
def test_a_replica_does_not_rotate_by_itself(house: House, name: str) -> None:
    """What rotates a key is refused on a replica."""
    key = primary(house, OTHER_REGION)
    refusal = house.refusal(name, THERE, KeyId=key)
    assert refusal == ("UnsupportedOperationException", NOT_PRIMARY.format(arn=arn(key, region=OTHER_REGION)))


def test_a_new_replica_has_all_old_material(lab: House) -> None:
    """A replica that is made after rotations decrypts everything, and goes on rotating with the primary key."""
    key = primary(lab)
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    blobs = [lab.encrypted(key)]
    for _ in range(2):
        lab.later(days=90)
        blobs.append(lab.encrypted(key))
    lab.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    assert rotations(lab, key, THERE) == rotations(lab, key)
    assert status(lab, key, THERE) == status(lab, key)
    lab.call("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=OTHER_REGION)
    lab.later(days=90)
    blobs.append(lab.encrypted(key))
    assert len(rotations(lab, key, THERE)) == 4
    for blob in blobs:
        assert lab.call("Decrypt", THERE, CiphertextBlob=blob)["Plaintext"] == b"secret"
    rotated = [event for event in lab.events() if event["eventName"] == "RotateKey"]
    assert [event["awsRegion"] for event in rotated] == [REGION, REGION, OTHER_REGION, REGION]


def test_a_primary_key_that_is_enabled_again_rotates_its_replicas(lab: House) -> None:
    """A rotation that fell due while the primary key was disabled happens everywhere when it is enabled."""
    key = primary(lab, OTHER_REGION)
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.call("DisableKey", KeyId=key)
    lab.later(days=100)
    assert len(rotations(lab, key, THERE)) == 1
    lab.call("EnableKey", KeyId=key)
    assert rotations(lab, key, THERE) == rotations(lab, key)
    assert len(rotations(lab, key)) == 2
