"""Keys of a vault change in one step: killed, a command leaves the old ones or the new; who is shut out stays so."""

import base64
import os
import random
import shutil
import time
from pathlib import Path

import pytest

from kmscli.clock import system_time
from kmscli.crypto.aead import NotAuthenticError
from kmscli.engine import Caller, Engine
from kmscli.errors import KmscliError
from kmscli.keys.due import delete
from kmscli.keys.key import find_key
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.opening import open_vault
from kmscli.vault.rekeying import swept
from kmscli.vault.sqlite import SqliteRowStore
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import EVENTS, HEAD
from tests.robustness.machine import Machine
from tests.vault.ground import (
    ALIAS,
    MATERIAL,
    PASSPHRASE,
    database,
    faults,
    files_of,
    fold_wal,
    header,
    killed,
    rows,
)

KILLS = 3
MANY_KILLS = 150


def opens_with_passphrase(machine: Machine) -> bool:
    """Whether the second holder, who has a passphrase, can use the vault."""
    return machine.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).code == 0


def keyring_of(machine: Machine) -> Keyring:
    """The keyring that the key file opens."""
    vault = machine.opened()
    vault.close()
    return vault.keyring


def test_rekeying_keeps_all_holders(shared: Machine) -> None:
    """After a rekeying, the caller and a holder who was not there unlock the vault, and read what was there before."""
    blob = shared.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=").expect().answer["CiphertextBlob"]
    before = keyring_of(shared)
    shared.run("vault", "rekey").expect()
    assert header(shared.vault).epoch == 2
    assert "left" in header(shared.vault).slots[1]
    words = ("--passphrase-fd", "0", "decrypt", "--ciphertext-blob", blob)
    assert shared.run(*words, stdin=PASSPHRASE).expect().answer["Plaintext"] == "aGk="
    assert "left" not in header(shared.vault).slots[1]
    assert shared.run("decrypt", "--ciphertext-blob", blob).expect().answer["Plaintext"] == "aGk="
    after = keyring_of(shared)
    assert (sorted(after.terms), sorted(after.trail)) == ([1, 2], [1, 2])
    assert (after.blind, after.material_ids) == (before.blind, before.material_ids)
    assert faults(shared) == []
    shared.run("audit", "verify").expect()
    [event] = [event for event in shared.events() if event["eventName"] == "RekeyVault"]
    assert event["eventSource"] == "kmscli.local"
    assert event["requestParameters"] == {"epoch": 2}


def test_another_process_notices(machine: Machine) -> None:
    """A process that has the vault open reads and writes nothing under old keys once somebody has rekeyed it."""
    vault = machine.opened()
    machine.run("vault", "rekey").expect()
    machine.run("create-key").expect()
    transaction = vault.transaction()
    with pytest.raises(RekeyedError):
        vault.head(transaction)
    transaction.close()
    with pytest.raises(RekeyedError):
        vault.reseal([])
    assert vault.is_rekeyed()
    vault.close()


def test_an_engine_goes_on(machine: Machine) -> None:
    """An engine that has the vault open unlocks it again, and answers, after a rekeying and after a purge."""
    engine = Engine(machine.opened(), system_time, machine.opened)
    caller = Caller("111122223333", "us-east-1", agent="test", door="test", uid=0, user="test")
    for words in (("vault", "rekey"), ("vault", "purge")):
        assert engine.call(caller, "Encrypt", {"KeyId": ALIAS, "Plaintext": b"hi"})
        machine.run(*words).expect()
        assert engine.call(caller, "DescribeKey", {"KeyId": ALIAS})
    engine.settle({})
    engine.vault.close()
    assert faults(machine) == []
    machine.run("audit", "verify").expect()


def usual_seconds(machine: Machine, words: tuple[str, ...]) -> float:
    """How long a command takes here and now."""
    began = time.monotonic()
    machine.run(*words).expect()
    return time.monotonic() - began


def survives_kills(machine: Machine, words: tuple[str, ...], kills: int) -> None:
    """Kill a command at random moments: each time the vault is whole, and all holders unlock it."""
    usual = usual_seconds(machine, words)
    chance = random.Random(kills)
    for _ in range(kills):
        killed(machine, words, chance.uniform(0.4, 1.1) * usual)
        assert faults(machine) == []
    assert opens_with_passphrase(machine)
    machine.run("create-key").expect()
    machine.run(*words).expect()
    assert faults(machine) == []
    machine.run("audit", "verify").expect()


