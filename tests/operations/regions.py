"""Multi-Region keys, and what is seen of them from three Regions."""

from typing import Any

from kmscli.keys.check import inspect
from tests.operations.house import OTHER_REGION, House, arn, caller

NOT_PRIMARY = "{arn} is not a multi-region primary key."
HERE, THERE, THIRD = caller(), caller(region=OTHER_REGION), caller(region="us-west-2")


def primary(house: House, *regions: str, **members: Any) -> str:
    """A multi-Region primary key with replicas in some Regions."""
    key = house.new_key(MultiRegion=True, **members)
    for region in regions:
        house.call("ReplicateKey", KeyId=key, ReplicaRegion=region)
    return key


def metadata(house: House, key: str, by: Any = HERE) -> dict[str, Any]:
    """What DescribeKey shows in a Region."""
    shown: dict[str, Any] = house.call("DescribeKey", by, KeyId=key)["KeyMetadata"]
    return shown


def configuration(key: str, key_type: str, *regions: str) -> dict[str, Any]:
    """A MultiRegionConfiguration: the primary's Region first."""
    first, *others = [{"Arn": arn(key, region=region), "Region": region} for region in regions]
    return {"MultiRegionKeyType": key_type, "PrimaryKey": first, "ReplicaKeys": others}


def soundly(house: House) -> None:
    """See that the vault is as it should be."""
    assert inspect(house.engine.vault).faults == []
