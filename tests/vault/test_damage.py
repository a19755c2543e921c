"""Whatever is done to a vault's files, a call says what is wrong, with its exit code, and never answers wrongly."""

import base64
import json
import os
import shutil
from collections.abc import Callable
from random import Random

import pytest

from kmscli.clock import system_time
from kmscli.engine import Caller, Engine
from kmscli.errors import KmscliError
from tests.robustness.machine import Machine
from tests.vault.ground import (
    ALIAS,
    ALIASES,
    DESCRIPTION,
    HEAD,
    KEY,
    MATERIAL,
    PASSPHRASE,
    TAG,
    TALLY,
    database,
    edit_header,
    execute,
    files_of,
    fold_wal,
    header,
    put,
    rows,
)

CONFIGURATION = 253
DAMAGED = 255


def flip(kind: int) -> Callable[[Machine], None]:
    """Change a byte of every row of a kind."""

    def damage(machine: Machine) -> None:
        put(machine.vault, [(*row[:-1], row[-1][:-1] + bytes([row[-1][-1] ^ 1])) for row in rows(machine.vault, kind)])

    return damage


def swap(machine: Machine) -> None:
    """Exchange the sealed values of two keys."""
    (*first, one), (*second, other) = rows(machine.vault, KEY)
    put(machine.vault, [(*first, other), (*second, one)])


