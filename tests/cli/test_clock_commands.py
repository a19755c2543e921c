"""`kmscli clock …` as a person and a script see it."""

import json
import shutil
from datetime import datetime
from pathlib import Path

import pytest

from tests.robustness.machine import Machine


@pytest.fixture(scope="session")
def home_with_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a lab vault in which a key rotates and another is to be deleted."""
    home = tmp_path_factory.mktemp("lab") / "home"
    home.mkdir(mode=0o700)
    machine = Machine(home)
    machine.run("vault", "init", "--lab").expect()
    made = [machine.run("create-key").expect().answer["KeyMetadata"]["KeyId"] for _ in range(2)]
    machine.run("enable-key-rotation", "--key-id", made[0], "--rotation-period-in-days", "90").expect()
    machine.run("schedule-key-deletion", "--key-id", made[1], "--pending-window-in-days", "7").expect()
    return home


@pytest.fixture
def lab(own_home: Path, home_with_lab: Path, runtime_either_way: Path | None) -> Machine:
    """A machine with that vault."""
    shutil.copytree(home_with_lab, own_home, dirs_exist_ok=True)
    return Machine(own_home, runtime_either_way)


def keys(lab: Machine) -> set[str]:
    """The ids of all keys."""
    return {key["KeyId"] for key in lab.run("list-keys").expect().answer["Keys"]}


def test_advance_does_what_falls_due(lab: Machine) -> None:
    """`clock advance` moves the clock, does what falls due, says what in due order, and leaves the events."""
    there = keys(lab)
    answer = lab.run("clock", "advance", "100d", "--output", "json").expect().answer
    assert [one["EventName"] for one in answer["Happened"]] == ["DeleteKey", "RotateKey"]
    deleted, rotated = (one["KeyArn"].rpartition("/")[2] for one in answer["Happened"])
    assert {deleted, rotated} == there
    assert keys(lab) == {rotated}
    [rotation] = lab.run("list-key-rotations", "--key-id", rotated).expect().answer["Rotations"]
    assert datetime.fromisoformat(rotation["RotationDate"]).timestamp() // 1 == seconds(answer["Happened"][1]["Time"])
    assert seconds(answer["Time"]) - seconds(answer["Was"]) == 100 * 24 * 3600
    moved, first, second = lab.events()[-5:-2]
    assert (moved["eventName"], moved["eventSource"]) == ("AdvanceClock", "kmscli.local")
    assert moved["requestParameters"] == {"from": answer["Was"], "to": answer["Time"]}
    happened = [(event["eventName"], event["eventTime"]) for event in (first, second)]
    assert happened == [(one["EventName"], one["Time"]) for one in answer["Happened"]]
    lab.run("audit", "verify").expect()


def test_replay_counts_from_the_clock_that_it_sees(lab: Machine) -> None:
    """How long ago is counted from the vault's clock where the vault is opened, else from the machine's."""
    lab.run("clock", "advance", "100d").expect()
    lab.run("list-keys").expect()

    def replayed(*words: str) -> list[str]:
        out = lab.run("audit", "replay", "--output", "json", *words).expect().out
        return [json.loads(line)["operation"] for line in out.splitlines()]

    assert replayed("--since", "2h", "--verify") == ["ListKeys"]
    assert replayed("--since", "20d", "--verify") == ["RotateKey", "ListKeys"]
    assert replayed("--since", "2h") == replayed()
    assert replayed("--until", "2h", "--verify") == replayed()[:-1]


def seconds(text: str) -> float:
    """The seconds since the epoch that a time says."""
    return datetime.fromisoformat(text).timestamp()


def test_advance_says_it_in_lines(lab: Machine) -> None:
    """Piped as text there is a line for the times and one for each thing that happened."""
    lines = lab.run("clock", "advance", "P8D").expect().out.decode().splitlines()
    assert [line.partition(": ")[0] for line in lines[:3]] == ["it was", "it is", "things that happened"]
    assert lines[2].endswith(": 1")
    when, what, key = lines[3].split("\t")
    assert (what, when[-1]) == ("DeleteKey", "Z")
    assert key.startswith("arn:aws:kms:us-east-1:111122223333:key/")
    assert len(lines) == 4


def test_advance_says_it_on_a_terminal(lab: Machine) -> None:
    """On a terminal the same is a table."""
    shown = lab.run_on_terminal("clock", "advance", "8d").expect().out.decode()
    assert "DeleteKey" in shown
    assert "What" in shown


def test_set_moves_to_a_time(lab: Machine) -> None:
    """`clock set` moves the clock to a time, which calls see; show tells it, and by how much it is ahead."""
    answer = lab.run("clock", "set", "2099-01-01T00:00:00Z", "--output", "json").expect().answer
    assert answer["Time"] == "2099-01-01T00:00:00Z"
    made = lab.run("create-key").expect().answer["KeyMetadata"]["CreationDate"]
    assert made.startswith("2099-01-01T00:0")
    shown = lab.run("clock", "show", "--output", "json").expect().answer
    assert shown["Time"].startswith("2099-01-01T00:0")
    assert shown["SecondsAhead"] > 70 * 365 * 24 * 3600
    assert "ahead of this machine by: " in lab.run("clock", "show").expect().out.decode()


def test_backwards_is_refused(lab: Machine) -> None:
    """A time before the vault's own is refused, and nothing changes."""
    lab.run("clock", "set", "2099-01-01T00:00:00Z").expect()
    before = lab.log.read_bytes()
    assert "never goes back" in lab.run("clock", "set", "2098-12-31").expect(253).err
    assert lab.log.read_bytes() == before


@pytest.mark.parametrize("words", [("advance", "soon"), ("advance", "P1M"), ("set", "soon"), ("advance", "9999y")])
def test_wrong_usage(lab: Machine, words: tuple[str, str]) -> None:
    """What is no time, or beyond the last one, is wrong usage."""
    lab.run("clock", *words).expect(252)


def test_other_vaults_refuse(own_home: Path) -> None:
    """Any other vault than a lab refuses and says what would help; its time can be seen."""
    machine = Machine(own_home)
    machine.run("vault", "init").expect()
    before = machine.log.read_bytes()
    for words in (("advance", "1d"), ("set", "2099-01-01")):
        error = machine.run("clock", *words).expect(253).err
        assert "Only a lab vault's clock can be moved" in error
        assert "kmscli vault init --lab" in error
    assert machine.log.read_bytes() == before
    assert machine.run("clock", "show", "--output", "json").expect().answer["SecondsAhead"] == 0


def test_a_backup_keeps_its_time(lab: Machine) -> None:
    """A restored vault is at the time at which its backup was made, and open to go on from there."""
    lab.run("clock", "advance", "30d").expect()
    backup = str(lab.home / "backup.db")
    lab.run("vault", "backup", backup).expect()
    lab.run("clock", "advance", "2y").expect()
    lab.run("vault", "restore", backup).expect()
    ahead = lab.run("clock", "show", "--output", "json").expect().answer["SecondsAhead"]
    assert 29 * 24 * 3600 < ahead < 31 * 24 * 3600
    lab.run("vault", "check").expect()
