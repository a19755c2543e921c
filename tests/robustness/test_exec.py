"""`kmscli exec`: a command with decrypted secrets in its environment, and nowhere else."""

import base64
import os
import signal
import subprocess
import textwrap
from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, KMSCLI, PATIENCE, Machine, Ran, unprivileged

SECRET = "pässwörd = $HOME 'x'\n"
SHOW = 'printf %s "$TOKEN"'


def encrypted(machine: Machine, path: Path, value: bytes, *more: str) -> Path:
    """A file with the ciphertext of a value."""
    words = ("encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", str(path), *more)
    machine.run(*words, stdin=value).expect()
    return path


@pytest.fixture
def token(machine: Machine, tmp_path: Path) -> Path:
    """A file with the ciphertext of SECRET."""
    return encrypted(machine, tmp_path / "token", SECRET.encode())


def run(machine: Machine, token: Path, *command: str, words: tuple[str, ...] = (), **how: object) -> Ran:
    """Run a command with the secret as TOKEN."""
    return machine.run(*words, "exec", "--secret", f"TOKEN={token}", "--", *command, **how)  # type: ignore[arg-type]


def decrypts(machine: Machine) -> int:
    """How many Decrypt events there are."""
    return sum(event["eventName"] == "Decrypt" for event in machine.events())


def text_form(ciphertext: bytes, form: str) -> bytes:
    """A ciphertext as files have it."""
    text = base64.b64encode(ciphertext)
    wrapped = "\n".join(textwrap.wrap(text.decode(), 76)).encode() + b"\n"
    return {"binary": ciphertext, "base64": text, "wrapped base64": wrapped, "with CRLF": text + b"\r\n"}[form]


@pytest.mark.parametrize("form", ["binary", "base64", "wrapped base64", "with CRLF"])
def test_a_secret(machine: Machine, token: Path, form: str) -> None:
    """The command finds in its environment exactly what was encrypted, from a binary file and from base64."""
    token.write_bytes(text_form(token.read_bytes(), form))
    assert run(machine, token, "sh", "-c", SHOW).expect().out.decode() == SECRET
    assert machine.leftovers() == []


def test_many_secrets(machine: Machine, token: Path, tmp_path: Path) -> None:
    """Secrets from files and env files stand in one environment, decrypted in one commit."""
    text = base64.b64encode(token.read_bytes()).decode()
    env_file = tmp_path / "env"
    env_file.write_text(f"# secrets\n\nC={text}\n  D={text}\n")
    before = decrypts(machine)
    ran = machine.run(
        *("exec", "--secret", f"A={token}", f"B={token}", "--env-file", str(env_file), f"--secret=E={token}"),
        *("--", "sh", "-c", 'printf %s "$A$B$C$D$E"'),
    ).expect()
    assert ran.out.decode() == SECRET * 5
    events = [event for event in machine.events() if event["eventName"] == "Decrypt"]
    assert len(events) - before == 5
    assert len({event["kmscli"]["commit"] for event in events[before:]}) == 1
    assert events[-1]["kmscli"]["caller"]["door"] == "command line"


def test_the_encryption_context(machine: Machine, tmp_path: Path) -> None:
    """`--encryption-context` and `--key-id` are those of Decrypt."""
    token = encrypted(machine, tmp_path / "token", b"value", "--encryption-context", "a=b")
    words = ("exec", "--secret", f"TOKEN={token}", "--encryption-context", '{"a": "b"}', "--key-id", ALIAS)
    assert machine.run(*words, "--", "sh", "-c", SHOW).expect().out == b"value"
    assert machine.events()[-1]["requestParameters"]["encryptionContext"] == {"a": "b"}


def test_grant_tokens(machine: Machine, token: Path, granted: list[str]) -> None:
    """`--grant-tokens`, once or more often, are those of Decrypt: all must be the vault's own."""
    words = ("exec", "--secret", f"TOKEN={token}", *granted)
    assert machine.run(*words, "--", "sh", "-c", SHOW).expect().out.decode() == SECRET
    ran = machine.run(*words, "--grant-tokens", "bm9uZQ==", "--", "sh", "-c", SHOW).expect(254)
    assert f"TOKEN ({token}): InvalidGrantTokenException: " in ran.err
    assert ran.out == b""


@pytest.mark.parametrize("code", [0, 1, 7, 252, 255])
def test_the_exit_code_is_the_commands(machine: Machine, token: Path, code: int) -> None:
    """The command's exit code is passed on."""
    assert run(machine, token, "sh", "-c", f"exit {code}").code == code


@pytest.mark.parametrize(
    ("command", "code"),
    [("no-such-command", 127), ("/proc/nonexistent", 127), ("FILE/x", 126), ("FILE", 126), ("/", 126)],
)
def test_a_command_that_cannot_be_run(machine: Machine, token: Path, command: str, code: int) -> None:
    """127 for a command that is not there, 126 for one that cannot be run, as in a shell, which has the last word."""
    name = command.replace("FILE", str(token))
    ran = run(machine, token, name, preexec_fn=unprivileged).expect(code)
    assert name in ran.err
    assert subprocess.run(["bash", "-c", f"'{name}'"], capture_output=True, check=False).returncode == code


