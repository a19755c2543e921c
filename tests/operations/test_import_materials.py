"""Imported key material in a key: new, current, deleted, imported again (reference, kms-semantics 10.2 and 10.3)."""

import pytest

from kmscli.clock import DAY
from kmscli.crypto import asymmetric
from kmscli.crypto.wrapping import wrap
from tests.operations.house import START, House, arn
from tests.operations.importing import (
    HYBRID,
    IMPORTABLE,
    MATERIAL,
    OAEP,
    OTHER,
    THIRD,
    external,
    import_material,
    import_refusal,
    imported_key,
    material_for,
    materials,
    metadata,
    parameters,
    request,
)


def test_new_material_waits_for_its_rotation(house: House) -> None:
    """NEW material is pending and unused; RotateKeyOnDemand makes it current, and the first goes on decrypting."""
    key = imported_key(house, KeyMaterialDescription="first one")
    first = house.material_of(key)
    blob = house.encrypted(key)
    second = import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL", KeyMaterialDescription="the 2nd")
    assert house.state_of(key) == "Enabled"
    assert house.material_of(key) == first
    kept = {"ImportState": "IMPORTED", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    entry = {"KeyMaterialId": first, "KeyMaterialDescription": "first one", "KeyMaterialState": "CURRENT", **kept}
    other = {"KeyMaterialId": second, "KeyMaterialDescription": "the 2nd", "KeyMaterialState": "PENDING_ROTATION"}
    assert materials(house, key) == [entry, {**other, **kept}]
    assert house.call("ListKeyRotations", KeyId=key)["Rotations"] == []
    house.later(hours=1)
    assert house.call("RotateKeyOnDemand", KeyId=key) == {"KeyId": arn(key)}
    rotated = {"KeyMaterialState": "CURRENT", "RotationDate": house.now, "RotationType": "ON_DEMAND"}
    assert materials(house, key) == [{**entry, "KeyMaterialState": "NON_CURRENT"}, {**other, **kept, **rotated}]
    [completed] = house.call("ListKeyRotations", KeyId=key)["Rotations"]
    assert (completed["KeyMaterialId"], completed["KeyId"]) == (second, key)
    assert house.material_of(key) == second
    opened = house.call("Decrypt", CiphertextBlob=blob)
    assert (opened["Plaintext"], opened["KeyMaterialId"]) == (b"secret", first)
    assert house.call("Decrypt", CiphertextBlob=house.encrypted(key))["KeyMaterialId"] == second


def test_the_rotation_of_imported_material_is_recorded(house: House) -> None:
    """RotateKeyOnDemand leaves its own event and the service's, which names both materials."""
    key = imported_key(house)
    first = house.material_of(key)
    second = import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    house.call("RotateKeyOnDemand", KeyId=key)
    call, service = house.events()[-2:]
    assert (call["eventName"], service["eventName"]) == ("RotateKeyOnDemand", "RotateKey")
    assert service["serviceEventDetails"] == {
        "rotationType": "ON_DEMAND",
        "keyOrigin": "EXTERNAL",
        "previousKeyMaterialId": first,
        "currentKeyMaterialId": second,
        "keyId": arn(key),
    }


def test_nothing_pending_does_not_rotate(house: House) -> None:
    """Without pending material there is nothing to rotate to, and never by itself."""
    key = imported_key(house)
    message = f"{arn(key)} has no key material that is pending rotation."
    for _ in range(2):
        assert house.refusal("RotateKeyOnDemand", KeyId=key) == ("KMSInvalidStateException", message)
        second = import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL") if _ == 0 else ""
        if second:
            house.call("RotateKeyOnDemand", KeyId=key)
    external_origin = f"{arn(key)} origin is EXTERNAL which is not valid for this operation."
    assert house.refusal("EnableKeyRotation", KeyId=key) == ("UnsupportedOperationException", external_origin)


def test_a_key_rotates_25_times_on_demand(house: House) -> None:
    """The quota of on-demand rotations holds for imported material too."""
    key = imported_key(house)
    given = request(house, key, MATERIAL)
    public_key = parameters(house, key)
    given["ImportToken"] = public_key["ImportToken"]
    for number in range(25):
        blob = wrap(public_key["PublicKey"], HYBRID, bytes((100 + number,)) * 32)
        house.call("ImportKeyMaterial", **{**given, "EncryptedKeyMaterial": blob, "ImportType": "NEW_KEY_MATERIAL"})
        house.call("RotateKeyOnDemand", KeyId=key)
    import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    assert house.refusal("RotateKeyOnDemand", KeyId=key)[0] == "LimitExceededException"
    assert len(materials(house, key)) == 27


def test_the_first_material_is_current_whatever_it_is_called(house: House) -> None:
    """NEW on a key that never had any makes it current at once; EXISTING is refused, since there is none."""
    key = external(house)
    assert import_refusal(house, key, ImportType="EXISTING_KEY_MATERIAL")[0] == "IncorrectKeyMaterialException"
    material_id = import_material(house, key, ImportType="NEW_KEY_MATERIAL")
    assert house.material_of(key) == material_id


def test_the_import_types_default(house: House) -> None:
    """Without a type another material than the one before is incorrect, not new."""
    key = imported_key(house)
    message = f"The key material is not one that {arn(key)} had before."
    assert import_refusal(house, key, OTHER) == ("IncorrectKeyMaterialException", message)
    refusal = import_refusal(house, key, MATERIAL, ImportType="NEW_KEY_MATERIAL")
    assert refusal == ("IncorrectKeyMaterialException", f"The key material is already associated with {arn(key)}.")


def test_one_material_is_pending_at_most(house: House) -> None:
    """A second new material is refused while one is pending; that may be deleted and replaced, or imported again."""
    key = imported_key(house)
    first = house.material_of(key)
    second = import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    message = f"{arn(key)} already has key material that is pending rotation."
    refusal = import_refusal(house, key, THIRD, ImportType="NEW_KEY_MATERIAL")
    assert refusal == ("KMSInvalidStateException", message)
    assert import_refusal(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")[0] == "IncorrectKeyMaterialException"
    assert import_material(house, key, OTHER, KeyMaterialDescription="again") == second
    answer = house.call("DeleteImportedKeyMaterial", KeyId=key, KeyMaterialId=second)
    assert answer == {"KeyId": arn(key), "KeyMaterialId": second}
    assert house.state_of(key) == "Enabled"
    assert [one["KeyMaterialId"] for one in materials(house, key)] == [first]
    third = import_material(house, key, THIRD, ImportType="NEW_KEY_MATERIAL")
    house.call("RotateKeyOnDemand", KeyId=key)
    assert [one["KeyMaterialId"] for one in materials(house, key)] == [first, third]


def test_a_key_waits_for_all_its_material(house: House) -> None:
    """Any permanent material that is deleted makes the key PendingImport, until exactly that is imported again."""
    key = imported_key(house)
    first, blob = house.material_of(key), house.encrypted(key)
    second = import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    house.call("RotateKeyOnDemand", KeyId=key)
    newer = house.encrypted(key)
    house.call("DeleteImportedKeyMaterial", KeyId=key, KeyMaterialId=first)
    assert house.state_of(key) == "PendingImport"
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending import.")
    for one in (blob, newer):
        assert house.refusal("Decrypt", CiphertextBlob=one) == pending
    assert [one["ImportState"] for one in materials(house, key)] == ["PENDING_IMPORT", "IMPORTED"]
    assert import_refusal(house, key, THIRD)[0] == "IncorrectKeyMaterialException"
    wrong = import_refusal(house, key, MATERIAL, KeyMaterialId=second)
    assert wrong[0] == "IncorrectKeyMaterialException"
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    assert import_material(house, key, MATERIAL, KeyMaterialId=first) == first
    assert house.state_of(key) == "PendingImport"
    assert import_material(house, key, OTHER, ImportType="EXISTING_KEY_MATERIAL") == second
    assert house.state_of(key) == "Enabled"
    for one in (blob, newer):
        assert house.call("Decrypt", CiphertextBlob=one)["Plaintext"] == b"secret"


def test_new_material_may_come_while_another_is_missing(house: House) -> None:
    """It is pending, and the key goes on waiting for what is its own."""
    key = imported_key(house)
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    assert house.state_of(key) == "PendingImport"
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending import.")
    assert house.refusal("RotateKeyOnDemand", KeyId=key) == pending
    import_material(house, key, MATERIAL)
    house.call("RotateKeyOnDemand", KeyId=key)
    assert house.state_of(key) == "Enabled"


def test_nothing_to_delete_is_no_error(house: House) -> None:
    """A key that never had material, or whose material is deleted already, answers and stays as it is."""
    key = external(house)
    assert house.call("DeleteImportedKeyMaterial", KeyId=key) == {"KeyId": arn(key)}
    material_id = import_material(house, key)
    for _ in range(2):
        answer = house.call("DeleteImportedKeyMaterial", KeyId=key)
        assert answer == {"KeyId": arn(key), "KeyMaterialId": material_id}
        assert house.state_of(key) == "PendingImport"
    unknown = house.refusal("DeleteImportedKeyMaterial", KeyId=key, KeyMaterialId="0" * 64)
    assert unknown == ("NotFoundException", f"Key material {'0' * 64} of {arn(key)} is not found.")


def test_a_deleted_materials_key_lives_on(house: House) -> None:
    """Alias, policy, tags and what is known of the material outlast its deletion."""
    key = imported_key(house, KeyMaterialDescription="kept", ValidTo=START + DAY)
    house.call("CreateAlias", AliasName="alias/mine", TargetKeyId=key)
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    shown = metadata(house, "alias/mine")
    assert (shown["KeyId"], shown["KeyState"]) == (key, "PendingImport")
    assert not {"ExpirationModel", "ValidTo"} & shown.keys()
    [entry] = materials(house, key)
    assert (entry["KeyMaterialDescription"], entry["ImportState"]) == ("kept", "PENDING_IMPORT")
    import_material(house, key)
    [entry] = materials(house, key)
    assert (entry["KeyMaterialDescription"], entry["ImportState"]) == ("kept", "IMPORTED")
    assert "ValidTo" not in entry


def test_importing_again_changes_the_expiry(house: House) -> None:
    """The same material may be imported over itself with another expiry and description."""
    key = imported_key(house, ValidTo=START + 9 * DAY)
    assert metadata(house, key)["ValidTo"] == START + 9 * DAY
    import_material(house, key, ValidTo=START + 365 * DAY, KeyMaterialDescription="longer")
    shown = metadata(house, key)
    assert (shown["ExpirationModel"], shown["ValidTo"]) == ("KEY_MATERIAL_EXPIRES", START + 365 * DAY)
    house.call("DisableKey", KeyId=key)
    import_material(house, key)
    shown = metadata(house, key)
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("Disabled", "KEY_MATERIAL_DOES_NOT_EXPIRE")
    assert "ValidTo" not in shown


@pytest.mark.parametrize(("spec", "usage"), [one for one in IMPORTABLE if one[0] != "SYMMETRIC_DEFAULT"], ids="-".join)
def test_other_keys_have_one_material_for_ever(shared: House, spec: str, usage: str) -> None:
    """A key that is not symmetric takes its own material again, and no other, deleted or not."""
    key = external(shared, spec, usage)
    import_material(shared, key, material_for(spec))
    different = bytes(reversed(material_for(spec))) if spec.startswith("HMAC") else another_pair(spec)
    for _ in range(2):
        assert import_refusal(shared, key, different)[0] == "IncorrectKeyMaterialException"
        shared.call("DeleteImportedKeyMaterial", KeyId=key)
    import_material(shared, key, material_for(spec))
    assert shared.state_of(key) == "Enabled"


def another_pair(spec: str) -> bytes:
    """Another private key of a spec; for the largest RSA keys, which take long to make, one that is no such key."""
    return asymmetric.generate_pair("RSA_2048" if spec.startswith("RSA_") else spec)[0]


def test_a_material_id_is_the_keys_own(house: House) -> None:
    """Equal bytes have another id in another key, the same in the same; a blob does not open under the other."""
    key, other = imported_key(house), imported_key(house)
    assert house.material_of(key) != house.material_of(other)
    blob = house.encrypted(key)
    assert house.refusal("Decrypt", CiphertextBlob=blob, KeyId=other)[0] == "IncorrectKeyException"


def test_a_public_key_outlasts_its_private_one(house: House) -> None:
    """GetPublicKey answers while the material is deleted; before the first import there is none to show."""
    key = external(house, "ECC_NIST_P256", "SIGN_VERIFY")
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending import.")
    assert house.refusal("GetPublicKey", KeyId=key) == pending
    import_material(house, key, material_for("ECC_NIST_P256"))
    shown = house.call("GetPublicKey", KeyId=key)
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    assert house.call("GetPublicKey", KeyId=key) == shown
    assert house.refusal("Sign", KeyId=key, Message=b"m", SigningAlgorithm="ECDSA_SHA_256") == pending


def test_a_disabled_key_that_lost_its_material(house: House) -> None:
    """It is PendingImport, can be neither enabled nor disabled, and an import enables it."""
    key = imported_key(house)
    house.call("DisableKey", KeyId=key)
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending import.")
    assert house.refusal("EnableKey", KeyId=key) == house.refusal("DisableKey", KeyId=key) == pending
    import_material(house, key)
    assert house.state_of(key) == "Enabled"


@pytest.mark.parametrize("imports", [False, True])
def test_a_key_pending_deletion(house: House, *, imports: bool) -> None:
    """It takes no import; its material may be deleted; cancelled, it is PendingImport unless its material is there."""
    key = imported_key(house) if imports else external(house)
    given = request(house, key, MATERIAL)
    house.call("ScheduleKeyDeletion", KeyId=key)
    deleting = ("KMSInvalidStateException", f"{arn(key)} is pending deletion.")
    assert house.refusal("ImportKeyMaterial", **given) == deleting
    asked = {"KeyId": key, "WrappingAlgorithm": OAEP, "WrappingKeySpec": "RSA_2048"}
    assert house.refusal("GetParametersForImport", **asked) == deleting
    house.call("CancelKeyDeletion", KeyId=key)
    assert house.state_of(key) == ("Disabled" if imports else "PendingImport")
    house.call("ScheduleKeyDeletion", KeyId=key)
    house.call("DeleteImportedKeyMaterial", KeyId=key)
    assert house.state_of(key) == "PendingDeletion"
    house.call("CancelKeyDeletion", KeyId=key)
    assert house.state_of(key) == "PendingImport"
