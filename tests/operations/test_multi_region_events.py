import pytest

from tests.operations.house import ACCOUNT, OTHER_REGION, REGION, House, arn
from tests.operations.regions import primary


def test_the_events_of_a_replica(house: House) -> None:
    """ReplicateKey leaves its own event, and one of CreateKey in the replica's Region, as KMS made it there."""
    key = primary(house)
    tags = [{"TagKey": "a", "TagValue": "b"}]
    members = {"KeyId": key, "ReplicaRegion": OTHER_REGION, "Description": "d", "Tags": tags}
    answer = house.call("ReplicateKey", **members)
    own, made = house.events()[-2:]
    assert (own["eventName"], own["awsRegion"], own["readOnly"]) == ("ReplicateKey", REGION, False)
    shared = {"bypassPolicyLockoutSafetyCheck": False, "description": "d", "tags": [{"tagKey": "a", "tagValue": "b"}]}
    assert own["requestParameters"] == {"keyId": key, "replicaRegion": OTHER_REGION, **shared}
    assert sorted(own["responseElements"]) == ["replicaKeyMetadata", "replicaPolicy"]
    assert own["responseElements"]["replicaPolicy"] == answer["ReplicaPolicy"]
    assert own["responseElements"]["replicaKeyMetadata"]["arn"] == arn(key, region=OTHER_REGION)
    assert [resource["ARN"] for resource in own["resources"]] == [arn(key)]
    assert (made["eventName"], made["awsRegion"], made["eventType"]) == ("CreateKey", OTHER_REGION, "AwsApiCall")
    assert made["requestParameters"] == {
        **shared,
        "keyUsage": "ENCRYPT_DECRYPT",
        "keySpec": "SYMMETRIC_DEFAULT",
        "customerMasterKeySpec": "SYMMETRIC_DEFAULT",
        "origin": "AWS_KMS",
        "multiRegion": True,
    }
    assert made["responseElements"] == {"keyMetadata": own["responseElements"]["replicaKeyMetadata"]}
    assert [resource["ARN"] for resource in made["resources"]] == [arn(key, region=OTHER_REGION)]
    assert made["userIdentity"] == {**own["userIdentity"], "invokedBy": "kms.amazonaws.com"}
    assert made["requestID"] != own["requestID"]


def test_the_events_of_a_primary_key_that_moves(house: House) -> None:
    """UpdatePrimaryRegion leaves an event in each Region; the second names who invoked it, and no resources."""
    key = primary(house, OTHER_REGION)
    house.call("UpdatePrimaryRegion", KeyId=key, PrimaryRegion=OTHER_REGION)
    here, there = house.events()[-2:]
    for event, region in ((here, REGION), (there, OTHER_REGION)):
        assert (event["eventName"], event["awsRegion"]) == ("UpdatePrimaryRegion", region)
        assert event["requestParameters"] == {"keyId": key, "primaryRegion": OTHER_REGION}
        assert event["responseElements"] is None
    assert [resource["ARN"] for resource in here["resources"]] == [arn(key)]
    assert "resources" not in there
    assert there["userIdentity"]["invokedBy"] == "kms.amazonaws.com"
    assert "invokedBy" not in here["userIdentity"]


def test_the_events_of_a_rotation(house: House) -> None:
    """A rotation leaves an event for each related key, and one that says that they were synchronized."""
    key = primary(house, OTHER_REGION)
    house.call("RotateKeyOnDemand", KeyId=key)
    asked, here, there, synchronized = house.events()[-4:]
    assert asked["eventName"] == "RotateKeyOnDemand"
    for event, region in ((here, REGION), (there, OTHER_REGION)):
        assert (event["eventName"], event["awsRegion"]) == ("RotateKey", region)
        assert event["serviceEventDetails"]["keyId"] == arn(key, region=region)
        assert event["serviceEventDetails"]["currentKeyMaterialId"] == house.material_of(key)
        assert "requestID" not in event
    assert synchronized["eventName"] == "SynchronizeMultiRegionKey"
    assert (synchronized["eventType"], synchronized["awsRegion"]) == ("AwsApiCall", REGION)
    assert [resource["ARN"] for resource in synchronized["resources"]] == [arn(key)]
    assert len(synchronized["requestID"]) == 36
    assert synchronized["userIdentity"] == {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}


@pytest.mark.parametrize("regions", [(), (OTHER_REGION,)])
def test_only_what_has_replicas_is_synchronized(house: House, regions: tuple[str, ...]) -> None:
    """Turning rotation on and off is synchronized to replicas, where there are any."""
    key = primary(house, *regions)
    house.call("EnableKeyRotation", KeyId=key)
    house.call("DisableKeyRotation", KeyId=key)
    names = [event["eventName"] for event in house.events()]
    assert names.count("SynchronizeMultiRegionKey") == 2 * len(regions)


def test_a_refused_replica_leaves_one_event(house: House) -> None:
    """A call that fails leaves no event elsewhere."""
    key = primary(house, OTHER_REGION)
    house.refusal("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    assert [event["eventName"] for event in house.events()[-2:]] == ["CreateKey", "ReplicateKey"]
    assert house.event()["errorCode"] == "AlreadyExistsException"
    assert house.event()["awsRegion"] == REGION