@pytest.mark.parametrize("words", [("vault", "rekey"), ("vault", "purge")], ids=["rekey", "purge"])
def test_killed_at_some_moments(shared: Machine, words: tuple[str, ...]) -> None:
    """Killed at any moment, a rekeying or a purge leaves a vault that is whole and opens; a second one finishes."""
    survives_kills(shared, words, KILLS)


@pytest.mark.long
@pytest.mark.parametrize("words", [("vault", "rekey"), ("vault", "purge")], ids=["rekey", "purge"])
def test_killed_at_many_moments(shared: Machine, words: tuple[str, ...]) -> None:
    """The same at many more moments."""
    survives_kills(shared, words, MANY_KILLS)


def test_a_removed_key_opens_nothing(shared: Machine) -> None:
    """A key whose slot was removed does not open the vault; the others do."""
    own = header(shared.vault).slots[0]["id"]
    shared.run("vault", "keyslot", "remove", "me").expect()
    assert [slot["id"] for slot in header(shared.vault).slots] == [own]
    ran = shared.run("--passphrase-fd", "0", "list-keys", stdin=PASSPHRASE).expect(253)
    assert "This vault has no keyslot" in ran.err or "does not open this vault" in ran.err
    shared.run("list-keys").expect()
    assert shared.events()[-2]["eventName"] == "RemoveKeyslot"


def test_an_old_copy_does_not_open_what_came_later(shared: Machine, tmp_path: Path) -> None:
    """Whoever kept an old copy of the vault, and with it all old keys, reads nothing that was written after his slot
    was removed.
    """
    copy = tmp_path / "old.db"
    shutil.copy(shared.vault, copy)
    shared.run("vault", "keyslot", "remove", "me").expect()
    shared.run("create-key").expect()
    fold_wal(shared.vault)
    passphrase, write = os.pipe()
    os.write(write, PASSPHRASE)
    os.close(write)
    old = open_vault(str(copy), Unlocking({}, passphrase_fd=passphrase, warn=print))
    unreadable = 0
    store = SqliteRowStore(str(shared.vault))
    snapshot = store.snapshot()
    written_before = {(kind, bytes(id)) for kind in (16, 17) for _, _, id, *_ in rows(copy, kind)}
    for row in snapshot.all():
        if (row.kind, row.id) in written_before:
            continue
        try:
            old.keyring.unseal_row(row)
        except (RekeyedError, NotAuthenticError):
            unreadable += row.kind in (16, 17)
    snapshot.close()
    assert unreadable == 2
    head = store.snapshot().get(HEAD)
    assert head
    with pytest.raises(RekeyedError):
        old.keyring.unseal_row(head)
    store.close()
    old.close()


def test_a_purge_leaves_nothing_of_what_was_deleted(machine: Machine) -> None:
    """After a purge, neither the rows of what was deleted, nor anything sealed under an old term, is in the files."""
    machine.run("delete-alias", "--alias-name", ALIAS).expect()
    fold_wal(machine.vault)
    with database(machine.vault) as connection:
        before = [sealed for (sealed,) in connection.execute("SELECT sealed FROM rows WHERE kind <> ?", (HEAD[0],))]
    ran = machine.run("vault", "purge").expect()
    assert ran.out.startswith(b"purged: rows sealed anew: ")
    content = files_of(machine.vault)
    assert not [sealed for sealed in before if sealed in content or sealed[-16:] in content]
    keyring = keyring_of(machine)
    with database(machine.vault) as connection:
        terms = {int.from_bytes(sealed[:4], "big") for (sealed,) in connection.execute("SELECT sealed FROM rows")}
    assert terms == {keyring.term} == set(keyring.terms)
    assert faults(machine) == []
    assert [event["requestParameters"]["stage"] for event in machine.events()[-2:]] == ["begin", "end"]
    machine.run("audit", "verify").expect()


def test_a_purge_seals_secrets_anew(machine: Machine) -> None:
    """Key material is sealed anew too: it decrypts what it encrypted, and its old sealing is gone."""
    blob = machine.run("encrypt", "--key-id", key(machine), "--plaintext", "aGk=").expect().answer["CiphertextBlob"]
    vault = machine.opened()
    inner = [vault.keyring.unseal_row(row)[-60:] for row in vault.store.snapshot().all() if row.kind == MATERIAL]
    vault.close()
    machine.run("vault", "purge").expect()
    vault = machine.opened()
    plain = [vault.keyring.unseal_row(row) for row in vault.store.snapshot().all() if row.kind == MATERIAL]
    vault.close()
    assert len(inner) == len(plain) == 3
    assert not [old for old in inner if any(old in new for new in plain)]
    assert machine.run("decrypt", "--ciphertext-blob", blob).expect().answer["Plaintext"] == "aGk="


