"""Many processes at once, and what becomes of the log when a process dies or a rotation moves it away."""

import fcntl
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, PATIENCE, Machine

WRITERS = 8


def test_eight_processes_write_at_once(machine: Machine) -> None:
    """Every acknowledged call of eight processes is there, each once, and so is its event; nobody is refused."""
    rounds = 5
    made: dict[str, str] = {}
    for turn in range(rounds):
        descriptions = [f"{turn} {writer}" for writer in range(WRITERS)]
        calls = [machine.start("create-key", "--description", text, "--query", "KeyMetadata") for text in descriptions]
        for text, call in zip(descriptions, calls, strict=True):
            out, err = call.communicate(timeout=PATIENCE)
            assert (call.returncode, err) == (0, b"")
            made[out.split(b'"KeyId": "')[1][:36].decode()] = text
    assert len(made) == rounds * WRITERS
    keys = machine.run("list-keys", "--query", "Keys[].KeyId").expect().answer
    assert made.keys() <= set(keys)
    assert len(keys) == len(made) + 1
    created = [event for event in machine.events() if event["eventName"] == "CreateKey"]
    texts = [(event["resources"][0]["ARN"][-36:], event["requestParameters"]["description"]) for event in created]
    assert dict(texts[1:]) == made
    assert len(texts) == len(made) + 1
    assert machine.report().wrong == 0


def test_eight_processes_change_the_same_row(machine: Machine) -> None:
    """Eight processes that tag one key: each tag is there, none overwrites another's."""
    key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
    tags = [f"tag{writer}" for writer in range(WRITERS)]
    calls = [machine.start("tag-resource", "--key-id", key, "--tags", f"TagKey={tag},TagValue={tag}") for tag in tags]
    for call in calls:
        assert call.communicate(timeout=PATIENCE) == (b"", b"")
        assert call.returncode == 0
    answer = machine.run("list-resource-tags", "--key-id", key, "--query", "Tags[].TagKey").expect().answer
    assert sorted(answer) == tags
    assert machine.report().wrong == 0


def test_eight_processes_make_the_first_vault(fresh: Machine) -> None:
    """Of eight first create-keys each makes its key, all in one vault with one key file."""
    calls = [fresh.start("create-key", "--query", "KeyMetadata.KeyId") for _ in range(WRITERS)]
    ended = [call.communicate(timeout=PATIENCE) for call in calls]
    assert [call.returncode for call in calls] == [0] * WRITERS, ended
    assert sum(b"made a vault" in err for _, err in ended) == 1
    assert len(fresh.run("list-keys").expect().answer["Keys"]) == WRITERS
    assert fresh.report().wrong == 0
    assert fresh.leftovers() == []


def test_one_alias_for_eight(machine: Machine) -> None:
    """Eight processes want the same alias for a key of theirs: one gets it, the others are told that it is there."""
    keys = [machine.run("create-key", "--query", "KeyMetadata.KeyId").expect().answer for _ in range(WRITERS)]
    calls = [machine.start("create-alias", "--alias-name", "alias/one", "--target-key-id", key) for key in keys]
    errors = [call.communicate(timeout=PATIENCE)[1] for call in calls]
    assert sorted(call.returncode for call in calls) == [0] + [254] * (WRITERS - 1)
    assert sum(b"AlreadyExistsException" in error for error in errors) == WRITERS - 1
    winner = keys[[call.returncode for call in calls].index(0)]
    assert machine.run("describe-key", "--key-id", "alias/one", "--query", "KeyMetadata.KeyId").answer == winner


def test_a_lock_that_others_keep(machine: Machine) -> None:
    """Who cannot get the vault's lock in 5 seconds is told that it is busy, and has changed nothing."""
    before = len(machine.events())
    keeper = sqlite3.connect(machine.vault, isolation_level=None)
    keeper.execute("BEGIN IMMEDIATE")
    refused = machine.run("create-key").expect(254)
    keeper.execute("ROLLBACK")
    keeper.close()
    assert "(KMSInternalException) when calling the CreateKey operation: The vault is busy" in refused.err
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 1
    assert [event["eventName"] for event in machine.events()[before:]] == ["ListKeys"]


@contextmanager
def log_locked(machine: Machine) -> Iterator[None]:
    """Hold the log's lock: a call can commit meanwhile, but not append."""
    descriptor = os.open(machine.trail / "lock", os.O_RDWR)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


