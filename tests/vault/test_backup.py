"""A backup is consistent while others write; a restore puts it back in one step, and keeps what was there."""

import os
import random
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kmscli.clock import system_time
from kmscli.engine import Caller, Engine
from kmscli.errors import KMSInternalException
from kmscli.keys.check import inspect
from kmscli.vault.backup import put_in_place, staged
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.opening import open_vault
from kmscli.vault.unlocking import Unlocking
from tests.robustness.machine import Machine
from tests.vault.ground import (
    ALIAS,
    KEY,
    PASSPHRASE,
    backup_of,
    database,
    edit_header,
    execute,
    faults,
    fold_wal,
    header,
    killed,
    rows,
)


def number_of_keys(machine: Machine) -> int:
    """How many keys there are."""
    return len(rows(machine.vault, KEY))


def kept(machine: Machine) -> list[Path]:
    """The vaults that were replaced."""
    return sorted(machine.vault.parent.glob("vault.db.before-*Z"))


def test_a_backup_is_whole_and_private(machine: Machine) -> None:
    """A backup is one file of mode 0600 that checks, with an event that says so, and overwrites nothing."""
    backup = machine.home / "elsewhere" / "backup.db"
    backup.parent.mkdir()
    machine.run("vault", "backup", str(backup)).expect()
    assert backup.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in backup.parent.iterdir()] == ["backup.db"]
    vault = open_vault(str(backup), Unlocking({}, warn=print))
    assert inspect(vault).faults == []
    vault.close()
    assert machine.events()[-1]["eventName"] == "BackupVault"
    assert machine.events()[-1]["requestParameters"] == {"file": str(backup)}
    before = backup.read_bytes()
    ran = machine.run("vault", "backup", str(backup)).expect(253)
    assert "overwrites nothing" in ran.err
    assert backup.read_bytes() == before


@pytest.mark.parametrize("target", ["nowhere/backup.db", ".", "/dev/null"])
def test_a_backup_that_cannot_be_made(machine: Machine, target: str) -> None:
    """Where no backup can be made, that is said."""
    ran = machine.run("vault", "backup", str(machine.home / target)).expect(253)
    assert "backup" in ran.err
    assert not list(machine.home.glob("*.db*"))


def test_a_backup_during_writes_is_consistent(machine: Machine) -> None:
    """Backups that are made while others write hold what was committed by then, and are whole."""
    calls = [machine.start("create-key") for _ in range(4)]
    backups = [machine.home / f"{number}.db" for number in range(3)]
    for backup in backups:
        machine.run("vault", "backup", str(backup)).expect()
    for call in calls:
        call.communicate()
    assert [call.returncode for call in calls] == [0] * len(calls)
    counts = []
    for backup in backups:
        vault = open_vault(str(backup), Unlocking({}, warn=print))
        inspection = inspect(vault)
        vault.close()
        assert inspection.faults == []
        counts.append(inspection.counts["key"])
    assert counts == sorted(counts)
    assert faults(machine) == []


def test_a_restore_brings_back(machine: Machine) -> None:
    """A restored vault is as it was at the backup; what was there is kept; a new chain goes on in the same log."""
    backup = backup_of(machine)
    machine.run("create-key").expect()
    machine.run("delete-alias", "--alias-name", ALIAS).expect()
    answer = machine.run("vault", "restore", str(backup), "--output", "json").expect().answer
    assert [str(path) for path in kept(machine)] == [answer["Kept"]]
    assert number_of_keys(machine) == 2
    machine.run("describe-key", "--key-id", ALIAS).expect()
    vault = open_vault(answer["Kept"], Unlocking({}, warn=print))
    assert inspect(vault).counts["key"] == 3
    vault.close()
    assert kept(machine)[0].stat().st_mode & 0o777 == 0o600
    [event] = [event for event in machine.events() if event["eventName"] == "RestoreVault"]
    assert event["kmscli"]["number"] == 1
    assert event["kmscli"]["follows"]["chain"] != event["kmscli"]["chain"]
    machine.run("audit", "verify").expect()
    machine.run("vault", "check").expect()
    assert machine.leftovers() == [str(kept(machine)[0].relative_to(machine.home)), "backups/backup.db"]


def test_events_that_wait_come_into_the_log(machine: Machine) -> None:
    """What was committed and is not in the log yet when the vault is replaced is in the log before the restore."""
    backup = backup_of(machine)
    engine = Engine(machine.opened(), system_time, machine.opened)
    caller = Caller("111122223333", "us-east-1", agent="test", door="test", uid=1000, user="alice")
    before = machine.events()
    for number in range(3):
        engine.call(caller, "CreateKey", {"Description": str(number)})
    assert machine.events() == before
    machine.run("vault", "restore", str(backup)).expect()
    engine.vault.close()
    names = [event["eventName"] for event in machine.events()[len(before) :]]
    assert names == ["CreateKey", "CreateKey", "CreateKey", "RestoreVault"]
    machine.run("audit", "verify").expect()
    machine.run("create-key").expect()
    assert machine.events()[-1]["eventName"] == "CreateKey"


