"""A lab vault's clock, moved in process: what every engine on the vault sees, and what falls due."""

import shutil
from pathlib import Path

import pytest

from kmscli.cli.local._lab_clock import catch_up, duration, moment, move_clock
from kmscli.clock import DAY, HOUR, MINUTE, iso8601
from kmscli.errors import ConfigurationError, UsageError
from kmscli.keys.key import Happened
from tests.engine.years import picture, prepared, service_events
from tests.operations.house import START, House

DURATIONS = {
    "30d": 30 * DAY,
    "2y": 730 * DAY,
    "1d12h": DAY + 12 * HOUR,
    "1w": 7 * DAY,
    "90m": 90 * MINUTE,
    "1h1s": HOUR + 1,
    "P30D": 30 * DAY,
    "P1Y2W": 379 * DAY,
    "PT12H": 12 * HOUR,
    "P1DT1M": DAY + MINUTE,
    "30D": 30 * DAY,
}


def advance(house: House, *, days: float) -> list[Happened]:
    """What `kmscli clock advance` does."""
    move_clock(house.engine, house.caller, "AdvanceClock", lambda now: now + days * DAY)
    return catch_up(house.engine, house.caller)


def commits(house: House) -> int:
    """How many commits the vault has seen."""
    return house.engine.look(house.caller, lambda transaction, _now, _held: house.engine.vault.head(transaction).commit)


@pytest.mark.parametrize("text", DURATIONS)
def test_durations(text: str) -> None:
    """A duration is said by units, or as ISO 8601 has it."""
    assert duration(text) == DURATIONS[text]


@pytest.mark.parametrize("text", ["", "0d", "30", "d", "P", "PT", "1h1d", "1.5d", "P1M", "P1H", "30 d", "\u0661d"])
def test_no_durations(text: str) -> None:
    """What says no time, or a month, which has no length, is wrong usage."""
    with pytest.raises(UsageError):
        duration(text)


def test_moments() -> None:
    """A time without a zone is UTC; what is none is wrong usage."""
    assert moment("2026-01-05T09:00:00") == moment("2026-01-05T10:00:00+01:00") == START
    for text in ("", "tomorrow", "30d"):
        with pytest.raises(UsageError):
            moment(text)


def test_all_engines_see_the_moved_clock(lab: House) -> None:
    """The offset is the vault's: a call of another process sees the moved time, and time goes on from there."""
    advance(lab, days=30)
    other = House(lab.path)
    other.later(hours=1)
    assert other.call("CreateKey")["KeyMetadata"]["CreationDate"] == START + 30 * DAY + HOUR
    other.close()


def test_moves_add_up(lab: House) -> None:
    """Two who advance a clock at once both do, whichever comes first."""
    other = House(lab.path)
    meant: list[float] = []

    def target(now: float) -> float:
        if not meant:
            advance(other, days=1)
        meant.append(now)
        return now + 2 * DAY

    assert move_clock(lab.engine, lab.caller, "AdvanceClock", target) == (START + DAY, START + 3 * DAY)
    assert meant == [START, START + DAY]
    other.close()


def test_a_move_leaves_an_event(lab: House) -> None:
    """A move is an event of kmscli's own, at the time from which it moved."""
    advance(lab, days=1)
    event = lab.event()
    assert (event["eventSource"], event["eventName"]) == ("kmscli.local", "AdvanceClock")
    assert event["eventTime"] == iso8601(START)
    assert event["requestParameters"] == {"from": "2026-01-05T09:00:00Z", "to": "2026-01-06T09:00:00Z"}


def test_a_clock_never_goes_back(lab: House) -> None:
    """Backwards is refused, also where the machine's clock is behind what the vault has seen; nothing is written."""
    advance(lab, days=3)
    lab.later(days=-2)
    with pytest.raises(ConfigurationError, match="never goes back: it is 2026-01-08T09:00:00Z already"):
        move_clock(lab.engine, lab.caller, "SetClock", lambda _: START + 2 * DAY)
    assert len(lab.events()) == 1
    assert move_clock(lab.engine, lab.caller, "SetClock", lambda _: START + 4 * DAY)[0] == START + 3 * DAY
    assert lab.call("CreateKey")["KeyMetadata"]["CreationDate"] == START + 4 * DAY


def test_a_clock_has_an_end(lab: House) -> None:
    """A time that no timestamp can say is refused."""
    with pytest.raises(UsageError, match="up to 9999-12-31"):
        advance(lab, days=3_000_000)


def test_only_a_lab_has_a_clock_to_move(house: House) -> None:
    """Any other vault refuses and stays as it is."""
    with pytest.raises(ConfigurationError, match="Only a lab vault's clock"):
        advance(house, days=1)
    assert house.engine.committed is None


def test_what_is_due_happens_in_order(lab: House) -> None:
    """All that falls due on all keys happens in due order, within an hour too, each in a commit of its own."""
    keys = [lab.new_key() for _ in range(3)]
    for number, key in enumerate(keys):
        lab.later(seconds=10)
        lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90 + number % 2)
    lab.call("ScheduleKeyDeletion", KeyId=lab.new_key(), PendingWindowInDays=7)
    before = commits(lab)
    happened = advance(lab, days=200)
    whens = [one.when for one in happened]
    assert whens == sorted(whens)
    names = [(one.name, one.key.key_id) for one in happened[1:]]
    assert names == [("RotateKey", key) for key in (keys[0], keys[2], keys[1]) * 2]
    assert happened[0].name == "DeleteKey"
    assert service_events(lab) == [(one.name, iso8601(one.when)) for one in happened]
    assert commits(lab) == before + 1 + len(happened)


def test_what_was_due_this_hour_happens(lab: House) -> None:
    """The file tells due times by the hour; what was due some minutes ago happens all the same."""
    lab.call("ScheduleKeyDeletion", KeyId=lab.new_key(), PendingWindowInDays=7)
    assert advance(lab, days=7 - 1 / DAY) == []
    assert [one.name for one in advance(lab, days=2 / DAY)] == ["DeleteKey"]


def test_a_deletion_takes_its_many_grants(lab: House) -> None:
    """A deletion that needs several commits for its grants is over when the clock has moved."""
    key = lab.new_key()
    for number in range(60):
        grantee = f"arn:aws:iam::111122223333:user/{number}"
        lab.call("CreateGrant", KeyId=key, GranteePrincipal=grantee, Operations=["Encrypt"])
    lab.call("ScheduleKeyDeletion", KeyId=key)
    assert [one.name for one in advance(lab, days=31)] == ["DeleteKey"]
    assert lab.call("ListKeys")["Keys"] == []


def test_two_years_of_the_lab_clock(empty_lab: Path, folder: Path) -> None:
    """Two years by one move and by 730 end in the same state with the same service events in the same order."""
    start = Path(shutil.copy(empty_lab, folder / "start.db"))
    prepared(start)
    seen = []
    for steps in (1, 730):
        house = House(Path(shutil.copy(start, folder / f"{steps}.db")))
        happened = [one for _ in range(steps) for one in advance(house, days=730 / steps)]
        assert [(one.name, iso8601(one.when)) for one in happened] == service_events(house)[1:]
        seen.append((picture(house), service_events(house)))
        house.close()
    assert seen[0] == seen[1]
    assert [name for name, _ in seen[0][1]].count("DeleteKey") == 2
    assert [name for name, _ in seen[0][1]].count("RotateKey") == 1 + 8 + 2
