from pathlib import Path

import pytest

from kmscli.clock import DAY
from tests.operations.house import ABSENT, ACCOUNT, ANYONE, REGION, START, House, arn

DENIED = (
    f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:Decrypt on the resource associated with this "
    "ciphertext because the resource does not exist in this Region, no resource-based policies allow access, or a "
    "resource-based policy explicitly denies access"
)


def test_deletion_is_scheduled_and_cancelled(house: House) -> None:
    """ScheduleKeyDeletion answers ARN, date, state and window; CancelKeyDeletion the ARN, and leaves a disabled key."""
    key = house.new_key()
    answer = house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    assert answer == {
        "KeyId": arn(key),
        "DeletionDate": START + 7 * DAY,
        "KeyState": "PendingDeletion",
        "PendingWindowInDays": 7,
    }
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["DeletionDate"] == START + 7 * DAY
    house.later(days=6)
    assert house.call("CancelKeyDeletion", KeyId=key) == {"KeyId": arn(key)}
    metadata = house.call("DescribeKey", KeyId=key)["KeyMetadata"]
    assert (metadata["KeyState"], metadata["Enabled"]) == ("Disabled", False)
    assert "DeletionDate" not in metadata
    house.later(days=6)
    assert house.state_of(key) == "Disabled"


def test_the_window_is_thirty_days_by_default(house: House) -> None:
    """Without a window it is 30 days."""
    answer = house.call("ScheduleKeyDeletion", KeyId=house.new_key())
    assert (answer["PendingWindowInDays"], answer["DeletionDate"]) == (30, START + 30 * DAY)


