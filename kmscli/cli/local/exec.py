"""Run a command with secrets in its environment, decrypted from files."""

import errno
import os
import signal
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Annotated, Any, NoReturn

import typer
from typer.core import TyperCommand

from kmscli.cli.local._ciphertexts import DECRYPTING, DecryptSession, reason
from kmscli.cli.local._environment import Secret, secrets, value_fault
from kmscli.cli.local._vault_session import command
from kmscli.cli.session import unlocking
from kmscli.errors import CallsFailedError, KmscliError, UsageError
from kmscli.operations.recording import Outcome

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

IGNORED_BY_PYTHON = ("SIGPIPE", "SIGXFSZ")
"""Signals that the interpreter ignores, and that a command would ignore after it."""


class NotStartedError(KmscliError):
    """The command was not found (127), or was found and cannot be run (126): a shell's exit codes."""

    def __init__(self, name: str, error: OSError) -> None:
        super().__init__(f"The command {name} cannot be run: {error.strerror}")
        looked_for = os.sep not in name  # in folders of PATH, some of which may be none
        self.exit_code = 127 if error.errno == errno.ENOENT or (looked_for and error.errno == errno.ENOTDIR) else 126


class _AnotherProgram(TyperCommand):
    """From the first word that is no option on, all words are another program's."""

    allow_interspersed_args = False

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        return super().parse_args(ctx, spread(args))


def spread(words: list[str]) -> list[str]:
    """`--secret A=a B=b -- …` as `--secret A=a --secret B=b -- …`: `aws` has such lists. A word without `=` ends it."""
    end = words.index("--") if "--" in words else 0
    found: list[str] = []
    is_list = False
    for word in words[:end]:
        if is_list and "=" in word and not word.startswith("-") and found[-1] != "--secret":
            found.append("--secret")
        elif found[-1:] != ["--secret"]:
            is_list = word.startswith("--secret")
        found.append(word)
    return found + words[end:]


@command(app, "exec", session=DecryptSession, also=DECRYPTING, without=("output",), cls=_AnotherProgram)
def run_with_secrets(
    session: DecryptSession,
    words: Annotated[list[str], typer.Argument(metavar="-- COMMAND", help="The command and its arguments.")],
    *,
    secret: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=FILE",
            help="A variable and the file of its ciphertext. Several may follow, or the option again.",
        ),
    ] = None,
    env_file: Annotated[
        list[str] | None,
        typer.Option(metavar="FILE", help="A file with lines NAME=CIPHERTEXT, the ciphertext in base64."),
    ] = None,
) -> None:
    """Run a command with secrets in its environment, decrypted from files.

    The ciphertexts are binary or in base64. All are decrypted by Decrypt calls in one group, whose events are durable
    before the command starts; if one cannot be decrypted, or is no text, nothing runs. Nothing is written to disk, or
    shows in a list of processes. A value is what was encrypted, a line end at its end included.

    The command takes the place of kmscli: signals and its exit code are its own. What unlocks the vault is not passed
    on: KMSCLI_VAULT_KEY, KMSCLI_VAULT_KEY_FILE, CREDENTIALS_DIRECTORY where it holds the vault's key, and the
    descriptors of --key-fd and --passphrase-fd. Nor is any that kmscli opened itself; others that you pass, as with
    3<FILE, the command has.

    Exit codes: the command's own; 126, it cannot be run; 127, it was not found; 254, a secret cannot be decrypted.
    """
    if not secret and not env_file:
        raise UsageError("Nothing to decrypt: give --secret NAME=FILE or --env-file FILE")
    wanted = secrets(secret or (), env_file or ())
    values = decrypted(session, wanted)
    start(words, session, values)


def decrypted(session: DecryptSession, wanted: Sequence[Secret]) -> dict[bytes, bytes]:
    """The variables and their values. Raises CallsFailedError: with each that has none, and why."""
    outcomes = session.decrypted(one.ciphertext for one in wanted)
    values = {one.name.encode(): plaintext(outcome) for one, outcome in zip(wanted, outcomes, strict=True)}
    pairs = zip(wanted, outcomes, values.values(), strict=True)
    faults = [f"{one.name} ({one.file}): {why}" for one, outcome, value in pairs if (why := fault(outcome, value))]
    if faults:
        raise CallsFailedError("\n".join(["The command was not run. No value for:", *faults]))
    return values


def plaintext(outcome: Outcome) -> bytes:
    """What a ciphertext was decrypted to; nothing if it was not."""
    return bytes(outcome.response.members({})["Plaintext"]) if outcome.response else b""


def fault(outcome: Outcome, value: bytes) -> str:
    """Why there is no value, without the value; empty if there is one."""
    if outcome.error:
        why = reason(outcome, outcome.error)
        return f"{why['Code']}: {why['Message']}"
    return value_fault(value)


def start(words: list[str], session: DecryptSession, values: Mapping[bytes, bytes]) -> NoReturn:
    """Become the command. Raises NotStartedError."""
    secret = {os.fsencode(name) for name in unlocking(session.settings).variables()}
    environment = {name: value for name, value in os.environb.items() if name not in secret}
    close_unlocking(session.options)
    with suppress(OSError):
        sys.stderr.flush()
    for name in IGNORED_BY_PYTHON:
        signal.signal(getattr(signal, name), signal.SIG_DFL)
    try:
        os.execvpe(words[0], words, {**environment, **values})  # noqa: S606  # a shell would be one more reader
    except OSError as error:
        for name in IGNORED_BY_PYTHON:
            signal.signal(getattr(signal, name), signal.SIG_IGN)
        raise NotStartedError(words[0], error) from None


def close_unlocking(options: dict[str, Any]) -> None:
    """Close the descriptors that the vault's key or passphrase came from, or could have: the rest close by themselves.

    A standard stream is replaced: a command would take its next file for it.
    """
    for name in ("key_fd", "passphrase_fd"):
        descriptor = options.get(name)
        if descriptor is None:
            continue
        with suppress(OSError, OverflowError):
            os.close(descriptor)
        if descriptor <= 2:
            opened = os.open(os.devnull, os.O_RDWR)
            if opened != descriptor:
                os.dup2(opened, descriptor)
            os.set_inheritable(descriptor, True)