def test_the_command_takes_the_place_of_kmscli(machine: Machine, token: Path) -> None:
    """The command is the process that was started: its id, its standard input, the signals that are sent to it."""
    words = ("exec", "--secret", f"TOKEN={token}", "--", "sh", "-c", "echo $$; exec cat")
    with machine.start(*words, stdin=subprocess.PIPE) as call:
        assert call.stdin
        assert call.stdout
        assert int(call.stdout.readline()) == call.pid
        call.stdin.write(b"typed\n")
        call.stdin.flush()
        assert call.stdout.readline() == b"typed\n"
        call.send_signal(signal.SIGTERM)
        assert call.wait(PATIENCE) == -signal.SIGTERM


def seen_by(machine: Machine, token: Path, script: str, *words: str, **how: object) -> set[str]:
    """The lines that a script prints as the command, less those that it prints without kmscli."""
    plain = machine.run("-c", script, executable="/bin/sh", **how).expect()  # type: ignore[arg-type]
    ran = run(machine, token, "sh", "-c", script, words=words, **how).expect()
    return set(ran.out.decode().splitlines()) ^ set(plain.out.decode().splitlines())


def test_signals_are_as_they_were(machine: Machine, token: Path) -> None:
    """The command ignores and blocks no signal that it would not without kmscli."""
    assert seen_by(machine, token, "grep ^Sig[BIC] /proc/self/status") == set()


def test_descriptors_are_closed(machine: Machine, token: Path) -> None:
    """The command has no descriptor of the vault, the log or the key, and keeps the others that it was given."""
    key, other = os.open(machine.key_file, os.O_RDONLY), os.open("/dev/null", os.O_RDONLY)
    by_file = ("--key-file", str(machine.key_file))
    for words in (("--key-fd", str(key)), (*by_file, "--key-fd", str(key)), (*by_file, "--passphrase-fd", str(key))):
        os.lseek(key, 0, os.SEEK_SET)
        assert seen_by(machine, token, "ls -1 /proc/self/fd", *words, pass_fds=(key, other)) == {str(key)}
    assert seen_by(machine, token, "ls -1 /proc/self/fd", pass_fds=(key, other)) == set()
    os.close(key)
    os.close(other)


def test_descriptors_of_a_shell(machine: Machine, token: Path) -> None:
    """The command reads what a shell opened for it, and not what could have unlocked the vault, read or not."""
    given = machine.home / "given"
    given.write_text("for the command")
    options = f"--secret TOKEN='{token}' --key-file '{machine.key_file}' --passphrase-fd 4"
    command = "sh -c 'cat <&3; cat <&4 || printf .'"
    ran = machine.shell(f"kmscli exec {options} -- {command} 3<'{given}' 4<'{machine.key_file}'").expect()
    assert ran.out == b"for the command."


def test_the_key_on_standard_input(machine: Machine, token: Path) -> None:
    """Where the key comes on standard input, the command finds nothing there."""
    key = machine.key_file.read_bytes()
    ran = run(machine, token, "sh", "-c", "cat; readlink /proc/self/fd/0", words=("--key-fd", "0"), stdin=key).expect()
    assert ran.out == b"/dev/null\n"


def test_the_environment(machine: Machine, token: Path, tmp_path: Path) -> None:
    """The command's environment is kmscli's, with the secret, and without what unlocks the vault."""
    key = machine.key_file.read_text().strip()
    credentials = tmp_path / "credentials"
    credentials.mkdir()
    others = {"KMSCLI_VAULT": str(machine.vault), "AWS_REGION": "us-east-1", "OTHER": "\udcff"}
    unlocking = {
        "KMSCLI_VAULT_KEY": key,
        "KMSCLI_VAULT_KEY_FILE": str(machine.key_file),
        "CREDENTIALS_DIRECTORY": str(credentials),
    }
    (credentials / "kmscli.vault-key").write_text(key)
    script = "env | grep -v -e ^_= -e ^PWD="
    differ = seen_by(machine, token, script, env={**others, **unlocking})
    assert {line.partition("=")[0] for line in differ} - {""} == {"TOKEN", *unlocking}
    (credentials / "kmscli.vault-key").rename(credentials / "of-another-program")
    differ = seen_by(machine, token, script, env={"CREDENTIALS_DIRECTORY": str(credentials)})
    assert "CREDENTIALS_DIRECTORY" not in {line.partition("=")[0] for line in differ}


def test_the_events_come_first(machine: Machine, token: Path) -> None:
    """When the command starts, the event of its secret is in the log."""
    ran = run(machine, token, "tail", "-n1", str(machine.log)).expect()
    assert ran.answer["eventName"] == "Decrypt"
    assert machine.report().waiting == 0


