"""Keys of origin EXTERNAL in a seed file: with imported material, or waiting for it."""

import base64
from typing import Any

import pytest

from kmscli.clock import DAY
from tests.operations.house import ABSENT, OTHER_REGION, START, House, arn
from tests.operations.importing import (
    IMPORTABLE,
    MATERIAL,
    OTHER,
    THIRD,
    import_material,
    import_refusal,
    material_for,
    materials,
    metadata,
)
from tests.operations.regions import HERE, THERE, soundly
from tests.operations.seeding import a_key, derived_id, differences, faults_of, seeded

FIRST, SECOND, LAST = ({"hex": material.hex()} for material in (MATERIAL, OTHER, THIRD))
SECONDS = {"rotated": "2026-01-03"}


def imported(*given: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A key of a seed file with imported materials."""
    return a_key(origin="EXTERNAL", created="2026-01-01", materials=list(given) or None, **members)


def test_a_key_waits_for_its_import(lab: House) -> None:
    """A key without materials is PendingImport; seeding it again changes nothing; an import makes it usable."""
    assert seeded(lab, imported()) == [arn(ABSENT)]
    shown = metadata(lab, ABSENT)
    assert (shown["Origin"], shown["KeyState"]) == ("EXTERNAL", "PendingImport")
    assert "CurrentKeyMaterialId" not in shown
    assert seeded(lab, imported()) == []
    import_material(lab, ABSENT)
    assert lab.call("Decrypt", CiphertextBlob=lab.encrypted(ABSENT))["Plaintext"] == b"secret"
    said = differences(lab, imported())
    assert said == ["keys[0]: the key is there already, and not like this: enabled, materials"]
    soundly(lab)


def test_imported_materials_are_as_the_file_says(lab: House) -> None:
    """Each material has its derived id, description and expiry; the last one, not rotated to, is pending."""
    expiring = {**SECOND, **SECONDS, "description": "the second", "valid_to": "2026-02-01"}
    key = imported(FIRST, expiring, LAST)
    seeded(lab, key)
    first, second, last = (derived_id(ABSENT, material) for material in (MATERIAL, OTHER, THIRD))
    kept = {"ImportState": "IMPORTED", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    assert materials(lab, ABSENT) == [
        {**kept, "KeyMaterialId": first, "KeyMaterialState": "NON_CURRENT"},
        {
            "KeyMaterialId": second,
            "KeyMaterialDescription": "the second",
            "ImportState": "IMPORTED",
            "KeyMaterialState": "CURRENT",
            "ExpirationModel": "KEY_MATERIAL_EXPIRES",
            "ValidTo": START - 9 * 3600 + 27 * DAY,
            "RotationDate": START - 9 * 3600 - 2 * DAY,
            "RotationType": "ON_DEMAND",
        },
        {**kept, "KeyMaterialId": last, "KeyMaterialState": "PENDING_ROTATION"},
    ]
    assert lab.encrypted(ABSENT)[8:40].hex() == second
    assert seeded(lab, key) == []
    lab.call("RotateKeyOnDemand", KeyId=ABSENT)
    assert lab.material_of(ABSENT) == last
    lab.later(days=28)
    assert metadata(lab, ABSENT)["KeyState"] == "PendingImport"
    soundly(lab)


def test_a_disabled_key_has_imported_material_too(lab: House) -> None:
    """A key with imported material may be disabled, and has it when it is enabled."""
    seeded(lab, imported(FIRST, enabled=False))
    assert metadata(lab, ABSENT)["KeyState"] == "Disabled"
    lab.call("EnableKey", KeyId=ABSENT)
    assert lab.encrypted(ABSENT)[8:40].hex() == derived_id(ABSENT, MATERIAL)


@pytest.mark.parametrize("given", [{}, {"material_id": "ab" * 32}])
def test_the_same_material_is_imported_again(lab: House, given: dict[str, str]) -> None:
    """What was seeded is known when it is imported again, under the id that the file gave it; other material is not."""
    seeded(lab, imported({**FIRST, **given}, {**SECOND, **SECONDS}))
    seeded_id = given.get("material_id", derived_id(ABSENT, MATERIAL))
    blob = lab.encrypted(ABSENT)
    lab.call("DeleteImportedKeyMaterial", KeyId=ABSENT, KeyMaterialId=seeded_id)
    assert metadata(lab, ABSENT)["KeyState"] == "PendingImport"
    for other in (OTHER, THIRD):
        assert import_refusal(lab, ABSENT, other, KeyMaterialId=seeded_id)[0] == "IncorrectKeyMaterialException"
    refusal = import_refusal(lab, ABSENT, ImportType="NEW_KEY_MATERIAL")
    assert refusal == ("IncorrectKeyMaterialException", f"The key material is already associated with {arn(ABSENT)}.")
    assert import_material(lab, ABSENT, KeyMaterialId=seeded_id, KeyMaterialDescription="back") == seeded_id
    assert [one.get("KeyMaterialDescription") for one in materials(lab, ABSENT)] == ["back", None]
    assert lab.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"
    soundly(lab)


@pytest.mark.parametrize(("spec", "usage"), [one for one in IMPORTABLE if one[0] not in ("RSA_3072", "RSA_4096")])
def test_every_importable_spec(lab: House, spec: str, usage: str) -> None:
    """A key of each spec that takes imports has the file's material, loses it, and takes it again."""
    material = material_for(spec)
    given = {"base64": base64.b64encode(material).decode()}
    seeded(lab, imported(given, key_spec=spec, key_usage=usage))
    shown = metadata(lab, ABSENT)
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Enabled", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    lab.call("DeleteImportedKeyMaterial", KeyId=ABSENT)
    assert lab.state_of(ABSENT) == "PendingImport"
    import_material(lab, ABSENT, material)
    assert metadata(lab, ABSENT) == shown


def test_all_of_a_set_has_the_imported_material(lab: House) -> None:
    """Material is imported into the replicas too; one that lost it takes the same again."""
    key_id = "mrk-" + "1" * 32
    expiring = {**FIRST, "valid_to": "2026-02-01"}
    key = imported(expiring, {**SECOND, **SECONDS}, LAST, key_id=key_id, multi_region=True, replicas=[OTHER_REGION])
    seeded(lab, key)
    blob = lab.encrypted(key_id)
    assert materials(lab, key_id)[-1]["KeyMaterialState"] == "PENDING_ROTATION"
    of_primary = materials(lab, key_id)
    lab.caller = THERE
    assert materials(lab, key_id) == of_primary
    assert metadata(lab, key_id)["ValidTo"] == of_primary[0]["ValidTo"]
    assert lab.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"
    lab.call("DeleteImportedKeyMaterial", KeyId=key_id)
    assert lab.state_of(key_id) == "PendingImport"
    import_material(lab, key_id, OTHER)
    assert lab.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"
    lab.caller = HERE
    assert seeded(lab, key) == []
    soundly(lab)


FAULTS: dict[str, tuple[dict[str, Any], str]] = {
    "not importable": (
        imported({"hex": "00" * 32}, key_spec="ML_DSA_44", key_usage="SIGN_VERIFY"),
        "keys[0]: Origin EXTERNAL is not supported for KeySpec ML_DSA_44.",
    ),
    "rotation": (
        imported(FIRST, rotation_period_in_days=90),
        "keys[0].rotation_period_in_days: arn:aws:kms:us-east-1:111122223333:key/",
    ),
    "no materials": (imported() | {"materials": []}, "keys[0].materials: Member must have length greater"),
    "disabled": (imported(enabled=False), "keys[0].enabled: goes with materials only"),
    "replicas": (
        imported(key_id="mrk-" + "1" * 32, multi_region=True, replicas=[OTHER_REGION]),
        "keys[0].replicas: go with materials only",
    ),
    "two pending": (imported(FIRST, SECOND, LAST), "keys[0].materials[1].rotated: must be there"),
    "automatic": (
        imported(FIRST, {**SECOND, **SECONDS, "rotation_type": "AUTOMATIC"}),
        "keys[0].materials[1].rotation_type: imported key material is rotated to ON_DEMAND only",
    ),
    "pending's type": (
        imported(FIRST, {**SECOND, "rotation_type": "ON_DEMAND"}),
        "keys[0].materials[1].rotation_type: goes with rotated only",
    ),
    "description": (
        imported({**FIRST, "description": "*"}),
        "keys[0].materials[0].description: Member must satisfy regular expression",
    ),
    "description of a MAC key": (
        imported({**FIRST, "description": "a"}, key_spec="HMAC_256", key_usage="GENERATE_VERIFY_MAC"),
        "keys[0].materials[0].description: KeyMaterialDescription can only be specified for symmetric",
    ),
    "description of KMS's own": (
        a_key(materials=[{**FIRST, "description": "a"}]),
        "keys[0].materials[0].description: goes with origin EXTERNAL only",
    ),
    "expiry of KMS's own": (
        a_key(materials=[{**FIRST, "valid_to": "2026-02-01"}]),
        "keys[0].materials[0].valid_to: goes with origin EXTERNAL only",
    ),
}


@pytest.mark.parametrize("name", FAULTS)
def test_a_fault_is_named_with_its_place(lab: House, name: str) -> None:
    """Whatever is wrong with a key of imported material is said with its place, and that alone."""
    key, expected = FAULTS[name]
    [said] = faults_of(lab, key)
    assert said.startswith(expected)


@pytest.mark.parametrize("valid_to", ["2026-01-05T08:59:59Z", "2027-01-06"])
def test_an_expiry_is_within_a_year(lab: House, valid_to: str) -> None:
    """Material expires within 365 days of the vault's time, as ImportKeyMaterial has it, or the file is refused."""
    said = differences(lab, imported({**FIRST, "valid_to": valid_to}))
    assert said == [
        "keys[0].materials[0].valid_to: The validTo date must be in the future, and no more than 365 days from now."
    ]