def test_no_number_comes_twice(machine: Machine) -> None:
    """After a restore, and after another of the same backup, commits go on above all numbers that were given."""
    backup = backup_of(machine)
    commits = []
    for _ in range(2):
        machine.run("create-key").expect()
        commits.append(machine.events()[-1]["kmscli"]["commit"])
        machine.run("vault", "restore", str(backup)).expect()
        commits.append(machine.events()[-1]["kmscli"]["commit"])
    assert commits == sorted(set(commits))
    machine.run("audit", "verify").expect()


def test_a_restore_where_no_vault_is(machine: Machine, tmp_path: Path) -> None:
    """A backup is restored where there is no vault, as on a new machine."""
    backup = backup_of(machine)
    other = tmp_path / "other" / "vault.db"
    machine.run("--vault", str(other), "vault", "restore", str(backup)).expect()
    assert len(rows(other, KEY)) == 2
    machine.run("--vault", str(other), "list-keys").expect()
    assert sorted(path.name for path in other.parent.iterdir() if path.is_file()) == [
        "vault.db",
        "vault.db-shm",
        "vault.db-wal",
    ]
    with database(other) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_a_process_that_had_the_vault_open_goes_on(machine: Machine) -> None:
    """Who has the vault open when it is restored sees other keys, and nothing of the old vault reaches the new one."""
    backup = backup_of(machine)
    vault = machine.opened()
    transaction = vault.transaction()
    head = vault.head(transaction)
    machine.run("vault", "restore", str(backup)).expect()
    assert vault.head(transaction).commit == head.commit
    transaction.close()
    with pytest.raises(RekeyedError):
        vault.reseal([])
    vault.close()
    assert faults(machine) == []


def break_page(path: Path) -> None:
    """Overwrite a page of the table of rows."""
    with database(path) as connection:
        (page,) = connection.execute("SELECT rootpage FROM sqlite_schema WHERE name = 'rows'").fetchone()
    content = bytearray(path.read_bytes())
    content[(page - 1) * 4096 : page * 4096] = b"\xa5" * 4096
    path.write_bytes(content)


BROKEN: list[tuple[str, Callable[[Path], object]]] = [
    ("empty", lambda path: os.truncate(path, 0)),
    ("cut", lambda path: os.truncate(path, 5000)),
    ("torn", break_page),
    ("text", lambda path: path.write_text("no vault\n" * 1000)),
    ("header", lambda path: edit_header(path, slots=[])),
    ("row", lambda path: execute(path, "UPDATE rows SET sealed = zeroblob(9) WHERE kind = 1")),
]


@pytest.mark.parametrize("damage", [case[1] for case in BROKEN], ids=[case[0] for case in BROKEN])
def test_a_damaged_vault_is_replaced(machine: Machine, damage: Callable[[Path], object]) -> None:
    """A vault that is too damaged to be used is replaced by a backup, and kept as it is."""
    backup = backup_of(machine)
    fold_wal(machine.vault)
    damage(machine.vault)
    machine.vault.with_name("vault.db-wal").unlink(missing_ok=True)
    machine.vault.with_name("vault.db-shm").unlink(missing_ok=True)
    machine.run("list-keys").expect(253 if machine.vault.stat().st_size == 0 else 255)
    machine.run("vault", "restore", str(backup)).expect()
    assert number_of_keys(machine) == 2
    assert len(kept(machine)) == 1
    machine.run("audit", "verify").expect()
    assert faults(machine) == []


def test_the_wal_of_a_damaged_vault_is_not_applied(machine: Machine) -> None:
    """The write-ahead log of a vault that is exchanged goes with it."""
    backup = backup_of(machine)
    machine.run("create-key").expect()
    wal = machine.vault.with_name("vault.db-wal")
    assert wal.stat().st_size > 0
    os.truncate(machine.vault, 4096)
    machine.run("vault", "restore", str(backup)).expect()
    assert number_of_keys(machine) == 2
    assert faults(machine) == []


