import shutil
from pathlib import Path

from kmscli.clock import DAY
from tests.engine.years import picture, prepared, service_events
from tests.operations.house import START, House

WARNING = "The clock is more than a week past the vault's last use: deletions wait 24 hours."


def test_a_clock_that_goes_back_is_not_followed(house: House) -> None:
    """A call at an earlier time counts as one at the latest time that the vault has seen."""
    house.later(days=3)
    house.new_key()
    house.later(days=-2)
    made = house.call("CreateKey")["KeyMetadata"]
    assert made["CreationDate"] == START + 3 * DAY
    assert house.event()["eventTime"] == "2026-01-08T09:00:00Z"
    key = made["KeyId"]
    assert house.call("ScheduleKeyDeletion", KeyId=key)["DeletionDate"] == START + 33 * DAY
    house.later(days=2, seconds=1)
    assert house.call("CreateKey")["KeyMetadata"]["CreationDate"] == START + 3 * DAY + 1


def test_another_process_follows_no_earlier_clock(house: House) -> None:
    """The latest time is the vault's, not the process's."""
    house.later(days=3)
    house.new_key()
    later = House(house.path)
    assert later.call("CreateKey")["KeyMetadata"]["CreationDate"] == START + 3 * DAY
    later.close()


def doomed(house: House) -> str:
    """A key with a week to go."""
    key = house.new_key()
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    return key


def test_a_leap_holds_deletions_for_a_day(house: House) -> None:
    """A clock that leaps more than a week deletes nothing for 24 hours, and warns; then the deletion happens."""
    key = doomed(house)
    house.later(days=7, seconds=1)
    assert house.state_of(key) == "PendingDeletion"
    assert house.engine.warnings == [WARNING]
    house.later(hours=23)
    assert house.state_of(key) == "PendingDeletion"
    house.later(hours=1)
    assert house.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"
    assert house.engine.warnings == [WARNING]
    assert service_events(house) == [("DeleteKey", "2026-01-12T09:00:00Z")]


def test_a_held_deletion_can_be_cancelled(house: House) -> None:
    """Whoever reads the warning has a day to keep the key."""
    key = doomed(house)
    house.later(days=400)
    house.call("CancelKeyDeletion", KeyId=key)
    house.later(days=2)
    assert house.state_of(key) == "Disabled"


def test_the_hold_is_the_vaults(house: House) -> None:
    """Another process that comes an hour after the leap deletes nothing either."""
    key = doomed(house)
    house.later(days=8)
    house.call("ListKeys")
    other = House(house.path)
    other.now = house.now + 3600
    assert other.state_of(key) == "PendingDeletion"
    assert other.engine.warnings == []
    other.close()


def test_a_week_is_no_leap(house: House) -> None:
    """A vault that was used within a week deletes on time, without a warning."""
    key = doomed(house)
    house.later(days=7)
    assert house.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"
    assert house.engine.warnings == []


def test_a_leap_does_not_hold_rotations(house: House) -> None:
    """Rotation destroys nothing, so it happens after a leap too."""
    key = house.new_key()
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    house.later(days=95)
    assert len(house.call("ListKeyRotations", KeyId=key)["Rotations"]) == 1


def test_held_deletions_keep_nothing_waiting(house: House) -> None:
    """However many deletions are held after a leap, what else is due happens on keys that no call touches."""
    for _ in range(65):
        doomed(house)
    rotating = house.new_key()
    house.change_key(rotating, rotation={"period": 90, "next": house.now + 1})
    house.later(days=8)
    house.call("GenerateRandom", NumberOfBytes=1)
    assert [name for name, _ in service_events(house)] == ["RotateKey"]


def test_a_lab_is_not_held(lab: House) -> None:
    """In a lab vault a leap deletes at once, without a warning."""
    key = doomed(lab)
    lab.later(days=400)
    assert lab.refusal("DescribeKey", KeyId=key)[0] == "NotFoundException"
    assert lab.engine.warnings == []


def test_two_years_are_730_days(empty_lab: Path, folder: Path) -> None:
    """One jump of two years and 730 steps of a day end in the same state with the same service events."""
    start = Path(shutil.copy(empty_lab, folder / "start.db"))
    prepared(start)
    seen = []
    for steps in (1, 730):
        house = House(Path(shutil.copy(start, folder / f"{steps}.db")))
        for _ in range(steps):
            house.later(days=730 / steps)
            house.call("GenerateRandom", NumberOfBytes=1)
        seen.append((picture(house), sorted(service_events(house))))
        house.close()
    assert seen[0] == seen[1]
    events = seen[0][1]
    assert [name for name, _ in events].count("DeleteKey") == 2
    assert [name for name, _ in events].count("RotateKey") == 1 + 8 + 1
    assert set(seen[0][0]) == {"aliases", "a", "b", "c", "f", "g"}


def test_what_is_due_on_a_key_comes_in_order(lab: House) -> None:
    """The rotations of one key that a jump catches up with are in the log in the order of their dates."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.later(days=500)
    lab.call("DescribeKey", KeyId=key)
    times = [time for _, time in service_events(lab)]
    assert len(times) == 5
    assert times == sorted(times)
    rotations = lab.call("ListKeyRotations", KeyId=key)["Rotations"]
    assert [one["RotationDate"] for one in rotations] == [START + 90 * number * DAY for number in range(1, 6)]


def test_what_is_due_is_done_although_the_call_is_refused(lab: House) -> None:
    """A refused call undoes none of what fell due before it."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.later(days=90)
    lab.refusal("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=1)
    lab.refusal("Encrypt", KeyId=key, Plaintext=b"")
    assert service_events(lab) == [("RotateKey", "2026-04-05T09:00:00Z")]
