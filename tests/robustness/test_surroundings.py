"""Where kmscli runs: without a terminal, without a home, where nothing can be written, with streams closed."""

import os
from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, Machine, closed, mode, unprivileged


def test_without_a_terminal(machine: Machine) -> None:
    """In a session that has no terminal at all, calls answer, and nobody is asked anything."""
    ran = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGVsbG8=", start_new_session=True).expect()
    blob = ran.answer["CiphertextBlob"]
    opened = machine.run("decrypt", "--ciphertext-blob", blob, start_new_session=True).expect()
    assert opened.answer["Plaintext"] == "aGVsbG8="


def test_without_a_terminal_nobody_is_asked_for_a_passphrase(machine: Machine) -> None:
    """What would be a prompt on a terminal is a refusal with its mend elsewhere."""
    machine.key_file.unlink()
    refused = machine.run("list-keys", start_new_session=True).expect(253)
    assert "Nothing unlocks this vault" in refused.err
    assert "KMSCLI_VAULT_KEY" in refused.err


@pytest.mark.parametrize("command", ["list-keys", "create-key"])
def test_a_home_that_is_not_there_and_cannot_be_made(fresh: Machine, tmp_path: Path, command: str) -> None:
    """HOME names a folder that cannot exist: a refusal that says so, and nothing is made anywhere."""
    locked = tmp_path / "locked"
    locked.mkdir()
    with mode(locked, 0o500):
        refused = fresh.run(command, env={"HOME": str(locked / "home")}, preexec_fn=unprivileged).expect(253)
        assert str(locked) in refused.err
        assert list(locked.iterdir()) == []


def test_without_home_the_vault_can_be_named(machine: Machine) -> None:
    """A service without HOME names its vault and its key file, and gets its answers."""
    env = {
        "HOME": "/proc/nonexistent",
        "KMSCLI_VAULT": str(machine.vault),
        "KMSCLI_VAULT_KEY_FILE": str(machine.key_file),
    }
    machine.run("describe-key", "--key-id", ALIAS, env=env, preexec_fn=unprivileged).expect()


def test_without_home_the_password_database_knows(fresh: Machine) -> None:
    """Where HOME is not set at all, the user's own home is meant, as everywhere; naming the vault still works.

    The vault is this test's own: in the user's own home a mark is left of it.
    """
    key = fresh.run("create-key").expect().answer["KeyMetadata"]["KeyId"]
    script = f"unset HOME; exec kmscli describe-key --key-id {key}"
    env = {"KMSCLI_VAULT": str(fresh.vault), "KMSCLI_VAULT_KEY_FILE": str(fresh.key_file)}
    assert fresh.shell(script, env=env).expect().answer["KeyMetadata"]["Enabled"] is True


def test_a_home_that_cannot_be_written(machine: Machine) -> None:
    """Only the state folder is missing and cannot be made: calls answer, there is just no mark."""
    for mark in (machine.home / ".local/state/kmscli/marks").iterdir():
        mark.unlink()
    (machine.home / ".local/state/kmscli/marks").rmdir()
    with mode(machine.home / ".local/state/kmscli", 0o500):
        machine.run("list-keys", preexec_fn=unprivileged).expect()


def test_a_vault_that_cannot_be_written(machine: Machine) -> None:
    """A read-only vault refuses a call, whatever the call is: without its event nothing is answered."""
    before = machine.vault.read_bytes()
    for file in machine.vault.parent.glob("vault.db*"):
        if file.is_file():
            file.chmod(0o400)
    for command in (["list-keys"], ["create-key"], ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk="]):
        refused = machine.run(*command, preexec_fn=unprivileged).expect(253)
        assert "cannot be written" in refused.err
        assert refused.out == b""
    assert machine.vault.read_bytes() == before


def test_a_folder_that_cannot_be_written(machine: Machine) -> None:
    """A vault in a read-only folder, as on a read-only disk, is refused with a mend."""
    for file in machine.vault.parent.glob("vault.db-*"):
        file.unlink()
    with mode(machine.vault.parent, 0o500):
        refused = machine.run("list-keys", preexec_fn=unprivileged).expect(253)
    assert "The vault cannot be written" in refused.err


def test_a_trail_that_cannot_be_written(machine: Machine) -> None:
    """The call still answers, one line says that the events wait, and the next call that may appends them."""
    before = len(machine.events())
    with mode(machine.log, 0o400):
        answered = machine.run("describe-key", "--key-id", ALIAS, preexec_fn=unprivileged).expect()
        assert answered.answer["KeyMetadata"]["Enabled"] is True
    assert answered.err.splitlines() == [
        "kmscli: the audit log cannot be written (Permission denied); the events wait in the vault."
    ]
    assert len(machine.events()) == before
    machine.run("list-keys").expect()
    assert [event["eventName"] for event in machine.events()[before:]] == ["DescribeKey", "ListKeys"]
    assert machine.report().wrong == 0


def test_without_stdin(machine: Machine) -> None:
    """A call that reads no standard input does not miss it; one that is to read it says that it cannot."""
    machine.run("list-keys", preexec_fn=closed(0)).expect()
    refused = machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "-", preexec_fn=closed(0)).expect(252)
    assert "Standard input cannot be read" in refused.err