def truncate(machine: Machine) -> None:
    """Cut the file in the middle."""
    os.truncate(machine.vault, machine.vault.stat().st_size // 2)


def leave_beginning(machine: Machine) -> None:
    """Cut the file so that only its first bytes are left."""
    os.truncate(machine.vault, 100)


def foreign(machine: Machine) -> None:
    """Put a database of something else in the vault's place."""
    machine.vault.unlink()
    with database(machine.vault) as connection:
        connection.execute("CREATE TABLE rows (kind)")
    machine.vault.chmod(0o600)


def text_file(machine: Machine) -> None:
    """Put a text in the vault's place."""
    machine.vault.write_text("This is no vault.\n" * 100)


def directory(machine: Machine) -> None:
    """Put a folder in the vault's place."""
    machine.vault.unlink()
    machine.vault.mkdir(mode=0o700)


def symlink(machine: Machine) -> None:
    """Put a symbolic link in the vault's place."""
    machine.vault.rename(machine.vault.with_name("elsewhere.db"))
    machine.vault.symlink_to("elsewhere.db")


def key_file_symlink(machine: Machine) -> None:
    """Put a symbolic link in the key file's place."""
    machine.key_file.rename(machine.key_file.with_name("elsewhere.key"))
    machine.key_file.symlink_to("elsewhere.key")


def key_file_of_no_key(machine: Machine) -> None:
    """Put something else than a key into the key file."""
    machine.key_file.write_text("short")


def wrong_key(machine: Machine) -> None:
    """Put another key into the key file."""
    machine.key_file.write_bytes(base64.b64encode(bytes(32)))


def drop_meta(name: str) -> Callable[[Machine], None]:
    """Remove a value of the file itself."""
    return lambda machine: execute(machine.vault, "DELETE FROM meta WHERE name = ?", name)


def flip_meta(name: str) -> Callable[[Machine], None]:
    """Change the first byte of a value of the file itself."""

    def damage(machine: Machine) -> None:
        with database(machine.vault) as connection:
            (value,) = connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
            changed = bytes([value[0] ^ 1]) + value[1:]
            connection.execute("UPDATE meta SET value = ? WHERE name = ?", (changed, name))

    return damage


def slot_added(machine: Machine) -> None:
    """Add a keyslot of an attacker's own to the header."""
    slots = header(machine.vault).slots
    edit_header(machine.vault, slots=[*slots, {**slots[0], "id": "0" * 16}])


def public_key_swapped(machine: Machine) -> None:
    """Put another public key into a keyslot, for the next rekeying to leave the root key to."""
    [slot] = header(machine.vault).slots
    edit_header(machine.vault, slots=[{**slot, "public": base64.b64encode(bytes(1216)).decode()}])


def made_lab(machine: Machine) -> None:
    """Say that the vault is a lab vault."""
    edit_header(machine.vault, lab=True)


def many_slots(machine: Machine) -> None:
    """Plant more keyslots than anybody has."""
    edit_header(machine.vault, slots=header(machine.vault).slots * 1000)


def odd_slot(machine: Machine) -> None:
    """Plant a keyslot that is none."""
    edit_header(machine.vault, slots=[{"id": 1, "method": "key", "salt": "?", "check": 2, "public": None}])


def newer(machine: Machine) -> None:
    """Say that a newer kmscli wrote the vault."""
    execute(machine.vault, "PRAGMA user_version = 2")


DAMAGE: list[tuple[str, Callable[[Machine], None], int, str]] = [
    ("flip key", flip(KEY), DAMAGED, "A row of the vault was altered or is damaged: key "),
    ("flip alias", flip(ALIASES), DAMAGED, "A row of the vault was altered or is damaged: alias "),
    ("flip material", flip(MATERIAL), DAMAGED, "A row of the vault was altered or is damaged: material "),
    ("flip head", flip(HEAD), DAMAGED, "A row of the vault was altered or is damaged: head "),
    ("swap keys", swap, DAMAGED, "A row of the vault was altered or is damaged: key "),
    ("drop head", lambda it: execute(it.vault, "DELETE FROM rows WHERE kind = 1"), DAMAGED, "has lost its head row"),
    ("drop all rows", lambda it: execute(it.vault, "DELETE FROM rows"), DAMAGED, "has lost its head row"),
    ("drop the table", lambda it: execute(it.vault, "DROP TABLE rows"), DAMAGED, "The vault's file is damaged"),
    ("truncate", truncate, DAMAGED, "The vault's file is damaged"),
    ("leave the beginning", leave_beginning, DAMAGED, "The vault's file is damaged"),
    ("text file", text_file, DAMAGED, "The vault's file is damaged: file is not a database"),
    ("foreign database", foreign, CONFIGURATION, "This file is not a kmscli vault."),
    ("empty file", lambda it: os.truncate(it.vault, 0), CONFIGURATION, "This file is not a kmscli vault."),
    ("directory", directory, CONFIGURATION, "is not a regular file"),
    ("symbolic link", symlink, CONFIGURATION, "is not a regular file"),
    ("no vault", lambda it: it.vault.unlink(), CONFIGURATION, "There is no vault at"),
    ("writable by others", lambda it: it.vault.chmod(0o660), CONFIGURATION, "can be written by others"),
    ("newer format", newer, CONFIGURATION, "This vault has format 2; this kmscli knows none above 1."),
    ("header lost", drop_meta("header"), DAMAGED, "The vault's header is damaged."),
    ("header flipped", flip_meta("header"), DAMAGED, "The vault's header was altered."),
    ("keyring lost", drop_meta("keyring"), DAMAGED, "The vault's keyring was altered or is damaged."),
    ("keyring flipped", flip_meta("keyring"), DAMAGED, "The vault's keyring was altered or is damaged."),
    ("keyslot added", slot_added, DAMAGED, "The vault's header was altered."),
    ("public key swapped", public_key_swapped, DAMAGED, "The vault's header was altered."),
    ("made a lab vault", made_lab, DAMAGED, "The vault's header was altered."),
    ("many keyslots", many_slots, DAMAGED, "The vault's header is damaged."),
    ("a keyslot that is none", odd_slot, DAMAGED, "The vault's header is damaged."),
    ("key file a link", key_file_symlink, CONFIGURATION, "is a symbolic link"),
    ("key file for a group", lambda it: it.key_file.chmod(0o640), CONFIGURATION, "can be read by others"),
    ("key file of no key", key_file_of_no_key, CONFIGURATION, "is not 32 or more bytes"),
    ("key file lost", lambda it: it.key_file.unlink(), CONFIGURATION, "Nothing unlocks this vault"),
    ("another key", wrong_key, CONFIGURATION, "does not open this vault"),
]


@pytest.mark.parametrize(("damage", "code", "said"), [case[1:] for case in DAMAGE], ids=[case[0] for case in DAMAGE])
def test_damage_is_refused(machine: Machine, damage: Callable[[Machine], None], code: int, said: str) -> None:
    """A call on damaged files fails with its exit code, says what is wrong, and answers nothing."""
    damage(machine)
    ran = machine.run("generate-data-key", "--key-id", ALIAS, "--key-spec", "AES_256").expect(code)
    assert ran.out == b""
    assert said in ran.err


def test_a_check_goes_on(machine: Machine) -> None:
    """The check on the command line names every fault on stdout, and fails with exit code 255."""
    flip(ALIASES)(machine)
    flip(TALLY)(machine)
    ran = machine.run("vault", "check").expect(DAMAGED)
    assert b"fault: alias " in ran.out
    assert b"fault: tally of keys in 111122223333 us-east-1: altered or damaged" in ran.out
    assert "The vault is not whole: 2 faults, the first: " in ran.err


def test_a_check_names_a_line_of_the_log(machine: Machine) -> None:
    """The check reads the log too."""
    lines = machine.log.read_bytes().splitlines(keepends=True)
    machine.log.write_bytes(b"".join([lines[0], *lines[2:]]))
    ran = machine.run("vault", "check", "--output", "json").expect(DAMAGED)
    [fault] = ran.answer["Faults"]
    assert fault["Kind"] == "log"
    assert "event 2 is missing" in fault["Text"]


def test_weaker_argon2_opens_nothing(shared: Machine) -> None:
    """A keyslot whose Argon2 settings were weakened does not open, whatever the passphrase."""
    own, slot = header(shared.vault).slots
    weak = {"passes": 2, "lanes": 1, "memory": 19 * 1024}
    edit_header(shared.vault, slots=[own, {**slot, "argon2id": weak}])
    ran = shared.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).expect(CONFIGURATION)
    assert "The passphrase from descriptor 0 does not open this vault." in ran.err


