"""A full disk: at the commit nothing is changed; at the log's append the call answers, and its events wait."""

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.robustness.disks import fill, may_mount, small_disk
from tests.robustness.machine import ALIAS, Machine, Ran, at_most

LONG = "é" * 8192
"""A description that takes more pages of the vault than the limit leaves."""
ROOM = 40_000
"""Enough for SQLite's shared memory, not enough for what creating a key with a long description writes."""
WORDY = ("--encryption-context", f"filler={'x' * 7000}")
"""An encryption context that makes an event long."""
FULL = "An error occurred (KMSInternalException) when calling the CreateKey operation: The vault's disk is full"


def size_limit(machine: Machine, call: Callable[..., Ran]) -> Ran:
    """Files cannot grow; afterwards they can."""
    ran = call(preexec_fn=at_most(ROOM))
    assert_unchanged(machine)
    return ran


def real_disk(machine: Machine, call: Callable[..., Ran]) -> Ran:
    """The vault's disk has no byte left; afterwards it has room."""
    with small_disk(machine.vault.parent, "1m"):
        filler = fill(machine.vault.parent)
        ran = call()
        filler.unlink()
        assert_unchanged(machine)
    return ran


with tempfile.TemporaryDirectory() as _folder:
    DISKS = [size_limit, real_disk] if may_mount(Path(_folder)) else [size_limit]


def assert_unchanged(machine: Machine) -> None:
    """One key, as before, in a vault that opens and whose trail verifies."""
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 1
    assert machine.report().wrong == 0
    machine.run("create-key", "--description", LONG).expect()


@pytest.mark.parametrize("disk", DISKS)
def test_full_at_the_commit(machine: Machine, disk: Callable[..., Ran]) -> None:
    """The call fails as KMSInternalException and changes nothing; with room again, everything works."""

    def call(**how: Any) -> Ran:
        return machine.run("create-key", "--description", LONG, **how)

    refused = disk(machine, call).expect(254)
    assert FULL in refused.err
    assert refused.out == b""


def test_a_limit_at_every_size(machine: Machine) -> None:
    """Wherever in a call the disk is full, the call says so or took effect: never half, never a traceback."""
    keys = 1
    for limit in (0, 1, 512, 4096, 20_000, 32_768, 36_000, 45_000, 60_000, 90_000, 130_000):
        ran = machine.run("create-key", "--description", LONG, preexec_fn=at_most(limit))
        assert ran.code in (0, 253, 254, 255), ran.err
        assert "Traceback" not in ran.err
        assert "This is a bug" not in ran.err, f"limit {limit}"
        assert (ran.out != b"") == (ran.code == 0)
        keys += ran.code == 0
        assert len(machine.run("list-keys").expect().answer["Keys"]) == keys
    assert machine.report().wrong == 0
    assert [event["eventName"] for event in machine.events()].count("CreateKey") == keys


def test_full_at_the_log(machine: Machine) -> None:
    """The log cannot grow: calls answer, one line says that events wait, and the next call with room appends them."""
    while machine.log.stat().st_size < 90_000:
        machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", *WORDY).expect()
    before = len(machine.events())
    for _ in range(3):
        machine.fold_wal()
        answered = machine.run("describe-key", "--key-id", ALIAS, preexec_fn=at_most(machine.log.stat().st_size))
        assert answered.expect().answer["KeyMetadata"]["Enabled"] is True
        assert answered.err.splitlines() == [
            "kmscli: the audit log cannot be written (File too large); the events wait in the vault."
        ]
    assert len(machine.events()) == before
    report = machine.report()
    assert (report.wrong, report.waiting) == (0, 3)
    machine.run("list-keys").expect()
    assert [event["eventName"] for event in machine.events()[before:]] == ["DescribeKey"] * 3 + ["ListKeys"]
    report = machine.report()
    assert (report.wrong, report.waiting, report.torn) == (0, 0, [])


def test_a_log_on_a_full_disk_of_its_own(machine: Machine) -> None:
    """The same with a real disk, where mounting is allowed, and nothing is left of the line that did not fit."""
    if real_disk not in DISKS:
        return
    with small_disk(machine.trail, "64k"):
        filler = fill(machine.trail)
        before = machine.log.read_bytes()
        answered = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", *WORDY).expect()
        assert "the audit log cannot be written (No space left on device); the events wait" in answered.err
        assert machine.log.read_bytes() == before
        filler.unlink()
        machine.run("list-keys").expect()
        assert [event["eventName"] for event in machine.events()][-2:] == ["Encrypt", "ListKeys"]
        assert machine.report().wrong == 0


def test_a_first_vault_on_a_full_disk(fresh: Machine) -> None:
    """A first create-key that finds no room says so, and leaves no half a vault behind."""
    for limit in (0, 100, 4096, 20_000, 33_000):
        refused = fresh.run("create-key", preexec_fn=at_most(limit))
        assert refused.code in (253, 254), refused.err
        assert "This is a bug" not in refused.err
        assert not fresh.vault.exists()
        assert fresh.leftovers() == []
    fresh.run("create-key").expect()


@pytest.mark.parametrize("content", [b"", b"\0" * 512, b"[", b"[" * 5000, b"not a mark"])
def test_a_mark_that_a_full_disk_left(machine: Machine, content: bytes) -> None:
    """What is no mark is none: the vault is trusted, and marked again."""
    mark = next((machine.home / ".local/state/kmscli/marks").iterdir())
    mark.write_bytes(content)
    machine.run("list-keys").expect()
    assert mark.read_bytes() != content
    machine.run("list-keys").expect()
