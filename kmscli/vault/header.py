"""The vault's header: in clear, since it says how to unlock; with a MAC, since it must be believed.

In the file: MAC 32 ‖ JSON. The MAC's key comes from the root key, so a header is believed only after unlocking, and
before anything that it says is acted upon.
"""

import binascii
import json
from typing import Any

from kmscli.crypto.derivation import subkey
from kmscli.crypto.hashing import hmac_sha256, same
from kmscli.errors import ConfigurationError, VaultDamagedError
from kmscli.vault.sqlite import APPLICATION_ID, FORMAT

MOST_SLOTS = 32
"""A header with more is refused: each passphrase slot that is tried costs memory and time."""


class Header:
    """`vault`: its id. `lab`: whether its clock may be moved. `epoch`: grows with every new root key."""

    def __init__(self, vault: str, *, lab: bool, created: float, epoch: int, slots: list[dict[str, Any]]) -> None:
        self.vault = vault
        self.lab = lab
        self.created = created
        self.epoch = epoch
        self.slots = slots

    @property
    def bound_to(self) -> bytes:
        """What the keyring is bound to."""
        return f"{self.vault} {self.epoch}".encode()

    def sealed(self, root: bytes) -> bytes:
        """The header as it stands in the file."""
        plain = json.dumps(vars(self), separators=(",", ":")).encode()
        return hmac_sha256(subkey(root, "kmscli header"), plain) + plain

    def with_slots(self, slots: list[dict[str, Any]], *, epoch: int | None = None) -> "Header":
        """The same with other slots."""
        return Header(
            self.vault, lab=self.lab, created=self.created, epoch=self.epoch if epoch is None else epoch, slots=slots
        )


def read_header(raw: bytes) -> Header:
    """The header before it can be believed. Raises VaultDamagedError: not one at all."""
    try:
        plain = json.loads(raw[32:])
        header = Header(plain.pop("vault"), **plain)
        if 0 < len(header.slots) <= MOST_SLOTS and all(is_whole(slot) for slot in header.slots):
            return header
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        pass
    raise VaultDamagedError("The vault's header is damaged.", mend="Restore a backup: kmscli vault restore FILE")


def is_whole(slot: dict[str, Any]) -> bool:
    """Whether a keyslot has all that opening it will look for, in the form that it will expect.

    Raises ValueError, KeyError, TypeError, AttributeError: it has not.
    """
    wrapped = slot["left"] if "left" in slot else slot["wrapped"]
    for value in (slot["salt"], slot["check"], slot["public"], wrapped):
        binascii.a2b_base64(value, strict_mode=True)
    if slot["method"] == "passphrase":
        settings = slot["argon2id"]
        return all(isinstance(settings[name], int) for name in ("passes", "lanes", "memory"))
    return isinstance(slot["id"], str) and slot["method"] == "key"


def fits_header(raw: bytes, root: bytes) -> bool:
    """Whether the header is what a holder of this root key wrote."""
    return same(hmac_sha256(subkey(root, "kmscli header"), raw[32:]), raw[:32])


def believe_header(raw: bytes, root: bytes) -> None:
    """Raises VaultDamagedError: the header is not what a holder of the root key wrote."""
    if not fits_header(raw, root):
        raise VaultDamagedError("The vault's header was altered.", mend="Restore a backup: kmscli vault restore FILE")


def check_format(application: int, version: int) -> None:
    """Raises ConfigurationError: not a vault, or one that a newer kmscli wrote."""
    if application != APPLICATION_ID:
        raise ConfigurationError("This file is not a kmscli vault.")
    if version > FORMAT:
        raise ConfigurationError(
            f"This vault has format {version}; this kmscli knows none above {FORMAT}.", mend="Install a newer kmscli."
        )