@pytest.mark.parametrize(
    "planted",
    [
        {"passes": 3, "lanes": 4, "memory": 1 << 31},
        {"passes": 1 << 20, "lanes": 4, "memory": 65536},
        {"passes": 3, "lanes": 1 << 16, "memory": 1 << 20},
        {"passes": 1, "lanes": 1, "memory": 8},
    ],
    ids=["memory", "passes", "lanes", "too weak"],
)
def test_planted_argon2_is_refused(shared: Machine, planted: dict[str, int]) -> None:
    """Argon2 settings that would exhaust the machine, or protect nothing, are refused before they are used."""
    own, slot = header(shared.vault).slots
    edit_header(shared.vault, slots=[own, {**slot, "argon2id": planted}])
    ran = shared.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).expect(DAMAGED)
    assert "asks for Argon2id settings that kmscli refuses" in ran.err


def test_a_rolled_back_vault_is_refused(machine: Machine) -> None:
    """A vault older than its mark is refused, by its check too, until that is accepted; then a new chain begins."""
    older = machine.vault.read_bytes()
    machine.run("create-key").expect()
    fold_wal(machine.vault)
    machine.vault.write_bytes(older)
    said = "is older than when this machine last used it: it was rolled back"
    assert said in machine.run("list-keys").expect(DAMAGED).err
    assert said in machine.run("vault", "status").expect(DAMAGED).err
    assert "fault: vault: it is older" in machine.run("vault", "check").expect(DAMAGED).out.decode()
    status = machine.run("vault", "status", "--accept-rollback", "--output", "json").expect().answer
    assert status["Events"] == machine.run("vault", "status", "--output", "json").expect().answer["Events"]
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2
    names = [event["eventName"] for event in machine.events()]
    assert names[-3:] == ["CreateKey", "AcceptRollback", "ListKeys"]
    machine.run("audit", "verify").expect()
    machine.run("vault", "check").expect()


def test_without_a_mark_the_log_knows(machine: Machine) -> None:
    """Where the mark is gone, a vault that is older than the log beside it is refused, until that is accepted."""
    older = machine.vault.read_bytes()
    machine.run("create-key").expect()
    fold_wal(machine.vault)
    machine.vault.write_bytes(older)
    shutil.rmtree(machine.home / ".local/state")
    assert "it was rolled back" in machine.run("list-keys").expect(DAMAGED).err
    machine.run("--accept-rollback", "list-keys").expect()
    machine.run("audit", "verify").expect()


def test_no_event_is_lost_to_a_log_that_is_ahead(machine: Machine) -> None:
    """Where vault and mark were both rolled back, what the log cannot take stays in the vault."""
    older = machine.vault.read_bytes()
    marks = machine.home / ".local/state/kmscli/marks"
    [mark] = marks.iterdir()
    older_mark = mark.read_bytes()
    machine.run("create-key").expect()
    machine.run("create-key").expect()
    fold_wal(machine.vault)
    machine.vault.write_bytes(older)
    mark.write_bytes(older_mark)
    ran = machine.run("list-keys").expect()
    assert "it goes further than the vault, which was rolled back" in ran.err
    assert machine.run("vault", "status", "--output", "json").expect().answer["PendingEvents"] == 1
    assert "the log goes further than its vault" in machine.run("audit", "verify").expect(DAMAGED).err


def test_a_vault_without_a_mark_is_trusted(machine: Machine) -> None:
    """Where the mark and the log are gone, as on another machine, an older vault is trusted and marked."""
    older = machine.vault.read_bytes()
    machine.run("create-key").expect()
    fold_wal(machine.vault)
    machine.vault.write_bytes(older)
    shutil.rmtree(machine.home / ".local/state")
    shutil.rmtree(machine.trail)
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2
    [mark] = (machine.home / ".local/state/kmscli/marks").iterdir()
    assert mark.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("content", [b"", b"{", b'["[\\"a\\", 1, \\"b\\", 2, 3]", "00"]', b"\xff" * 512])
