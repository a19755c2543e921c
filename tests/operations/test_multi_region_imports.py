from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.crypto import asymmetric
from kmscli.crypto.importing import RAW_LENGTHS
from tests.operations.house import OTHER_REGION, REGION, House, arn
from tests.operations.importing import IMPORTABLE, MATERIAL, OTHER, external, import_refusal, material_for, materials
from tests.operations.importing import import_material as import_here
from tests.operations.regions import HERE, NOT_PRIMARY, THERE, metadata, soundly

NEW, EXISTING = {"ImportType": "NEW_KEY_MATERIAL"}, {"ImportType": "EXISTING_KEY_MATERIAL"}
WAITING, READY = "PENDING_MULTI_REGION_IMPORT_AND_ROTATION", "PENDING_ROTATION"


def import_material(house: House, by: Caller, key: str, material: bytes = MATERIAL, **members: Any) -> str:
    """Import a material in a Region."""
    house.caller = by
    made = import_here(house, key, material, **members)
    house.caller = HERE
    return made


def refused(house: House, by: Caller, key: str, material: bytes, **members: Any) -> tuple[str, str]:
    """How an import in a Region is refused."""
    house.caller = by
    refusal = import_refusal(house, key, material, **members)
    house.caller = HERE
    return refusal


def seen(house: House, by: Caller, key: str) -> list[tuple[str, str]]:
    """What is there of each of a key's materials in a Region, and how it stands."""
    house.caller = by
    found = [(one["ImportState"], one["KeyMaterialState"]) for one in materials(house, key)]
    house.caller = HERE
    return found


def pair(house: House) -> str:
    """A symmetric primary key with imported material, and a replica with the same."""
    key = external(house, MultiRegion=True)
    import_material(house, HERE, key)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    import_material(house, THERE, key)
    return key