def test_without_stdout(machine: Machine) -> None:
    """Nobody gets the answer: that is said, with 255, and that the call took effect."""
    ran = machine.run("create-key", preexec_fn=closed(1)).expect(255)
    assert "The answer could not be written: Bad file descriptor. The call took effect." in ran.err
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2


def test_without_stderr(machine: Machine) -> None:
    """Nobody hears the complaint; the exit code says it, and answers are answered."""
    machine.run("list-keys", preexec_fn=closed(2)).expect()
    machine.run("describe-key", "--key-id", "alias/none", preexec_fn=closed(2)).expect(254)
    machine.run("no-such-command", preexec_fn=closed(2)).expect(252)


@pytest.mark.parametrize("descriptors", [(0, 1), (0, 2), (1, 2), (0, 1, 2)])
def test_without_several_streams(machine: Machine, descriptors: tuple[int, ...]) -> None:
    """Whatever streams are closed, nothing is written into the vault or the log by mistake."""
    code = machine.run("create-key", preexec_fn=closed(*descriptors)).code
    assert code == (255 if 1 in descriptors else 0)
    machine.run("describe-key", "--key-id", "alias/none", preexec_fn=closed(*descriptors)).expect(254)
    assert machine.report().wrong == 0
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2


def test_a_full_stderr(machine: Machine) -> None:
    """A stderr that takes nothing changes no exit code."""
    with open("/dev/full", "wb") as full:
        machine.run("list-keys", stderr=full).expect()
        assert machine.run("describe-key", "--key-id", "alias/none", stderr=full).code == 254


@pytest.mark.parametrize("command", [["list-keys"], ["--version"], ["help"], ["encrypt", "help"], ["audit", "path"]])
def test_a_full_stdout(machine: Machine, command: list[str]) -> None:
    """What cannot be written is never a success."""
    with open("/dev/full", "wb") as full:
        ran = machine.run(*command, stdout=full)
    assert ran.code == 255
    assert "Traceback" not in ran.err


def test_a_call_says_what_took_effect_when_stdout_is_full(machine: Machine) -> None:
    """The key that nobody was told of is there, and its event too."""
    with open("/dev/full", "wb") as full:
        ran = machine.run("create-key", stdout=full).expect(255)
    assert "The answer could not be written: No space left on device. The call took effect." in ran.err
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 2
    assert [event["eventName"] for event in machine.events()][-2:] == ["CreateKey", "ListKeys"]


def test_the_working_directory_is_gone(machine: Machine, tmp_path: Path) -> None:
    """A call from a folder that was removed is answered."""
    gone = tmp_path / "gone"
    gone.mkdir()

    def remove() -> None:
        os.chdir(gone)
        gone.rmdir()

    machine.run("list-keys", preexec_fn=remove).expect()


@pytest.mark.parametrize("locale", ["C", "POSIX", "nonsense"])
def test_any_locale(machine: Machine, locale: str) -> None:
    """Text is UTF-8 under every locale."""
    env = {"LC_ALL": locale, "LANG": locale}
    ran = machine.run("create-key", "--description", "größe 鍵", env=env).expect()
    assert ran.answer["KeyMetadata"]["Description"] == "größe 鍵"
