"""`--plaintext-out` and `--ciphertext-out`: a blob of the answer as raw bytes, in a file or on stdout.

A file is opened beside its target before the call, so that a target that cannot be written refuses the call; after
the commit it is synced and renamed. It has mode 0600 and is never written through a symbolic link.
"""

import os
import sys
from contextlib import suppress
from typing import Any

from kmscli.errors import UsageError

MEMBERS = {"plaintext_out": "Plaintext", "ciphertext_out": "CiphertextBlob"}


class RawOutput:
    """Where one member of the answer goes."""

    def __init__(self, member: str, target: str) -> None:
        self.member = member
        self.target = target
        self._aside = ""
        self._descriptor = -1
        if target != "-":
            self._open()

    def _open(self) -> None:
        target = self.target
        if not target or os.path.islink(target) or (os.path.exists(target) and not os.path.isfile(target)):
            raise UsageError(f"The output file {target} is not a regular file.")
        self._aside = f"{self.target}.{os.urandom(4).hex()}"
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        try:
            self._descriptor = os.open(self._aside, flags, 0o600)
        except OSError as error:
            raise UsageError(f"The output file {self.target} cannot be written: {error.strerror}") from None

    def write(self, content: bytes) -> None:
        """Write the bytes, synced and in place. Raises OSError."""
        if self.target == "-":
            sys.stdout.flush()
            sys.stdout.buffer.write(content)
            sys.stdout.buffer.flush()
            return
        with os.fdopen(self._descriptor, "wb") as stream:
            self._descriptor = -1
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        os.replace(self._aside, self.target)
        self._aside = ""

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
        if self._aside:
            with suppress(OSError):
                os.unlink(self._aside)
        self._descriptor, self._aside = -1, ""


class RawOutputs:
    """The raw outputs of a call; `silent` if one of them takes stdout for itself."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.outputs: list[RawOutput] = []
        targets = [(member, options[name]) for name, member in MEMBERS.items() if options.get(name) is not None]
        places = {target if target == "-" else os.path.realpath(target) for _, target in targets}
        if len(places) < len(targets):
            raise UsageError("--plaintext-out and --ciphertext-out cannot be the same.")
        try:
            for member, target in targets:
                self.outputs.append(RawOutput(member, target))
        except UsageError:
            self.discard()
            raise
        self.silent = any(output.target == "-" for output in self.outputs)

    def write(self, members: dict[str, Any]) -> dict[str, Any]:
        """Write what goes to files and stdout; returns the members that are left to print. Raises OSError."""
        left = dict(members)
        for output in self.outputs:
            content = left.pop(output.member, None)
            if content is not None:
                output.write(content)
        return left

    def discard(self) -> None:
        """Leave nothing behind."""
        for output in self.outputs:
            output.discard()
