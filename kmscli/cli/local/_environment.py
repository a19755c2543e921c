"""Secrets for a command's environment: where their ciphertexts are, and what may become of a value."""

import re
from collections.abc import Iterable

from kmscli.cli.local._ciphertexts import decoded, read_ciphertext
from kmscli.errors import UsageError

_NAME = re.compile("[A-Za-z_][A-Za-z0-9_]*")


class Secret:
    """A variable to be, its ciphertext, and the file that has it."""

    def __init__(self, name: str, file: str, ciphertext: bytes) -> None:
        self.name = name
        self.file = file
        self.ciphertext = ciphertext


def secrets(named: Iterable[str], env_files: Iterable[str]) -> list[Secret]:
    """The secrets that `NAME=FILE` words and env files name.

    Raises UsageError: a file cannot be read, or a name is none, or comes twice.
    """
    found = [named_secret(word) for word in named]
    found += [secret for file in env_files for secret in listed(file)]
    names = [secret.name for secret in found]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise UsageError(f"The secret {twice} is given twice.")
    return found


def named_secret(word: str) -> Secret:
    """The secret that `NAME=FILE` names. Raises UsageError."""
    name, equals, file = word.partition("=")
    if not (equals and file and _NAME.fullmatch(name)):
        raise UsageError("argument --secret: expected NAME=FILE, the name of a variable and a file")
    return Secret(name, file, read_ciphertext(file))


def listed(file: str) -> list[Secret]:
    """The secrets of an env file. Raises UsageError, with the line's number and nothing of its text."""
    try:
        with open(file, "rb") as opened:
            lines = opened.read().splitlines()
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from None
    found = []
    for number, line in enumerate(map(bytes.strip, lines), start=1):
        if not line or line.startswith(b"#"):
            continue
        name, _, value = line.partition(b"=")
        known = name.decode("ascii", "replace")
        ciphertext = decoded(value)
        if not _NAME.fullmatch(known) or not value or ciphertext == value:
            raise UsageError(f"{file}, line {number}: expected NAME=CIPHERTEXT, the ciphertext in base64")
        found.append(Secret(known, file, ciphertext))
    return found


def value_fault(value: bytes) -> str:
    """Why a plaintext can be no variable's value; empty if it can."""
    if b"\0" in value:
        return "it holds a NUL byte, which no variable can"
    try:
        value.decode()
    except UnicodeDecodeError:
        return "it is not UTF-8 text"
    return ""