def test_nothing_shows_in_the_list_of_processes(machine: Machine, token: Path) -> None:
    """The value is no argument of the command, nor of anything before it."""
    ran = run(machine, token, "sh", "-c", "cat /proc/$$/cmdline /proc/self/cmdline").expect()
    assert SECRET.encode().strip() not in ran.out
    assert b"TOKEN" not in ran.out


def test_options_of_the_command(machine: Machine, token: Path) -> None:
    """What follows the command is the command's, help and dashes included; `--` before it may be left out."""
    words = ("exec", "--secret", f"TOKEN={token}")
    for before in ((), ("--",)):
        ran = machine.run(*words, *before, "printf", "%s.", "-n", "--", "--secret", "A=b").expect()
        assert ran.out == b"-n.--.--secret.A=b."
    helped = machine.run(*words, "--", "grep", "--help").expect()
    assert b"PATTERN" in helped.out
    assert b"kmscli exec" in machine.run("exec", "--help").expect().out


USAGE: dict[str, tuple[list[str], str]] = {
    "no secret": (["--"], "Nothing to decrypt"),
    "no command": (["--secret", "A=TOKEN"], "-- COMMAND"),
    "no file of that name": (["--secret", "A=/proc/nonexistent", "--"], "/proc/nonexistent"),
    "a folder": (["--secret", "A=/proc", "--"], "/proc cannot be read"),
    "no end": (["--secret", "A=/dev/zero", "--"], "larger than"),
    "no file": (["--secret", "A=", "--"], "expected NAME=FILE"),
    "no name": (["--secret", "TOKEN", "--"], "expected NAME=FILE"),
    "an odd name": (["--secret", "A-B=TOKEN", "--"], "expected NAME=FILE"),
    "a name twice": (["--secret", "A=TOKEN", "A=TOKEN", "--"], "A is given twice"),
    "no context": (["--secret", "A=TOKEN", "--encryption-context", "{", "--"], "encryption-context"),
    "no env file": (["--env-file", "/proc/nonexistent", "--"], "/proc/nonexistent"),
    "an env file with something else": (["--env-file", "ENV", "--"], "line 2: expected NAME=CIPHERTEXT"),
}


@pytest.mark.parametrize("what", USAGE)
def test_wrong_usage(machine: Machine, token: Path, tmp_path: Path, what: str) -> None:
    """What cannot be understood is refused before anything is decrypted, and shows nothing of an env file."""
    words, said = USAGE[what]
    env_file = tmp_path / "ENV"
    env_file.write_text("A=aGk=\nB=sekrit!\n")
    before, ran_file = decrypts(machine), tmp_path / "ran"
    words = [word.replace("TOKEN", str(token)).replace("ENV", str(env_file)) for word in words]
    command = ["touch", str(ran_file)] if "--" in words else []
    ran = machine.run("exec", *words, *command).expect(252)
    assert said in ran.err
    assert "sekrit" not in ran.err
    assert not ran_file.exists()
    assert decrypts(machine) == before


VALUES = {
    "a NUL byte": (b"sekrit\0", "NUL"),
    "not UTF-8": (b"sekrit\xff", "UTF-8"),
    "altered": (None, "InvalidCiphertextException"),
    "of another vault": (b"", "InvalidCiphertextException"),
}


@pytest.mark.parametrize("what", VALUES)
def test_all_or_nothing(machine: Machine, token: Path, tmp_path: Path, what: str) -> None:
    """If one secret has no value that a variable can have, nothing runs; it is named with its file, and no value is."""
    value, said = VALUES[what]
    bad = encrypted(machine, tmp_path / "bad", value or b"sekrit")
    if value is None:
        content = bytearray(bad.read_bytes())
        content[-1] ^= 1
        bad.write_bytes(content)
    if not value and value is not None:
        bad.write_bytes(b"no ciphertext")
    ran_file = tmp_path / "ran"
    words = ("exec", "--secret", f"GOOD={token}", f"BAD={bad}", "--", "touch", str(ran_file))
    ran = machine.run(*words).expect(254)
    assert f"BAD ({bad}): " in ran.err
    assert said in ran.err
    assert "GOOD" not in ran.err
    assert "sekrit" not in ran.err
    assert SECRET.strip() not in ran.err
    assert not ran_file.exists()
    assert decrypts(machine) == 2


def test_what_installed_it_runs(machine: Machine, token: Path) -> None:
    """The command may be kmscli, which does not find the key that unlocked the vault for the first."""
    key = {"KMSCLI_VAULT_KEY": machine.key_file.read_text().strip()}
    machine.key_file.unlink()
    inner = run(machine, token, KMSCLI, "list-keys", env=key).expect(253)
    assert "Nothing unlocks this vault" in inner.err


def test_folders_of_path_that_are_none(machine: Machine, token: Path) -> None:
    """A command that is in no folder of PATH is not found, whatever else stands in PATH."""
    env = {"PATH": f"/proc/nonexistent:{token}"}
    run(machine, token, "no-such-command", env=env).expect(127)
