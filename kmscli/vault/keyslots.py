"""Keyslots: the ways of unlocking a vault. Each wraps the same root key for another holder.

There are two methods: `key` (32 or more random bytes, wherever they are kept: a key file, a variable, a systemd
credential, the keyring) and `passphrase` (Argon2id). A slot is plain data in the vault's header.
"""

import binascii
import os
from typing import Any

from kmscli.crypto import root_wrapping
from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import ConfigurationError, VaultDamagedError

MINIMUM_KEY_BYTES = 32


class UnlockingSecret:
    """What a holder unlocks with: `key` bytes or a `passphrase`, and where it came from, for messages."""

    def __init__(self, method: str, value: bytes, source: str) -> None:
        self.method = method
        self.value = value
        self.source = source

    def __repr__(self) -> str:
        return f"UnlockingSecret({self.method} from {self.source})"


def new_slot(secret: UnlockingSecret, root: bytes, name: str, created: float) -> dict[str, Any]:
    """A slot that wraps the root key for a holder."""
    slot: dict[str, Any] = {
        "id": os.urandom(8).hex(),
        "name": name,
        "method": secret.method,
        "created": created,
        "salt": _text(os.urandom(16)),
    }
    if secret.method == "passphrase":
        from kmscli.crypto.passphrase import DEFAULT

        slot["argon2id"] = {"passes": DEFAULT.passes, "lanes": DEFAULT.lanes, "memory": DEFAULT.memory}
    slot_secret = _slot_secret(slot, secret)
    return {
        **slot,
        "check": _text(root_wrapping.check_value(slot_secret)),
        "public": _text(root_wrapping.public_key(slot_secret)),
        "wrapped": _text(root_wrapping.wrap(slot_secret, root, _bound_to(slot))),
    }


def rewrapped(slot: dict[str, Any], root: bytes) -> dict[str, Any]:
    """The slot with a new root key, wrapped for its holder, who need not be there."""
    kept = {name: value for name, value in slot.items() if name not in ("wrapped", "left")}
    return {**kept, "left": _text(root_wrapping.wrap_for(_bytes(slot["public"]), root, _bound_to(slot)))}


def collected(slot: dict[str, Any], secret: UnlockingSecret, root: bytes) -> dict[str, Any]:
    """The slot whose holder has come and taken the root key that was left for him."""
    kept = {name: value for name, value in slot.items() if name != "left"}
    return {**kept, "wrapped": _text(root_wrapping.wrap(_slot_secret(slot, secret), root, _bound_to(slot)))}


def open_slots(slots: list[dict[str, Any]], secret: UnlockingSecret) -> tuple[dict[str, Any], bytes]:
    """The slot that a secret opens, and the root key.

    Raises ConfigurationError: it opens none. VaultDamagedError: it is the right one, but the slot was altered.
    """
    for slot in slots:
        if slot["method"] != secret.method:
            continue
        slot_secret = _slot_secret(slot, secret)
        if root_wrapping.is_for(slot_secret, _bytes(slot["check"])):
            return slot, _root(slot, slot_secret)
    what = "passphrase" if secret.method == "passphrase" else "key"
    raise ConfigurationError(f"The {what} from {secret.source} does not open this vault.")


def _root(slot: dict[str, Any], slot_secret: bytes) -> bytes:
    try:
        if "left" in slot:
            return root_wrapping.unwrap_own(slot_secret, _bytes(slot["left"]), _bound_to(slot))
        return root_wrapping.unwrap(slot_secret, _bytes(slot["wrapped"]), _bound_to(slot))
    except NotAuthenticError:
        raise VaultDamagedError(f"Keyslot {slot['id']} was altered or is damaged.") from None


def _slot_secret(slot: dict[str, Any], secret: UnlockingSecret) -> bytes:
    salt = _bytes(slot["salt"])
    if secret.method == "key":
        from kmscli.crypto.derivation import stretched_key

        return stretched_key(secret.value, salt, "kmscli slot " + slot["id"], root_wrapping.SECRET_LENGTH)
    from kmscli.crypto.passphrase import CostlySettingsError, Settings, passphrase_key

    settings = Settings(**{name: int(slot["argon2id"][name]) for name in ("passes", "lanes", "memory")})
    try:
        return passphrase_key(secret.value, salt, settings, _bound_to(slot), root_wrapping.SECRET_LENGTH)
    except CostlySettingsError:
        raise VaultDamagedError(
            f"Keyslot {slot['id']} asks for Argon2id settings that kmscli refuses: planted, or from a bad copy.",
            mend="Restore a backup: kmscli vault restore FILE",
        ) from None


def _bound_to(slot: dict[str, Any]) -> bytes:
    settings = slot.get("argon2id") or {}
    return f"{slot['id']} {slot['method']} {sorted(settings.items())}".encode()


def _text(value: bytes) -> str:
    return binascii.b2a_base64(value, newline=False).decode()


def _bytes(value: str) -> bytes:
    return binascii.a2b_base64(value)
