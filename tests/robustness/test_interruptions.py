"""SIGINT, and readers that go away."""

import os
import signal
import subprocess
from pathlib import Path

import pytest

from kmscli.vault.opening import create_vault
from kmscli.vault.unlocking import passphrase_secret
from tests.robustness.machine import ALIAS, PATIENCE, Machine

PASSPHRASE = b"correct horse battery staple"
PROMPT = b"Passphrase"


def interrupted(machine: Machine, fifo: Path, *words: str) -> "subprocess.CompletedProcess[bytes]":
    """A call that is interrupted while it reads a file that never comes."""
    call = machine.start(*words)
    with fifo.open("wb"):
        call.send_signal(signal.SIGINT)
        out, err = call.communicate(timeout=PATIENCE)
    return subprocess.CompletedProcess(words, call.returncode, out, err)


def test_sigint(machine: Machine, tmp_path: Path) -> None:
    """An interrupted call exits with 130 and a line feed on stdout, and leaves no event and no file."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    before = machine.events()
    ran = interrupted(machine, fifo, "encrypt", "--key-id", ALIAS, "--plaintext", f"fileb://{fifo}")
    assert (ran.returncode, ran.stdout, ran.stderr) == (130, b"\n", b"")
    assert machine.events() == before
    assert machine.leftovers() == []


def test_sigint_where_nobody_reads(machine: Machine, tmp_path: Path) -> None:
    """The exit code of an interruption does not depend on stdout."""
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    with open("/dev/full", "wb") as full:
        call = machine.start("encrypt", "--key-id", ALIAS, "--plaintext", f"fileb://{fifo}", stdout=full)
        with fifo.open("wb"):
            call.send_signal(signal.SIGINT)
            _, err = call.communicate(timeout=PATIENCE)
    assert (call.returncode, err) == (130, b"")


@pytest.fixture
def guarded(fresh: Machine) -> Machine:
    """A machine with a vault that a passphrase unlocks."""
    secret = passphrase_secret(PASSPHRASE, "the test")
    assert create_vault(str(fresh.vault), secret, slot_name="passphrase", lab=False, now=0)
    return fresh


def test_a_passphrase_is_not_echoed(guarded: Machine) -> None:
    """What is typed at the prompt unlocks the vault and is not shown."""
    ran = guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=PASSPHRASE + b"\n").expect()
    assert b'"Keys": []' in ran.out
    assert PASSPHRASE not in ran.out


def test_control_c_at_the_passphrase_prompt(guarded: Machine) -> None:
    """Ctrl-C at the prompt is an interruption."""
    ran = guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=b"secr\x03").expect(130)
    assert b"secr" not in ran.out


def test_the_end_of_input_at_the_passphrase_prompt(guarded: Machine) -> None:
    """Ctrl-D at the prompt is no passphrase."""
    ran = guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=b"\x04").expect(253)
    assert b"No passphrase was given." in ran.out


def test_a_wrong_passphrase(guarded: Machine) -> None:
    """A wrong passphrase is refused, once."""
    ran = guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=b"wrong\n").expect(253)
    assert b"does not open this vault" in ran.out


@pytest.mark.parametrize(
    "command", [["list-keys"], ["create-key"], ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk="], ["list-aliases"]]
)
def test_a_reader_that_is_gone(machine: Machine, command: list[str]) -> None:
    """The answer meets a closed pipe: 255, and stderr says that the call took effect."""
    read, write = os.pipe()
    os.close(read)
    try:
        ran = machine.run(*command, stdout=write).expect(255)
    finally:
        os.close(write)
    assert ran.err == "\nkmscli: [ERROR]: The answer could not be written: Broken pipe. The call took effect.\n"
    name = "".join(word.capitalize() for word in command[0].split("-"))
    assert machine.events()[-1]["eventName"] == name
    assert machine.report().waiting == 0


@pytest.mark.parametrize("command", [["help"], ["encrypt", "help"], ["--version"], ["audit", "help"]])
def test_a_reader_of_help_that_is_gone(machine: Machine, command: list[str]) -> None:
    """`kmscli help | head -1` ends quietly."""
    read, write = os.pipe()
    os.close(read)
    try:
        ran = machine.run(*command, stdout=write)
    finally:
        os.close(write)
    assert (ran.code, ran.err) == (255, "")


def test_a_shell_pipeline(machine: Machine) -> None:
    """In a pipeline with pipefail the reader's leaving shows in the exit code, and nothing else does."""
    for key in range(3):
        machine.run("create-alias", "--alias-name", f"alias/b{key}", "--target-key-id", key_of(machine)).expect()
    ran = machine.shell("kmscli list-aliases --output text | head -n 1").expect()
    assert ran.out.count(b"\n") == 1
    assert ran.err == ""


def key_of(machine: Machine) -> str:
    """The id of the machine's key."""
    return str(machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"])
