"""Imported key material expires at its time (reference, kms-semantics 10.3, 14.3)."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from kmscli.clock import DAY, HOUR
from kmscli.keys.check import inspect
from kmscli.keys.material import MATERIAL as MATERIAL_KIND
from tests.operations.house import ACCOUNT, REGION, START, House, arn
from tests.operations.importing import (
    MATERIAL,
    OTHER,
    THIRD,
    external,
    import_material,
    imported_key,
    material_for,
    materials,
    metadata,
)
from tests.vault.ground import execute


def expiries(house: House) -> list[dict[str, Any]]:
    """The events of material that expired."""
    return [event for event in house.events() if event["eventName"] == "DeleteExpiredKeyMaterial"]


def test_material_expires_to_the_second(house: House) -> None:
    """Up to its date the key is usable; from then on it is PendingImport, and the material is listed as gone."""
    key = imported_key(house, ValidTo=START + 3 * DAY)
    blob = house.encrypted(key)
    house.later(days=3, seconds=-1)
    assert house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"
    house.later(seconds=1)
    pending = ("KMSInvalidStateException", f"{arn(key)} is pending import.")
    assert house.refusal("Decrypt", CiphertextBlob=blob) == pending
    shown = metadata(house, key)
    assert (shown["KeyState"], "ValidTo" in shown, "ExpirationModel" in shown) == ("PendingImport", False, False)
    [entry] = materials(house, key)
    assert (entry["ImportState"], entry["ValidTo"]) == ("PENDING_IMPORT", START + 3 * DAY)
    import_material(house, key)
    assert house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"


READS = ["DescribeKey", "ListKeyRotations", "GetPublicKey"]


@pytest.mark.parametrize("name", READS)
def test_every_read_is_as_of_now(house: House, name: str) -> None:
    """The first call that touches the key after its date sees the state of now, whichever it is."""
    key = external(house, "ECC_NIST_P256", "SIGN_VERIFY")
    import_material(house, key, material_for("ECC_NIST_P256"), ValidTo=START + HOUR)
    house.later(hours=1)
    answer = house.result(name, KeyId=key)
    if name == "DescribeKey":
        assert isinstance(answer, dict)
        assert answer["KeyMetadata"]["KeyState"] == "PendingImport"
    assert len(expiries(house)) == 1
    assert house.state_of(key) == "PendingImport"


def test_a_list_of_material_is_as_of_now(house: House) -> None:
    """ListKeyRotations as the first call after the date shows the material as gone."""
    key = imported_key(house, ValidTo=START + 90)
    house.later(seconds=90)
    assert materials(house, key)[0]["ImportState"] == "PENDING_IMPORT"


def test_the_event(house: House) -> None:
    """The service leaves one DeleteExpiredKeyMaterial event, of the moment at which the material expired."""
    key = imported_key(house, ValidTo=START + DAY)
    material_id = house.material_of(key)
    house.later(days=2)
    house.call("GenerateRandom", NumberOfBytes=1)
    house.call("DescribeKey", KeyId=key)
    [event] = expiries(house)
    assert event["eventTime"] == "2026-01-06T09:00:00Z"
    assert event["eventType"] == "AwsServiceEvent"
    assert event["serviceEventDetails"] == {"keyId": arn(key), "keyMaterialId": material_id}
    assert event["userIdentity"] == {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}
    assert event["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn(key)}]


def test_the_event_of_a_key_of_another_spec(house: House) -> None:
    """Its material has no id that AWS shows."""
    key = external(house, "HMAC_256", "GENERATE_VERIFY_MAC")
    import_material(house, key, MATERIAL, ValidTo=START + DAY)
    house.later(days=1)
    house.call("DescribeKey", KeyId=key)
    assert expiries(house)[0]["serviceEventDetails"] == {"keyId": arn(key)}


def test_a_key_shows_its_earliest_expiry(house: House) -> None:
    """ValidTo is the first among the materials that are the key's own for good; one that is pending does not count."""
    key = imported_key(house, ValidTo=START + 9 * DAY)
    import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL", ValidTo=START + 5 * DAY)
    assert metadata(house, key)["ValidTo"] == START + 9 * DAY
    house.call("RotateKeyOnDemand", KeyId=key)
    assert metadata(house, key)["ValidTo"] == START + 5 * DAY
    import_material(house, key, MATERIAL)
    house.later(days=5)
    shown = metadata(house, key)
    assert (shown["KeyState"], shown["ExpirationModel"]) == ("PendingImport", "KEY_MATERIAL_DOES_NOT_EXPIRE")


def test_pending_material_expires_too(house: House) -> None:
    """It goes, with its event, and leaves the key as it is; then another may be imported."""
    key = imported_key(house)
    import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL", ValidTo=START + DAY)
    house.later(days=1)
    assert house.state_of(key) == "Enabled"
    assert len(expiries(house)) == len(materials(house, key)) == 1
    assert house.refusal("RotateKeyOnDemand", KeyId=key)[0] == "KMSInvalidStateException"
    import_material(house, key, THIRD, ImportType="NEW_KEY_MATERIAL")
    house.call("RotateKeyOnDemand", KeyId=key)


