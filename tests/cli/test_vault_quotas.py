from pathlib import Path

import pytest

from kmscli.keys.quotas import QUOTAS
from tests.robustness.machine import Machine

SET = ("vault", "quotas", "--set")


@pytest.fixture
def machine(own_home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine with a new vault."""
    machine = Machine(own_home, runtime_either_way)
    machine.run("vault", "init").expect()
    return machine


def test_quotas_are_shown(machine: Machine) -> None:
    """`vault quotas` shows each quota as it is and as it is by default, and leaves no event."""
    before = len(machine.events())
    shown = machine.run("vault", "quotas", "--output", "json").expect().answer["Quotas"]
    assert shown == [{"Name": name, "Quota": quota.default, "Default": quota.default} for name, quota in QUOTAS.items()]
    lines = machine.run("vault", "quotas").expect().out.decode().splitlines()
    assert lines[0] == "keys\t100000\t100000"
    assert len(machine.events()) == before


def test_quotas_are_raised(machine: Machine) -> None:
    """`--set` raises quotas, with one event that says which; setting what is so already leaves none."""
    words = (*SET, "keys=200000", "--set", "aliases-per-key=60", "--output", "json")
    for _ in range(2):
        shown = {quota["Name"]: quota["Quota"] for quota in machine.run(*words).expect().answer["Quotas"]}
        raised = {"keys": 200_000, "aliases-per-key": 60}
        assert shown == {name: quota.default for name, quota in QUOTAS.items()} | raised
    machine.run(*SET, "keys=200001").expect()
    events = [event for event in machine.events() if event["eventName"] == "RaiseQuotas"]
    assert [event["requestParameters"] for event in events] == [
        {"keys": 200_000, "aliases-per-key": 60},
        {"keys": 200_001},
    ]
    assert {event["eventSource"] for event in events} == {"kmscli.local"}
    machine.run("audit", "verify").expect()
    machine.run("vault", "check").expect()


REFUSED = {
    "keys": "Bad value for --set: 'keys' is not of the form NAME=NUMBER",
    "keys=": "Bad value for --set: 'keys=' is not of the form NAME=NUMBER",
    "keys=-1": "Bad value for --set: 'keys=-1' is not of the form NAME=NUMBER",
    "keys=1e6": "Bad value for --set: 'keys=1e6' is not of the form NAME=NUMBER",
    "keys=٣": "Bad value for --set: 'keys=٣' is not of the form NAME=NUMBER",
    "tags=60": "argument --set: Found invalid choice 'tags': it is one of ",
    "keys=99999": "argument --set: a quota can only be raised, and keys is 100000",
    "keys=0": "argument --set: a quota can only be raised, and keys is 100000",
    "keys=10000001": "argument --set: keys can be raised to 10000000 at most",
    "aliases-per-key=1001": "argument --set: aliases-per-key can be raised to 1000 at most",
    "custom-key-stores=101": "argument --set: custom-key-stores can be raised to 100 at most",
    "grants-per-key=" + "9" * 5000: "argument --set: grants-per-key can be raised to 1000000 at most",
}


@pytest.mark.parametrize("setting", REFUSED)
def test_a_quota_that_cannot_be_set(machine: Machine, setting: str) -> None:
    """What is no setting, is too much, or would lower a quota is refused, and nothing is changed, not even in part."""
    before = len(machine.events())
    other = "keys=100001" if setting.startswith("grants") else "grants-per-key=60000"
    ran = machine.run(*SET, other, "--set", setting).expect(252)
    assert REFUSED[setting] in ran.err
    assert len(machine.events()) == before
    shown = machine.run("vault", "quotas", "--output", "json").expect().answer["Quotas"]
    assert {quota["Quota"] - quota["Default"] for quota in shown} == {0}


def test_a_quota_is_set_once(machine: Machine) -> None:
    """The same quota twice in one command is refused, and so is going back to less than it was raised to."""
    assert "keys is set twice" in machine.run(*SET, "keys=100001", "--set", "keys=100002").expect(252).err
    machine.run(*SET, "keys=100002").expect()
    assert "can only be raised, and keys is 100002" in machine.run(*SET, "keys=100001").expect(252).err
