"""What the tests of the vault stand on: a furnished vault, and ways to reach into its file."""

import json
import os
import pty
import signal
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from kmscli.keys.check import inspect
from kmscli.vault.check import Fault
from kmscli.vault.header import Header
from tests.robustness.machine import Machine, Ran

PASSPHRASE = b"correct horse battery staple"
DESCRIPTION = "DescriptionInClear"
ALIAS = "alias/NameInClear"
TAG = "TagInClear"
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Id": "PolicyInClear",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "kms:*",
                "Resource": "*",
            }
        ],
    }
)
KEY, MATERIAL, ALIASES, TAGS, POLICIES, TALLY, HEAD = 16, 17, 18, 19, 20, 4, 1


def furnish(machine: Machine) -> None:
    """Make a vault with two keys, one of them with an alias, tags, a policy, and a second material; and its backup."""
    tags = ("--tags", f"TagKey={TAG},TagValue={TAG}")
    first = machine.run("create-key", "--description", DESCRIPTION, *tags).expect().answer["KeyMetadata"]["KeyId"]
    machine.run("create-key").expect()
    machine.run("create-alias", "--alias-name", ALIAS, "--target-key-id", first).expect()
    machine.run("put-key-policy", "--key-id", first, "--policy", POLICY).expect()
    machine.run("rotate-key-on-demand", "--key-id", first).expect()
    backup_of(machine).parent.mkdir()
    machine.run("vault", "backup", str(backup_of(machine))).expect()
    fold_wal(machine.vault)


def backup_of(machine: Machine) -> Path:
    """The backup of a furnished vault."""
    return machine.home / "backups" / "backup.db"


@contextmanager
def database(path: Path) -> Iterator[sqlite3.Connection]:
    """A vault's file, as any SQLite client opens it. Its WAL is folded in when it is left."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        yield connection
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def fold_wal(path: Path) -> None:
    """Move what a vault's write-ahead log holds into its file."""
    with database(path):
        pass


def rows(path: Path, kind: int) -> list[tuple[Any, ...]]:
    """The rows of a kind, as they stand in the file."""
    with database(path) as connection:
        return connection.execute("SELECT * FROM rows WHERE kind = ? ORDER BY id", (kind,)).fetchall()


def put(path: Path, replaced: list[tuple[Any, ...]]) -> None:
    """Write rows as they are given."""
    with database(path) as connection:
        connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", replaced)


def execute(path: Path, statement: str, *values: object) -> None:
    """Change a vault's file."""
    with database(path) as connection:
        connection.execute(statement, values)


def header(path: Path) -> Header:
    """A vault's header, as it stands in the file."""
    with database(path) as connection:
        (raw,) = connection.execute("SELECT value FROM meta WHERE name = 'header'").fetchone()
    plain = json.loads(raw[32:])
    return Header(plain.pop("vault"), **plain)


def edit_header(path: Path, **members: Any) -> None:
    """Change the header without knowing the key of its MAC."""
    with database(path) as connection:
        (raw,) = connection.execute("SELECT value FROM meta WHERE name = 'header'").fetchone()
        edited = raw[:32] + json.dumps({**json.loads(raw[32:]), **members}).encode()
        connection.execute("UPDATE meta SET value = ? WHERE name = 'header'", (edited,))


def faults(machine: Machine) -> list[Fault]:
    """What a check of the rows finds."""
    vault = machine.opened()
    try:
        return inspect(vault).faults
    finally:
        vault.close()


def answering(machine: Machine, *words: str, answers: list[bytes]) -> Ran:
    """Make a call on a terminal, and answer each prompt once it shows: what is typed before is thrown away."""
    ours, theirs = pty.openpty()
    with machine.start(*words, stdin=theirs, stdout=theirs, stderr=theirs, start_new_session=True) as call:
        os.close(theirs)
        shown = b""
        left = list(answers)
        while True:
            try:
                sent = os.read(ours, 1 << 16)
            except OSError:
                break
            shown += sent
            if left and sent.endswith((b": ", b"]: ")):
                os.write(ours, left.pop(0) + b"\n")
        os.close(ours)
    return Ran(call.returncode, shown, shown.decode())


def killed(machine: Machine, words: tuple[str, ...], after: float) -> None:
    """Start a command and kill it after some seconds."""
    call = machine.start(*words)
    try:
        call.communicate(timeout=after)
    except subprocess.TimeoutExpired:
        call.send_signal(signal.SIGKILL)
        call.communicate()


def files_of(vault: Path) -> bytes:
    """All bytes of a vault's file and its write-ahead log."""
    return b"".join(path.read_bytes() for path in sorted(vault.parent.glob(vault.name + "*")) if path.is_file())