def test_an_unreadable_mark_is_none(machine: Machine, content: bytes) -> None:
    """A mark that this vault did not make is no mark."""
    [mark] = (machine.home / ".local/state/kmscli/marks").iterdir()
    mark.write_bytes(content)
    assert "not kept" in machine.run("vault", "status").expect().out.decode()
    machine.run("list-keys").expect()
    assert "kept at event" in machine.run("vault", "status").expect().out.decode()


def test_a_damaged_wal_is_a_rollback(machine: Machine) -> None:
    """What SQLite drops of a damaged write-ahead log is missed: the vault is older than its mark."""
    machine.run("create-key").expect()
    wal = machine.vault.with_name("vault.db-wal")
    content = bytearray(wal.read_bytes())
    content[60] ^= 1
    wal.write_bytes(content)
    machine.vault.with_name("vault.db-shm").unlink()
    assert "it was rolled back" in machine.run("list-keys").expect(DAMAGED).err


def test_a_lost_wal_is_a_rollback(machine: Machine) -> None:
    """A vault whose write-ahead log was removed is older than its mark."""
    machine.run("create-key").expect()
    machine.vault.with_name("vault.db-shm").unlink()
    machine.vault.with_name("vault.db-wal").unlink()
    assert "it was rolled back" in machine.run("list-keys").expect(DAMAGED).err


def test_nothing_is_readable_in_the_files(machine: Machine) -> None:
    """No alias, tag, policy, description, key id, ARN or key byte stands in the vault's files."""
    machine.run("tag-resource", "--key-id", key_id(machine), "--tags", f"TagKey=more,TagValue={TAG}").expect()
    content = files_of(machine.vault)
    keys = machine.run("list-keys").expect().answer["Keys"]
    names = [ALIAS, "NameInClear", TAG, "PolicyInClear", DESCRIPTION, "111122223333", "us-east-1", "arn:aws", "kms:"]
    names += [key["KeyId"] for key in keys] + ["ENCRYPT_DECRYPT", "SYMMETRIC_DEFAULT", "Enabled", "CreateKey"]
    vault = machine.opened()
    keyring = vault.keyring
    secrets = [*keyring.terms.values(), *keyring.trail.values(), keyring.blind, keyring.material_ids]
    vault.close()
    readable = [name for name in names if name.encode() in content or name.encode("utf-16-le") in content]
    assert readable == []
    assert not [secret for secret in secrets if secret in content or secret.hex().encode() in content]
    assert base64.b64decode(machine.key_file.read_bytes()) not in content


def test_files_are_private(machine: Machine) -> None:
    """Files are 0600, and folders 0700."""
    kept = [machine.home / name for name in (".local/share/kmscli", ".config/kmscli", ".local/state/kmscli/marks")]
    paths = [path for folder in kept for path in (folder, *folder.rglob("*"))]
    wrong = {str(path): oct(path.stat().st_mode) for path in paths if path.stat().st_mode & 0o077}
    assert wrong == {}


def test_a_flipped_byte_never_gives_a_wrong_answer(machine: Machine) -> None:
    """With any byte of the file changed, a call gives the right answer or is refused."""
    blob = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=").expect().answer["CiphertextBlob"]
    fold_wal(machine.vault)
    whole = machine.vault.read_bytes()
    caller = Caller("111122223333", "us-east-1", agent="test", door="test", uid=0, user="test")
    random = Random(7)
    answers = 0
    for _ in range(150):
        content = bytearray(whole)
        content[random.randrange(len(content))] ^= 1 << random.randrange(8)
        machine.vault.write_bytes(content)
        for name in ("vault.db-wal", "vault.db-shm"):
            machine.vault.with_name(name).unlink(missing_ok=True)
        try:
            engine = Engine(machine.opened(), system_time, machine.opened)
        except KmscliError:
            continue
        try:
            answer = engine.call(caller, "Decrypt", {"CiphertextBlob": base64.b64decode(blob)})
            assert answer
            assert answer.members({})["Plaintext"] == b"hi"
            answers += 1
        except KmscliError:
            pass
        finally:
            engine.vault.close()
    assert answers > 50


def key_id(machine: Machine) -> str:
    """The id of the key that has the alias."""
    ran = machine.run("describe-key", "--key-id", ALIAS).expect()
    return str(json.loads(ran.out)["KeyMetadata"]["KeyId"])
