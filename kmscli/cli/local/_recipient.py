"""What the commands of `kmscli lab` for attested recipients share: their files, keys and measurements."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from kmscli.cli.local._new_secret import only_one
from kmscli.cli.raw_output import RawOutput
from kmscli.errors import UsageError

MOST = 1 << 20
"""Bytes: far more than any key, certificate or answer has."""


def content_of(path: str, argument: str) -> bytes:
    """What a file holds, or standard input for `-`. Raises UsageError: it cannot be read, or is too long."""
    try:
        if path == "-":
            content = sys.stdin.buffer.read(MOST + 1)
        else:
            with open(path, "rb") as file:
                content = file.read(MOST + 1)
    except OSError as error:
        raise UsageError(f"argument {argument}: {path} cannot be read: {error.strerror}") from None
    if len(content) > MOST:
        raise UsageError(f"argument {argument}: {path} is too long")
    return content


@contextmanager
def new_files(targets: list[str]) -> Iterator[list[RawOutput]]:
    """Files of mode 0600, opened beside their targets; nothing is left of those that are not written.

    Raises UsageError: a target cannot be written, or is named twice.
    """
    outputs: list[RawOutput] = []
    try:
        if len({os.path.realpath(target) for target in targets}) < len(targets):
            raise UsageError(f"The output files {' and '.join(targets)} cannot be the same.")
        outputs.extend(RawOutput("", target) for target in targets)
        yield outputs
    finally:
        for output in outputs:
            output.discard()


def private_key_in(path: str) -> Any:
    """The RSA private key in a file. Raises UsageError."""
    from kmscli.crypto.recipient_keys import UnfitKeyError, private_key_of

    try:
        return private_key_of(content_of(path, "--private-key"))
    except UnfitKeyError as error:
        raise UsageError(f"argument --private-key: {path} {error}") from None


def keys_of(private_key: str | None, public_key: str | None) -> tuple[bytes, bytes]:
    """The recipient's public key, and the private key file that is to be made, or nothing if there is one.

    Raises UsageError: neither file was named, or both, or it holds no fitting RSA key.
    """
    from kmscli.crypto.recipient_keys import UnfitKeyError, new_key_pair, public_key_of, spki

    choices = {"--private-key": private_key, "--public-key": public_key}
    if not only_one(choices):
        raise UsageError(f"one of the following arguments is required: {', '.join(choices)}")
    if private_key is None:
        path = public_key or ""
        try:
            return public_key_of(content_of(path, "--public-key")), b""
        except UnfitKeyError as error:
            raise UsageError(f"argument --public-key: {path} {error}") from None
    if os.path.lexists(private_key):
        return spki(private_key_in(private_key).public_key()), b""
    return new_key_pair()


def measurements(given: list[str], number: int) -> dict[int, bytes]:
    """So many measurements: those given as `N=HEX`, and zeros. Raises UsageError."""
    pcrs = dict.fromkeys(range(number), bytes(48))
    for text in given:
        index, _, value = text.partition("=")
        try:
            measured = bytes.fromhex(value.removeprefix("0x"))
        except ValueError:
            measured = b""
        if not (index.isascii() and index.isdigit() and int(index) < number) or len(measured) not in (32, 48, 64):
            raise UsageError(
                f"argument --pcr: {text!r} is not N=HEX with N from 0 to {number - 1} and 32, 48 or 64 bytes"
            )
        pcrs[int(index)] = measured
    return pcrs