@pytest.mark.parametrize("days", [-1, 0, 1, 6, 31, 365, 366])
def test_a_window_out_of_range(house: House, days: int) -> None:
    """A window of less than 7 or more than 30 days is refused, and the key stays enabled."""
    key = house.new_key()
    assert house.refusal("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=days)[0] == "ValidationException"
    assert house.state_of(key) == "Enabled"


def test_a_scheduled_key_cannot_be_scheduled_again(house: House) -> None:
    """Rescheduling is refused, and the first date stays."""
    key = house.new_key()
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    refusal = house.refusal("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=30)
    assert refusal == ("KMSInvalidStateException", f"{arn(key)} is pending deletion.")
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["DeletionDate"] == START + 7 * DAY


def doomed(house: House) -> tuple[str, bytes]:
    """A key with everything a key can have, whose week has begun; and a ciphertext of it."""
    key = house.new_key(Tags=[{"TagKey": "colour", "TagValue": "red"}], Policy=ANYONE)
    house.call("CreateAlias", AliasName="alias/doomed", TargetKeyId=key)
    blob: bytes = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    house.call("RotateKeyOnDemand", KeyId=key)
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    return key, blob


def test_a_key_whose_window_is_over_is_gone(house: House) -> None:
    """It is there to the last second; then key, aliases and tags are gone, and its ciphertext is denied."""
    key, blob = doomed(house)
    house.later(days=7, seconds=-1)
    assert house.state_of("alias/doomed") == "PendingDeletion"
    house.later(seconds=1)
    gone = ("NotFoundException", f"Key '{arn(key)}' does not exist")
    for name in ("DescribeKey", "CancelKeyDeletion", "ListResourceTags", "GetKeyPolicy", "ListKeyRotations"):
        assert house.refusal(name, KeyId=key) == gone
    assert house.refusal("DescribeKey", KeyId="alias/doomed")[0] == "NotFoundException"
    assert house.refusal("DeleteAlias", AliasName="alias/doomed")[0] == "NotFoundException"
    assert house.refusal("Decrypt", CiphertextBlob=blob) == ("AccessDeniedException", DENIED)
    assert house.call("ListKeys")["Keys"] == house.aliases() == []


def rows(house: House) -> dict[str, int]:
    """How many rows of each kind the vault holds, the counters aside."""
    transaction = house.transaction()
    counts = house.engine.vault.head(transaction).rows
    transaction.close()
    return {kind: count for kind, count in counts.items() if count and kind != "4"}


def test_nothing_of_a_deleted_key_is_left(house: House) -> None:
    """A deletion removes every row of the key, its material among them, and empties the write-ahead log."""
    before = rows(house)
    key, _ = doomed(house)
    house.later(days=7)
    house.refusal("DescribeKey", KeyId=key)
    assert rows(house) == before
    transaction = house.transaction()
    assert transaction.tally(f"{ACCOUNT} {REGION}", "keys") == 0
    transaction.close()


def test_a_deletion_truncates_the_write_ahead_log(house: House) -> None:
    """After a deletion the old rows are in no file: neither in the write-ahead log nor in free pages."""
    key, _ = doomed(house)
    transaction = house.transaction()
    sealed = [
        row.sealed for row in transaction.snapshot.page(17, transaction.blinded("material", "scope", REGION), b"", 9)
    ]
    transaction.close()
    files = [house.path, Path(f"{house.path}-wal")]
    assert len(sealed) == 2
    assert all(any(row in file.read_bytes() for file in files) for row in sealed)
    house.later(days=7)
    house.refusal("DescribeKey", KeyId=key)
    assert not any(row in file.read_bytes() for file in files for row in sealed)


def test_the_delete_key_event(house: House) -> None:
    """A deletion leaves one DeleteKey event, of the moment at which it was due."""
    key, _ = doomed(house)
    house.later(days=6)
    house.call("ListKeys")
    house.later(days=1, hours=5)
    house.call("ListKeys")
    house.call("ListKeys")
    [event] = [event for event in house.events() if event["eventName"] == "DeleteKey"]
    assert event["eventTime"] == "2026-01-12T09:00:00Z"
    assert event["eventType"] == "AwsServiceEvent"
    assert "requestID" not in event
    assert "serviceEventDetails" not in event
    assert event["userIdentity"] == {"accountId": ACCOUNT, "invokedBy": "AWS Internal"}
    assert event["resources"] == [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn(key)}]


def test_an_alias_of_a_deleted_key_is_free_again(house: House) -> None:
    """The name can be given to another key, by a first call after the window as well."""
    doomed(house)
    other = house.new_key()
    house.later(days=7)
    assert house.call("CreateAlias", AliasName="alias/doomed", TargetKeyId=other) == {}
    assert house.call("DescribeKey", KeyId="alias/doomed")["KeyMetadata"]["KeyId"] == other


def test_more_keys_fall_due_than_a_call_brings_up_to_date(house: House) -> None:
    """Keys, aliases and lists are as of now, although a call deletes no more than 64 keys that it does not touch."""
    outcomes = house.group(*[("CreateKey", {})] * 150)
    keys = [outcome.made[-1].key_id for outcome in outcomes if outcome.made]
    house.group(*(("CreateAlias", {"AliasName": f"alias/{key}", "TargetKeyId": key}) for key in keys))
    house.group(*(("ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 7}) for key in keys))
    other = house.new_key()
    house.later(days=7)
    assert house.call("ListAliases")["Aliases"] == []
    kept = [key for key in keys if find(house, key)]
    assert len(kept) == 150 - 64
    assert house.refusal("DescribeKey", KeyId=kept[0])[0] == "NotFoundException"
    assert [key["KeyId"] for key in house.call("ListKeys", Limit=1000)["Keys"]] == [other]
    house.call("GenerateRandom", NumberOfBytes=1)
    assert [key for key in keys if find(house, key)] == []
    assert sum(event["eventName"] == "DeleteKey" for event in house.events()) == 150


def test_an_alias_of_a_key_that_is_as_good_as_gone(house: House) -> None:
    """The name is free although 64 other keys were due before its key, and came first."""
    outcomes = house.group(*[("CreateKey", {})] * 66)
    *keys, last, other = [outcome.made[0].key_id for outcome in outcomes]
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=last)
    house.group(*(("ScheduleKeyDeletion", {"KeyId": key, "PendingWindowInDays": 7}) for key in keys))
    house.later(hours=2)
    house.call("ScheduleKeyDeletion", KeyId=last, PendingWindowInDays=7)
    house.later(days=7)
    assert house.call("CreateAlias", AliasName="alias/app", TargetKeyId=other) == {}
    assert house.call("DescribeKey", KeyId="alias/app")["KeyMetadata"]["KeyId"] == other


def find(house: House, key: str) -> bool:
    """Whether a key's row is in the vault."""
    from kmscli.keys.key import find_key

    transaction = house.transaction()
    try:
        return find_key(transaction, ACCOUNT, REGION, key) is not None
    finally:
        transaction.close()


def test_a_deletion_is_no_matter_for_other_keys(house: House) -> None:
    """Other keys decrypt as before."""
    doomed(house)
    other = house.new_key()
    blob = house.call("Encrypt", KeyId=other, Plaintext=b"x")["CiphertextBlob"]
    house.later(days=7)
    assert house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"x"
    assert house.refusal("DescribeKey", KeyId=ABSENT)[0] == "NotFoundException"
