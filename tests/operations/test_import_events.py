"""Imported key material in the trail and in groups of calls (reference, kms-semantics 14.2)."""

from kmscli.clock import DAY
from tests.operations.house import START, House, arn
from tests.operations.importing import (
    HYBRID,
    MATERIAL,
    OTHER,
    THIRD,
    external,
    import_material,
    import_refusal,
    imported_key,
    materials,
    metadata,
    request,
)


def test_the_events(house: House) -> None:
    """Each call is recorded with what 14.2 says, and neither token nor material is in the log."""
    key = external(house)
    given = request(house, key, MATERIAL, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="mine")
    event = house.event()
    assert (event["eventName"], event["readOnly"], event["responseElements"]) == ("GetParametersForImport", True, None)
    assert event["requestParameters"] == {"keyId": key, "wrappingAlgorithm": HYBRID, "wrappingKeySpec": "RSA_2048"}
    material_id = house.call("ImportKeyMaterial", **given)["KeyMaterialId"]
    event = house.event()
    assert event["requestParameters"] == {
        "keyId": key,
        "expirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE",
        "importType": "NEW_KEY_MATERIAL",
        "keyMaterialDescription": "mine",
    }
    answer = {"keyId": arn(key), "keyMaterialId": material_id}
    assert (event["eventName"], event["readOnly"], event["responseElements"]) == ("ImportKeyMaterial", False, answer)
    import_material(house, key, ValidTo=START + DAY)
    assert house.event()["requestParameters"]["validTo"] == "Jan 6, 2026, 9:00:00 AM"
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    event = house.event()
    assert (event["eventName"], event["responseElements"]) == ("DeleteImportedKeyMaterial", answer)
    assert event["requestParameters"] == {"keyId": key}
    assert [resource["ARN"] for resource in event["resources"]] == [arn(key)]


def test_a_refused_import_changes_nothing(house: House) -> None:
    """A failed call is recorded, and key and materials are as they were."""
    key = imported_key(house)
    before = metadata(house, key), materials(house, key)
    refusal = import_refusal(house, key, OTHER)
    assert house.event()["errorCode"] == refusal[0]
    assert (metadata(house, key), materials(house, key)) == before


def test_imports_in_one_commit(house: House) -> None:
    """Of two new materials in one group the second is refused; a key and its material may come together."""
    key = imported_key(house)
    first, second = (request(house, key, one, ImportType="NEW_KEY_MATERIAL") for one in (OTHER, THIRD))
    outcomes = house.group(
        ("ImportKeyMaterial", first), ("ImportKeyMaterial", second), ("RotateKeyOnDemand", {"KeyId": key})
    )
    assert [type(one.error).__name__ for one in outcomes] == ["NoneType", "KMSInvalidStateException", "NoneType"]
    assert len(materials(house, key)) == 2
