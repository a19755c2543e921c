"""Which key opens a vault where an agent is: it comes after what is named, and before what is merely there."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from kmscli.vault.opening import create_vault
from kmscli.vault.unlocking import passphrase_secret
from tests.agent.served import ServedMachine
from tests.waiting import wait_until

PASSPHRASE = b"correct horse battery staple"
PROMPT = b"Passphrase"
LIST = ("list-keys", "--output", "off")


@pytest.fixture
def guarded(own_home: Path, runtime: Path) -> Iterator[ServedMachine]:
    """A machine with an agent that holds a vault which only a passphrase opens."""
    machine = ServedMachine(own_home, runtime)
    secret = passphrase_secret(PASSPHRASE, "the test")
    assert create_vault(str(machine.vault), secret, slot_name="passphrase", lab=False, now=0)
    machine.run("agent", "start", "--passphrase-fd", "0", stdin=PASSPHRASE).expect()
    yield machine
    machine.end()


def moved(path: Path) -> Path:
    """A file, somewhere else."""
    return Path(shutil.move(path, path.with_name("moved")))


def test_the_agent_unlocks(guarded: ServedMachine) -> None:
    """Nobody is asked for the passphrase."""
    guarded.run(*LIST).expect()
    assert guarded.calls() == 1
    [vault] = guarded.status()["Vaults"]
    assert vault["Path"] == str(guarded.vault)


def test_started_at_a_prompt(own_home: Path, runtime: Path) -> None:
    """The passphrase is asked for by `agent start`, once."""
    machine = ServedMachine(own_home, runtime)
    secret = passphrase_secret(PASSPHRASE, "the test")
    assert create_vault(str(machine.vault), secret, slot_name="passphrase", lab=False, now=0)
    machine.run_on_terminal("agent", "start", prompt=PROMPT, keys=PASSPHRASE + b"\n").expect()
    machine.run(*LIST).expect()
    machine.end()


def test_a_wrong_passphrase_starts_nothing(own_home: Path, runtime: Path) -> None:
    """A vault that does not open leaves no agent behind."""
    machine = ServedMachine(own_home, runtime)
    secret = passphrase_secret(PASSPHRASE, "the test")
    assert create_vault(str(machine.vault), secret, slot_name="passphrase", lab=False, now=0)
    machine.run("agent", "start", "--passphrase-fd", "0", stdin=b"wrong").expect(253)
    assert not machine.socket.exists()


def test_lock(guarded: ServedMachine) -> None:
    """A locked agent has no key; the next start gives it one again."""
    guarded.run("agent", "lock").expect()
    assert (guarded.status()["Vaults"], guarded.status()["LocksIn"]) == ([], None)
    assert "Nothing unlocks this vault" in guarded.run(*LIST).expect(253).err
    guarded.run("agent", "start", "--passphrase-fd", "0", stdin=PASSPHRASE).expect()
    guarded.run(*LIST).expect()


def test_the_agent_locks_by_itself(guarded: ServedMachine) -> None:
    """After so many seconds without a call, of which each begins them anew."""
    guarded.run("agent", "start", "--passphrase-fd", "0", "--lock-after", "2", stdin=PASSPHRASE).expect()
    assert guarded.status()["LocksIn"] <= 2
    wait_until(lambda: guarded.status()["Vaults"] == [])
    guarded.run(*LIST).expect(253)


def test_a_prompt_is_the_clients(guarded: ServedMachine) -> None:
    """A call that needs the passphrase asks for it on its own terminal, and then makes the call: once."""
    guarded.run(*LIST).expect()
    guarded.run("agent", "lock").expect()
    before = len(guarded.events())
    ran = guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=PASSPHRASE + b"\n").expect()
    assert b'"Keys": []' in ran.out
    assert PASSPHRASE not in ran.out
    assert guarded.calls() == 2  # of which the second was given back
    assert len(guarded.events()) == before + 1


def test_nothing_is_said_twice(guarded: ServedMachine, tmp_path: Path) -> None:
    """What comes before the prompt is done by the client alone: a warning is shown once, a pipe is read once."""
    guarded.run("agent", "lock").expect()
    material = tmp_path / "material"
    material.write_bytes(bytes(32))
    material.chmod(0o644)
    words = ("import-key", "--key-id", "alias/none", str(material))
    ran = guarded.run_on_terminal(*words, prompt=PROMPT, keys=PASSPHRASE + b"\n").expect(254)
    assert ran.out.count(b"others can read") == 1


def test_control_c_at_the_prompt(guarded: ServedMachine) -> None:
    """A call that was given back is interrupted as any other."""
    guarded.run("agent", "lock").expect()
    guarded.run_on_terminal("list-keys", prompt=PROMPT, keys=b"secr\x03").expect(130)


NAMED = [
    (["--key-file", "FILE"], {}),
    ([], {"KMSCLI_VAULT_KEY_FILE": "FILE"}),
    ([], {"KMSCLI_VAULT_KEY": "d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc="}),
]


@pytest.mark.parametrize(("words", "env"), NAMED)
def test_what_is_named_goes_before(
    guarded: ServedMachine, tmp_path: Path, words: list[str], env: dict[str, str]
) -> None:
    """A wrong key that is named is an error, and the agent's is not tried."""
    wrong = tmp_path / "wrong"
    wrong.write_text("d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc=")
    wrong.chmod(0o600)
    env = {name: value.replace("FILE", str(wrong)) for name, value in env.items()}
    ran = guarded.run(*LIST, *(word.replace("FILE", str(wrong)) for word in words), env=env).expect(253)
    assert "does not open this vault" in ran.err


