"""A vault in which much falls due within two years, and what can be seen of it."""

from pathlib import Path
from typing import Any

from tests.operations.house import House


def service_events(house: House) -> list[tuple[str, str]]:
    """What the service did by itself, and when it was due."""
    events = [event for event in house.events() if event["eventType"] == "AwsServiceEvent"]
    return [(event["eventName"], event["eventTime"]) for event in events]


def prepared(path: Path) -> None:
    """A vault in which much falls due within two years."""
    house = House(path)
    keys = {name: house.new_key(Description=name) for name in ("a", "b", "c", "d", "e", "f", "g")}
    for name, period in (("a", 90), ("b", 365), ("c", 100), ("d", 200), ("g", 2560)):
        house.call("EnableKeyRotation", KeyId=keys[name], RotationPeriodInDays=period)
        house.later(hours=7, seconds=0.25)
    for name in ("a", "e"):
        house.call("CreateAlias", AliasName=f"alias/{name}", TargetKeyId=keys[name])
    house.call("RotateKeyOnDemand", KeyId=keys["a"])
    house.call("DisableKey", KeyId=keys["c"])
    house.call("ScheduleKeyDeletion", KeyId=keys["d"], PendingWindowInDays=30)
    house.call("ScheduleKeyDeletion", KeyId=keys["e"], PendingWindowInDays=7)
    house.close()


def picture(house: House) -> dict[str, Any]:
    """All that can be seen of a vault's keys, by description, without ids."""
    shown: dict[str, Any] = {"aliases": sorted(one["AliasName"] for one in house.call("ListAliases")["Aliases"])}
    for entry in house.call("ListKeys")["Keys"]:
        key = entry["KeyId"]
        metadata = house.call("DescribeKey", KeyId=key)["KeyMetadata"]
        status = house.call("GetKeyRotationStatus", KeyId=key)
        rotations = house.call("ListKeyRotations", KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")["Rotations"]
        for one in (metadata, status, *rotations):
            for name in ("KeyId", "Arn", "CurrentKeyMaterialId", "KeyMaterialId"):
                one.pop(name, None)
        shown[metadata["Description"]] = (metadata, status, rotations)
    return shown