def committed(machine: Machine) -> int:
    """The number of the vault's newest commit."""
    vault = machine.opened()
    transaction = vault.transaction()
    try:
        return vault.head(transaction).commit
    finally:
        transaction.close()
        vault.close()


@pytest.mark.parametrize("death", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_crash_between_commit_and_append_is_mended(machine: Machine, death: signal.Signals) -> None:
    """A call that dies after its commit and before its line: no tampering, and the next call appends the line."""
    before, lines = committed(machine), len(machine.events())
    with log_locked(machine):
        call = machine.start("create-key")
        for _ in count():
            if committed(machine) > before:
                break
        call.send_signal(death)
        call.communicate(timeout=PATIENCE)
    assert call.returncode == (130 if death == signal.SIGINT else -death)
    assert len(machine.events()) == lines
    verified = machine.run("audit", "verify").expect()
    assert "1 event" in verified.out.decode() + verified.err
    report = machine.report()
    assert (report.wrong, report.waiting) == (0, 1)
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2
    assert [event["eventName"] for event in machine.events()[lines:]] == ["CreateKey", "ListKeys"]
    report = machine.report()
    assert (report.wrong, report.waiting) == (0, 0)


@pytest.mark.parametrize("torn", [b'{"eventVersion":"1.11","userIden', b"\0" * 4096, b'{"half":1}\0\0\0\n', b"{"])
def test_a_torn_last_line_is_cut(machine: Machine, torn: bytes) -> None:
    """What a crash left of a line is cut before the next line is written."""
    before = machine.log.read_bytes()
    machine.log.write_bytes(before + torn)
    machine.run("list-keys").expect()
    assert machine.log.read_bytes().startswith(before + b'{"eventVersion"')
    assert machine.report().wrong == 0


def test_a_moved_log_is_continued(machine: Machine) -> None:
    """logrotate moves the log away: the next call begins a new file, and verification takes both, in any order."""
    moved: list[Path] = []
    verified = f"{len(machine.events()) + 4} events verified"
    for turn in range(3):
        machine.run("describe-key", "--key-id", ALIAS).expect()
        moved.append(machine.log.rename(machine.log.with_name(f"events.jsonl.{turn + 1}")))
    machine.run("list-keys").expect()
    assert [event["eventName"] for event in machine.events()] == ["ListKeys"]
    files = [str(machine.log), *map(str, moved)]
    assert verified in machine.run("audit", "verify").expect().out.decode()
    assert verified in machine.run("audit", "verify", *files).expect().out.decode()
    assert verified in machine.run("audit", "verify", *reversed(files)).expect().out.decode()


def test_a_log_moved_away_by_a_copy(machine: Machine) -> None:
    """copytruncate: the log is copied and emptied, and goes on; both together verify."""
    verified = f"{len(machine.events()) + 1} events verified"
    copy = machine.log.with_name("events.jsonl.1")
    copy.write_bytes(machine.log.read_bytes())
    os.truncate(machine.log, 0)
    machine.run("list-keys").expect()
    assert verified in machine.run("audit", "verify", str(copy), str(machine.log)).expect().out.decode()


def test_a_log_moved_away_with_events_still_waiting(machine: Machine) -> None:
    """Events that a crash kept from the old file are the first lines of the new one."""
    before = committed(machine)
    with log_locked(machine):
        call = machine.start("create-key")
        for _ in count():
            if committed(machine) > before:
                break
        call.kill()
        call.communicate(timeout=PATIENCE)
    machine.log.rename(machine.log.with_name("events.jsonl.1"))
    machine.run("list-keys").expect()
    assert [event["eventName"] for event in machine.events()] == ["CreateKey", "ListKeys"]
    assert machine.report().wrong == 0


def test_the_log_is_no_symbolic_link(machine: Machine, tmp_path: Path) -> None:
    """A log that was replaced by a link is not written through: the call answers, and its event waits."""
    target = tmp_path / "elsewhere"
    target.write_bytes(b"")
    machine.log.rename(machine.log.with_name("events.jsonl.1"))
    machine.log.symlink_to(target)
    answered = machine.run("list-keys").expect()
    assert "the events wait in the vault" in answered.err
    assert target.read_bytes() == b""
    machine.log.unlink()
    machine.run("list-keys").expect()
    assert [event["eventName"] for event in machine.events()] == ["ListKeys", "ListKeys"]
    assert machine.report().wrong == 0