def test_the_agent_goes_before_what_is_there(served: ServedMachine) -> None:
    """With the default key file gone, and with a wrong one in its place, the agent's key opens the vault."""
    moved(served.key_file)
    served.run(*LIST).expect()
    served.key_file.write_text("d3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmcgd3Jvbmc=")
    served.key_file.chmod(0o600)
    served.run(*LIST).expect()
    served.run("agent", "lock").expect()
    served.run(*LIST).expect(253)


def test_a_rekeyed_vault(served: ServedMachine) -> None:
    """The next source opens it, and the agent keeps what that gave."""
    served.run(*LIST).expect()
    served.run("vault", "rekey").expect()
    served.run(*LIST).expect()
    moved(served.key_file)
    served.run(*LIST).expect()


def test_a_rekeyed_vault_is_not_unlocked_again_once_locked(served: ServedMachine) -> None:
    """What a call learns of a vault that the agent has forgotten, it does not keep."""
    served.run("agent", "lock").expect()
    served.run("vault", "rekey").expect()
    served.run(*LIST).expect()
    assert served.status()["Vaults"] == []


def test_a_rekeyed_vault_with_a_passphrase(guarded: ServedMachine) -> None:
    """The key of before does not open it; `start` unlocks it again."""
    guarded.run("vault", "rekey", "--passphrase-fd", "0", stdin=PASSPHRASE).expect()
    guarded.run(*LIST).expect(253)
    guarded.run("agent", "start", "--passphrase-fd", "0", stdin=PASSPHRASE).expect()
    guarded.run(*LIST).expect()
    assert len(guarded.status()["Vaults"]) == 1


def test_another_vault_in_the_same_place(guarded: ServedMachine) -> None:
    """A key is a vault's, not a path's."""
    for path in guarded.vault.parent.glob("vault.db*"):
        shutil.move(path, path.with_name(f"old.{path.name}"))
    secret = passphrase_secret(b"another", "the test")
    assert create_vault(str(guarded.vault), secret, slot_name="passphrase", lab=False, now=0)
    guarded.run(*LIST).expect(253)


def test_two_vaults(guarded: ServedMachine, tmp_path: Path) -> None:
    """An agent holds as many as are unlocked in it."""
    other = str(tmp_path / "other.db")
    secret = passphrase_secret(b"another", "the test")
    assert create_vault(other, secret, slot_name="passphrase", lab=False, now=0)
    guarded.run("agent", "start", "--vault", other, "--passphrase-fd", "0", stdin=b"another").expect()
    for words in ([], ["--vault", other]):
        guarded.run(*LIST, *words).expect()
    assert {vault["Path"] for vault in guarded.status()["Vaults"]} == {str(guarded.vault), other}


def test_an_altered_header_is_no_rekeying(served: ServedMachine) -> None:
    """A header that no holder of the root key wrote does not fit the agent's key, and is found out by the next one."""
    served.fold_wal()
    content = served.vault.read_bytes()
    assert content.count(b'"name":"key file"') == 1
    served.vault.write_bytes(content.replace(b'"name":"key file"', b'"name":"key fila"'))
    assert "header was altered" in served.run(*LIST).expect(255).err