def test_a_primary_key_without_material_is_not_replicated(house: House) -> None:
    """A primary key that waits for its import has nothing to replicate."""
    key = external(house, MultiRegion=True)
    refusal = house.refusal("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    assert refusal == ("KMSInvalidStateException", f"{arn(key)} is pending import.")


def other_than(material: bytes, spec: str) -> bytes:
    """Other material that is as right for a spec."""
    return bytes(byte ^ 1 for byte in material) if spec in RAW_LENGTHS else asymmetric.generate_pair(spec)[0]


@pytest.mark.parametrize(("spec", "usage"), [one for one in IMPORTABLE if one[0] not in ("RSA_3072", "RSA_4096")])
def test_a_replica_waits_for_the_same_material(house: House, spec: str, usage: str) -> None:
    """A replica of imported material is PendingImport, takes that material alone, and then has the same id and key."""
    key = external(house, spec, usage, MultiRegion=True)
    material = MATERIAL if spec == "SYMMETRIC_DEFAULT" else material_for(spec)
    made = import_material(house, HERE, key, material)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    shown = metadata(house, key, THERE)
    assert (shown["KeyState"], shown["Origin"]) == ("PendingImport", "EXTERNAL")
    assert "ExpirationModel" not in shown
    assert refused(house, THERE, key, other_than(material, spec))[0] == "IncorrectKeyMaterialException"
    assert import_material(house, THERE, key, material) == made
    assert metadata(house, key, THERE)["KeyState"] == "Enabled"
    assert metadata(house, key)["KeyState"] == "Enabled"
    soundly(house)


def test_blobs_go_both_ways(house: House) -> None:
    """What one of two keys with the same imported material encrypts, the other decrypts; each loses its own alone."""
    key = pair(house)
    for one, other in ((HERE, THERE), (THERE, HERE)):
        blob = house.call("Encrypt", one, KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
        assert house.call("Decrypt", other, CiphertextBlob=blob)["Plaintext"] == b"secret"
    house.call("DeleteImportedKeyMaterial", THERE, KeyId=key)
    assert metadata(house, key, THERE)["KeyState"] == "PendingImport"
    assert metadata(house, key)["KeyState"] == "Enabled"


def test_each_key_s_material_expires_by_itself(lab: House) -> None:
    """When imported material expires is each key's own."""
    key = external(lab, MultiRegion=True)
    import_material(lab, HERE, key)
    lab.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    import_material(lab, THERE, key, ValidTo=lab.now + 100)
    assert metadata(lab, key)["ExpirationModel"] == "KEY_MATERIAL_DOES_NOT_EXPIRE"
    assert metadata(lab, key, THERE)["ValidTo"] == lab.now + 100
    lab.later(seconds=100)
    assert metadata(lab, key, THERE)["KeyState"] == "PendingImport"
    assert metadata(lab, key)["KeyState"] == "Enabled"
    expired = [one["awsRegion"] for one in lab.events() if one["eventName"] == "DeleteExpiredKeyMaterial"]
    assert expired == [OTHER_REGION]


def test_new_material_waits_until_all_have_it(house: House) -> None:
    """New material goes into the primary key, then into the replicas, and then both rotate to it at once."""
    key = pair(house)
    assert refused(house, THERE, key, OTHER, **NEW)[1] == NOT_PRIMARY.format(arn=arn(key, region=OTHER_REGION))
    made = import_material(house, HERE, key, OTHER, **NEW)
    assert house.event()["eventName"] == "SynchronizeMultiRegionKey"
    assert seen(house, HERE, key) == [("IMPORTED", "CURRENT"), ("IMPORTED", WAITING)]
    assert seen(house, THERE, key) == [("IMPORTED", "CURRENT"), ("PENDING_IMPORT", WAITING)]
    assert metadata(house, key, THERE)["KeyState"] == "Enabled"
    assert house.refusal("RotateKeyOnDemand", KeyId=key)[0] == "KMSInvalidStateException"
    assert import_material(house, THERE, key, OTHER, **EXISTING) == made
    assert seen(house, HERE, key) == seen(house, THERE, key) == [("IMPORTED", "CURRENT"), ("IMPORTED", READY)]
    old = house.encrypted(key)
    house.call("RotateKeyOnDemand", KeyId=key)
    assert [one["awsRegion"] for one in house.events() if one["eventName"] == "RotateKey"] == [REGION, OTHER_REGION]
    assert seen(house, HERE, key) == seen(house, THERE, key) == [("IMPORTED", "NON_CURRENT"), ("IMPORTED", "CURRENT")]
    assert metadata(house, key, THERE)["CurrentKeyMaterialId"] == made
    for blob in (old, house.encrypted(key)):
        assert house.call("Decrypt", THERE, CiphertextBlob=blob)["Plaintext"] == b"secret"
    soundly(house)


@pytest.mark.parametrize(("by", "left"), [(HERE, []), (THERE, [("PENDING_IMPORT", WAITING)])])
def test_pending_material_is_deleted(house: House, by: Caller, left: list[tuple[str, str]]) -> None:
    """Deleted on the primary key pending material is gone everywhere; on a replica, there alone."""
    key = pair(house)
    made = import_material(house, HERE, key, OTHER, **NEW)
    import_material(house, THERE, key, OTHER)
    house.call("DeleteImportedKeyMaterial", by, KeyId=key, KeyMaterialId=made)
    assert seen(house, THERE, key) == [("IMPORTED", "CURRENT"), *left]
    assert len(seen(house, HERE, key)) == 1 + len(left)
    assert metadata(house, key, THERE)["KeyState"] == metadata(house, key)["KeyState"] == "Enabled"
    soundly(house)


def test_descriptions_are_the_primary_key_s(house: House) -> None:
    """A material is described on the primary key, for all; a replica keeps that when it imports."""
    key = pair(house)
    import_material(house, HERE, key, KeyMaterialDescription="mine")
    house.caller = THERE
    assert materials(house, key)[0]["KeyMaterialDescription"] == "mine"
    house.caller = HERE
    refusal = refused(house, THERE, key, MATERIAL, KeyMaterialDescription="yours")
    assert refusal == ("UnsupportedOperationException", NOT_PRIMARY.format(arn=arn(key, region=OTHER_REGION)))
    import_material(house, THERE, key)
    assert materials(house, key)[0]["KeyMaterialDescription"] == "mine"


def test_a_later_replica_knows_of_all_material(house: House) -> None:
    """A replica that is made after rotations waits for every material that is the key's own for good."""
    key = pair(house)
    import_material(house, HERE, key, OTHER, **NEW)
    import_material(house, THERE, key, OTHER)
    house.call("RotateKeyOnDemand", KeyId=key)
    house.call("ScheduleKeyDeletion", THERE, KeyId=key, PendingWindowInDays=7)
    house.later(days=7)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    import_material(house, THERE, key, OTHER)
    assert metadata(house, key, THERE)["KeyState"] == "PendingImport"
    import_material(house, THERE, key, MATERIAL)
    assert metadata(house, key, THERE)["KeyState"] == "Enabled"
    assert seen(house, THERE, key) == seen(house, HERE, key)
    soundly(house)