def test_a_key_pending_deletion_loses_its_material(house: House) -> None:
    """Its material expires on the way; it stays PendingDeletion, is PendingImport when cancelled, or is deleted."""
    kept, doomed = (imported_key(house, ValidTo=START + 2 * DAY) for _ in range(2))
    for key in (kept, doomed):
        house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    house.later(days=2)
    assert house.state_of(kept) == "PendingDeletion"
    house.call("CancelKeyDeletion", KeyId=kept)
    assert house.state_of(kept) == "PendingImport"
    house.later(days=5)
    assert house.refusal("DescribeKey", KeyId=doomed)[0] == "NotFoundException"
    names = [event["eventName"] for event in house.events() if event["eventType"] == "AwsServiceEvent"]
    assert sorted(names) == ["DeleteExpiredKeyMaterial"] * 2 + ["DeleteKey"]


def test_a_leap_holds_expiries_for_a_day(house: House) -> None:
    """A clock that leaps more than a week destroys no material for 24 hours, as it deletes no key."""
    key = imported_key(house, ValidTo=START + DAY)
    house.later(days=30)
    assert house.state_of(key) == "Enabled"
    import_material(house, key, ValidTo=house.now + 9 * DAY)
    house.later(days=1)
    assert house.state_of(key) == "Enabled"
    for _ in range(2):
        house.later(days=4)
        house.call("GenerateRandom", NumberOfBytes=1)
    assert house.state_of(key) == "PendingImport"
    assert len(expiries(house)) == 1


def test_expired_bytes_are_in_no_file(house: House) -> None:
    """What was sealed is overwritten in the file and its write-ahead log, by expiry and by deletion alike."""
    expiring, deleted = imported_key(house, ValidTo=START + DAY), imported_key(house, OTHER)
    pending = import_material(house, deleted, THIRD, ImportType="NEW_KEY_MATERIAL")
    transaction = house.transaction()
    partition = transaction.blinded("material", "scope", REGION)
    sealed = [row.sealed for row in transaction.snapshot.page(17, partition, b"", 9)]
    transaction.close()
    files = [house.path, Path(f"{house.path}-wal")]
    assert len(sealed) == 3
    assert all(any(row in file.read_bytes() for file in files) for row in sealed)
    house.call("DeleteImportedKeyMaterial", KeyId=deleted, KeyMaterialId=pending)
    house.call("DeleteImportedKeyMaterial", KeyId=deleted)
    house.later(days=1)
    assert house.state_of(expiring) == "PendingImport"
    assert not any(row in file.read_bytes() for file in files for row in sealed)


def test_keys_without_material_are_no_damage(house: House) -> None:
    """A check finds nothing wrong with keys that wait for an import, and names the row that is missing of any other."""
    external(house)
    key = imported_key(house, ValidTo=START + DAY)
    import_material(house, key, OTHER, ImportType="NEW_KEY_MATERIAL")
    house.later(days=1)
    assert house.state_of(key) == "PendingImport"
    assert inspect(house.engine.vault).faults == []
    material_id = house.material_of(key)
    transaction = house.transaction()
    address = transaction.address(MATERIAL_KIND, REGION, material_id)
    transaction.close()
    execute(house.path, f"DELETE FROM rows WHERE kind = 17 AND id = x'{address[2].hex()}'")
    faults = [(fault.kind, fault.name, fault.what) for fault in inspect(house.engine.vault).faults]
    assert faults == [("material", f"of key {arn(key)}", "missing")]


def prepared(path: Path) -> None:
    """A vault in which imported material comes, rotates and expires."""
    house = House(path)
    for number, days in enumerate((3, 30.5, 364, 365)):
        key = imported_key(house, bytes((50 + number,)) * 32, ValidTo=house.now + days * DAY)
        house.later(hours=5, seconds=0.5)
        new = bytes((60 + number,)) * 32
        import_material(house, key, new, ImportType="NEW_KEY_MATERIAL", ValidTo=house.now + (days - number - 1) * DAY)
        if number % 2:
            house.call("RotateKeyOnDemand", KeyId=key)
    house.call("ScheduleKeyDeletion", KeyId=imported_key(house, ValidTo=house.now + 8 * DAY), PendingWindowInDays=7)
    house.call("ScheduleKeyDeletion", KeyId=imported_key(house, ValidTo=house.now + 6 * DAY), PendingWindowInDays=7)
    house.close()


def picture(house: House) -> Any:
    """All that can be seen: each key with its materials, and what the service did."""
    keys = sorted(one["KeyId"] for one in house.call("ListKeys")["Keys"])
    shown = [(metadata(house, key), materials(house, key)) for key in keys]
    events = [event for event in house.events() if event["eventType"] == "AwsServiceEvent"]
    return shown, sorted((one["eventTime"], one["eventName"], str(one.get("serviceEventDetails"))) for one in events)


def test_a_year_is_365_days_of_expiries(empty_lab: Path, folder: Path) -> None:
    """One jump, and a step a day, end in the same state with the same events."""
    start = Path(shutil.copy(empty_lab, folder / "start.db"))
    prepared(start)
    seen = []
    for steps in (1, 370):
        house = House(Path(shutil.copy(start, folder / f"{steps}.db")))
        house.now += 2 * DAY
        for _ in range(steps):
            house.later(days=370 / steps)
            house.call("GenerateRandom", NumberOfBytes=1)
        seen.append(picture(house))
        house.close()
    assert seen[0] == seen[1]
    assert [name for _, name, _ in seen[0][1]].count("DeleteExpiredKeyMaterial") == 9
    assert [name for _, name, _ in seen[0][1]].count("DeleteKey") == 2
