"""The mark: how far this machine has seen a vault, kept outside of it, to notice a vault that was rolled back.

One small file a vault in the state folder: the chain's end (chain, number, MAC), the number of the commit that made it,
and a MAC over them. A mark that is missing or unreadable is no mark: the vault is trusted, and marked (design, "The
vault"; docs/threat-model.md).
"""

import fcntl
import json
import os

from kmscli.crypto.hashing import same
from kmscli.errors import VaultRolledBackError
from kmscli.vault.head import Head
from kmscli.vault.location import Environment, make_private_folder, mark_file
from kmscli.vault.vault import Vault

_LENGTH = 512


def check_mark(vault: Vault, head: Head, mark: "Mark | None") -> None:
    """Raises VaultRolledBackError: the vault is behind its mark, or has another history or an older root key.

    Read the mark before the head: between the two others may go on.
    """
    if mark is None:
        return
    if vault.header.epoch < mark.epoch:
        behind = True
    elif mark.chain == head.end.chain:
        here = (head.end.number, head.end.mac.hex())
        behind = here[0] < mark.number or (here[0] == mark.number and here[1] != mark.mac)
    else:
        behind = not any(past["chain"] == mark.chain and past["number"] >= mark.number for past in head.history)
    if behind:
        raise VaultRolledBackError(
            f"The vault at {vault.path} is older than when this machine last used it: it was rolled back.",
            mend="If you put an old copy there yourself: kmscli vault status --accept-rollback",
        )


def write_mark(vault: Vault, head: Head, environment: Environment) -> bool:
    """Remember the chain's end. False where the state folder cannot be written: then there is no mark."""
    path = mark_file(vault.header.vault, environment)
    place = json.dumps([head.end.chain, head.end.number, head.end.mac.hex(), head.commit, vault.header.epoch])
    content = json.dumps([place, vault.keyring.mac("mark", place.encode()).hex()]).encode()
    try:
        try:
            _write(vault, path, content, head.commit)
        except FileNotFoundError:
            make_private_folder(os.path.dirname(path))
            _write(vault, path, content, head.commit)
    except OSError:
        return False
    return True


def _write(vault: Vault, path: str, content: bytes, commit: int) -> None:
    """Write the mark in place, in one write of always the same length: a rename would cost a sync of its own.

    Under a lock, and never over the mark of a later commit, since processes end in another order than they commit.
    """
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        there = _parsed(vault, os.pread(descriptor, _LENGTH, 0))
        if there is None or there.commit < commit:
            os.pwrite(descriptor, content.ljust(_LENGTH), 0)
    finally:
        os.close(descriptor)


class Mark:
    """How far this machine has seen a vault: the end of its chain then, its commit number, its root key's epoch."""

    def __init__(self, chain: str, number: int, mac: str, commit: int, epoch: int) -> None:
        self.chain = chain
        self.number = number
        self.mac = mac
        self.commit = commit
        self.epoch = epoch


def read_mark(vault: Vault, environment: Environment) -> Mark | None:
    """The mark of a vault; None if there is none, or none that this vault made."""
    try:
        with open(mark_file(vault.header.vault, environment), "rb") as stream:
            return _parsed(vault, stream.read(_LENGTH))
    except OSError:
        return None


def _parsed(vault: Vault, content: bytes) -> Mark | None:
    try:
        place, mac = json.loads(content)
        if not same(bytes.fromhex(mac), vault.keyring.mac("mark", place.encode())):
            return None
        return Mark(*json.loads(place))
    except (ValueError, TypeError, AttributeError):
        return None