def test_a_damaged_vault_in_use_is_not_exchanged(machine: Machine) -> None:
    """The file of a damaged vault is not exchanged while another process has it open."""
    backup = backup_of(machine)
    fold_wal(machine.vault)
    holder = (
        "import sqlite3, sys; c = sqlite3.connect(sys.argv[1]); c.execute('SELECT count(*) FROM meta').fetchone();"
        "print(flush=True); sys.stdin.read()"
    )
    words = ["python3", "-c", holder, str(machine.vault)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        process.stdout.readline()
        break_page(machine.vault)
        ran = machine.run("vault", "restore", str(backup)).expect(254)
        process.communicate()
    assert "have the damaged vault open" in ran.err
    machine.run("vault", "restore", str(backup)).expect()


REFUSED: list[tuple[str, Callable[[Path], object], int, str]] = [
    ("flipped", lambda path: execute(path, "UPDATE rows SET sealed = zeroblob(90) WHERE kind = 16"), 255, "damaged"),
    ("dropped", lambda path: execute(path, "DELETE FROM rows WHERE kind = 20"), 255, "policy of key"),
    ("cut", lambda path: os.truncate(path, 9000), 255, "damaged"),
    ("edited", lambda path: edit_header(path, lab=True), 255, "header was altered"),
    ("newer", lambda path: execute(path, "PRAGMA user_version = 2"), 253, "format 2"),
    ("text", lambda path: path.write_text("no vault\n" * 1000), 255, "not a database"),
    ("gone", lambda path: path.unlink(), 253, "No such file"),
    ("with a WAL", lambda path: path.with_name("backup.db-wal").write_bytes(b"x"), 253, "no backup"),
]


@pytest.mark.parametrize(("damage", "code", "said"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED])
def test_a_bad_backup_is_refused(machine: Machine, damage: Callable[[Path], object], code: int, said: str) -> None:
    """A backup that is damaged, foreign, newer or not there is refused, and the vault stays as it is."""
    backup = backup_of(machine)
    damage(backup)
    before = machine.vault.read_bytes()
    ran = machine.run("vault", "restore", str(backup)).expect(code)
    assert said in ran.err
    assert machine.vault.read_bytes() == before
    assert kept(machine) == []
    assert not list(machine.vault.parent.glob(".*"))


def test_a_backup_of_another_vault_is_refused(machine: Machine, tmp_path: Path) -> None:
    """A vault is not replaced by a backup of another one."""
    other = tmp_path / "other.db"
    machine.run("--vault", str(other), "vault", "init").expect()
    machine.run("--vault", str(other), "vault", "backup", str(tmp_path / "backup.db")).expect()
    ran = machine.run("vault", "restore", str(tmp_path / "backup.db")).expect(253)
    assert "is a backup of another vault" in ran.err
    assert number_of_keys(machine) == 2


def test_a_backup_before_a_rekeying(shared: Machine) -> None:
    """A backup from before a rekeying is restored with the keyslots of then; that is said; the log still verifies."""
    backup = shared.home / "backup.db"
    shared.run("vault", "backup", str(backup)).expect()
    shared.run("vault", "keyslot", "remove", "me").expect()
    shared.run("create-key").expect()
    ran = shared.run("vault", "restore", str(backup)).expect()
    assert "keyslots that were removed since open the vault again" in ran.err
    assert len(header(shared.vault).slots) == 2
    shared.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).expect()
    shared.run("audit", "verify").expect()
    shared.run("vault", "rekey").expect()
    shared.run("audit", "verify").expect()
    assert faults(shared) == []


def test_killed_before_the_step_a_restore_leaves_the_old_vault(machine: Machine) -> None:
    """A restore that fails in its last moment leaves the old vault, and nothing beside it."""
    backup = backup_of(machine)
    machine.run("create-key").expect()
    aside = staged(str(backup), str(machine.vault))
    kept_at = str(machine.vault.with_name("kept.db"))

    def full() -> None:
        raise KMSInternalException("The vault's disk is full. Nothing was changed.")

    with pytest.raises(KMSInternalException):
        put_in_place(aside, str(machine.vault), kept_at, full)
    os.unlink(aside)
    assert not os.path.exists(kept_at)
    assert number_of_keys(machine) == 3


def test_a_copied_home_is_restored(machine: Machine, tmp_path: Path) -> None:
    """A vault and its key file that were copied elsewhere, without the mark, are one that another machine can use."""
    home = tmp_path / "copy"
    shutil.copytree(machine.home, home)
    shutil.rmtree(home / ".local/state")
    copy = Machine(home)
    copy.run("create-key").expect()
    copy.run("audit", "verify").expect()
    assert len(rows(copy.vault, 16)) == 3


def survives_kills(machine: Machine, kills: int) -> None:
    """Kill a restore at random moments: each time one of the two vaults is there, and whole."""
    began = time.monotonic()
    machine.run("vault", "restore", str(backup_of(machine))).expect()
    usual = time.monotonic() - began
    chance = random.Random(kills)
    for _ in range(kills):
        machine.run("create-key", "--accept-rollback").expect()
        before = number_of_keys(machine)
        killed(machine, ("vault", "restore", str(backup_of(machine))), chance.uniform(0.5, 1.1) * usual)
        assert number_of_keys(machine) in (2, before)
        assert faults(machine) == []
    machine.run("vault", "restore", str(backup_of(machine)), "--accept-rollback").expect()
    assert number_of_keys(machine) == 2
    machine.run("audit", "verify").expect()


def test_a_restore_that_is_killed(machine: Machine) -> None:
    """A restore that is killed at any moment leaves the old vault or the new one."""
    survives_kills(machine, 3)


@pytest.mark.long
def test_a_restore_that_is_killed_often(machine: Machine) -> None:
    """The same at many more moments."""
    survives_kills(machine, 100)