def test_a_deleted_keys_rows_are_shredded(machine: Machine) -> None:
    """The deletion of a key takes its material out of the file and the write-ahead log, without a purge."""
    vault = machine.opened()
    transaction = vault.transaction()
    snapshot_rows = [row for row in transaction.snapshot.all() if row.kind == MATERIAL]
    transaction.close()
    transaction = vault.transaction()
    found = find_key(transaction, "111122223333", "us-east-1", key(machine))
    assert found
    delete(transaction, found)
    vault.commit(transaction, lambda end, _commit, _key: ([], end), time.time())
    left = [row for row in vault.store.snapshot().all() if row.kind == MATERIAL]
    vault.close()
    gone = [row.sealed for row in snapshot_rows if row.address not in {kept.address for kept in left}]
    content = files_of(machine.vault)
    assert len(gone) == 2
    assert not [sealed for sealed in gone if sealed[5:] in content]


def test_a_purge_stops_at_damage(machine: Machine) -> None:
    """A purge of a damaged vault is refused at the damaged row, and the vault still opens."""
    with database(machine.vault) as connection:
        connection.execute("UPDATE rows SET sealed = zeroblob(length(sealed)) WHERE kind = 18")
    before = keyring_of(machine)
    machine.run("vault", "purge").expect(255)
    assert set(before.terms) < set(keyring_of(machine).terms)
    machine.run("list-keys").expect()


def test_a_purge_waits_for_readers(machine: Machine) -> None:
    """While others keep the write-ahead log in use, a purge says that it is not done yet."""
    machine.run("create-key").expect()
    vault = machine.opened()
    vault.store.connection.execute("PRAGMA busy_timeout = 0")
    with database(machine.vault) as connection:
        connection.execute("BEGIN")
        connection.execute("SELECT count(*) FROM rows").fetchone()
        with pytest.raises(KmscliError, match="Others keep reading the vault"):
            swept(vault)
        connection.execute("ROLLBACK")
    swept(vault)
    vault.close()


def test_events_that_wait_survive_a_purge(machine: Machine) -> None:
    """Events that the log could not take yet are sealed anew, and appended when it can."""
    log = machine.log.read_bytes()
    shutil.rmtree(machine.trail)
    machine.trail.write_text("in the way")
    machine.run("create-key").expect()
    machine.run("vault", "purge").expect()
    assert len(rows(machine.vault, EVENTS)) >= 3
    machine.trail.unlink()
    machine.trail.mkdir(mode=0o700)
    machine.log.write_bytes(log)
    machine.log.chmod(0o600)
    machine.run("list-keys").expect()
    machine.run("audit", "verify").expect()
    assert [event["eventName"] for event in machine.events()[-4:]] == [
        "CreateKey",
        "PurgeVault",
        "PurgeVault",
        "ListKeys",
    ]


def test_a_row_of_a_dropped_term_is_damage(machine: Machine) -> None:
    """A row that is sealed under a term that was dropped, put back by somebody, is refused."""
    before = rows(machine.vault, 16)
    machine.run("vault", "purge").expect()
    with database(machine.vault) as connection:
        connection.executemany("INSERT OR REPLACE INTO rows VALUES (?, ?, ?, ?, ?, ?, ?, ?)", before)
    ran = machine.run("describe-key", "--key-id", ALIAS).expect(255)
    assert "term" in ran.err
    assert {fault.kind for fault in faults(machine)} >= {"key"}


def test_a_key_that_is_no_key_is_refused(machine: Machine) -> None:
    """The old key file opens nothing once it was removed, and removing needs --force for one's own."""
    other = machine.home / "other.key"
    machine.run("vault", "keyslot", "add", "--new-key-file", str(other)).expect()
    own = header(machine.vault).slots[0]["id"]
    assert "--force" in machine.run("vault", "keyslot", "remove", own).expect(253).err
    machine.run("vault", "keyslot", "remove", own, "--force").expect()
    assert "does not open this vault" in machine.run("list-keys").expect(253).err
    machine.run("--key-file", str(other), "list-keys").expect()
    last = header(machine.vault).slots[0]["id"]
    ran = machine.run("--key-file", str(other), "vault", "keyslot", "remove", last, "--force").expect(253)
    assert "is the last one" in ran.err
    assert base64.b64decode(other.read_bytes()) != base64.b64decode(machine.key_file.read_bytes())


def key(machine: Machine) -> str:
    """The id of the key that was made first."""
    events = [event for event in machine.events() if event["eventName"] == "CreateKey"]
    return str(events[0]["responseElements"]["keyMetadata"]["keyId"])
