"""Ciphertexts that are kept in files, and their decryption: what `kmscli exec` and `kmscli check` share."""

import binascii
from collections.abc import Iterable
from typing import Annotated, Any

import typer

from kmscli.cli.local._call_session import CALLER, CallSession, failure
from kmscli.cli.options import NOTHING_CHOSEN
from kmscli.cli.raw_request import assemble
from kmscli.engine import find_operation
from kmscli.errors import InvalidCiphertextException, KmscliError, UsageError
from kmscli.keys.key import Key
from kmscli.operations.recording import Outcome

LARGEST = 16_384
"""Bytes of a file: more than a ciphertext of 6,144 bytes takes in base64."""

DECRYPTING: dict[str, Any] = {
    **CALLER,
    "encryption_context": Annotated[
        str | None, typer.Option(metavar="NAME=VALUE,...", help="The encryption context of all of them; JSON as well.")
    ],
    "grant_tokens": Annotated[
        list[str] | None, typer.Option(metavar="TOKEN", help="A grant token; the option again for each other one.")
    ],
    "key_id": Annotated[
        str | None, typer.Option(metavar="KEY", help="The key that must have encrypted them, by any name.")
    ],
    "encryption_algorithm": Annotated[
        str | None, typer.Option(metavar="ALGORITHM", help="The algorithm, for a ciphertext of an RSA key.")
    ],
}
"""The options of decryption, by name."""

_MEMBERS = {
    "encryption_context": "EncryptionContext",
    "grant_tokens": "GrantTokens",
    "key_id": "KeyId",
    "encryption_algorithm": "EncryptionAlgorithm",
}


class DecryptSession(CallSession):
    """A caller who decrypts several ciphertexts alike."""

    def __init__(self, options: dict[str, Any]) -> None:
        super().__init__(options)
        self._decrypt = find_operation("Decrypt")
        members = {wire: options[name] for name, wire in _MEMBERS.items() if options.get(name) not in (None, [])}
        self._members = assemble(self._decrypt, members, NOTHING_CHOSEN, bytes)

    def decrypted(self, ciphertexts: Iterable[bytes]) -> list[Outcome]:
        """Decrypt, as one group. Raises KmscliError."""
        calls = [(self._decrypt, {**self._members, "CiphertextBlob": ciphertext}) for ciphertext in ciphertexts]
        try:
            return self.outcomes(calls)
        finally:
            self.settle()


def read_ciphertext(path: str) -> bytes:
    """The ciphertext in a file. Raises UsageError: it cannot be read, or is too large to be one."""
    try:
        with open(path, "rb") as file:
            content = file.read(LARGEST + 1)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}") from None
    if len(content) > LARGEST:
        raise UsageError(f"{path} is no ciphertext: it is larger than {LARGEST:,} bytes")
    return decoded(content)


def decoded(content: bytes) -> bytes:
    """A ciphertext as it is, or from base64, in one line or several. Hardly a binary one is text of that alphabet."""
    try:
        return binascii.a2b_base64(b"".join(content.split()), strict_mode=True)
    except binascii.Error:
        return content


def key_of(outcome: Outcome) -> Key | None:
    """The key that a ciphertext names, as far as the caller may know."""
    return next((sought.key for sought in outcome.sought if sought.shows), None)


def reason(outcome: Outcome, error: KmscliError) -> dict[str, str]:
    """Why a ciphertext was not decrypted, as a code and a message: where AWS has no message, one of ours."""
    said = failure(error)
    if isinstance(error, InvalidCiphertextException) and not said["Message"]:
        said["Message"] = (
            "The encryption context does not fit, or the ciphertext was altered."
            if key_of(outcome)
            else "No key of this vault in this Region has made it."
        )
    return said
