"""Changing what opens a vault: keyslots, the root key, terms.

Each change is one SQLite transaction: it is prepared here as a vault whose first commit stores it (`Vault.renewed`),
and that commit carries the event that says so. A process that is killed at any moment leaves the old state or the new.
Others notice at their next call that the header is another one, and unlock again.
"""

import os
from typing import Any

from kmscli.errors import ConfigurationError, KmscliError
from kmscli.vault.header import MOST_SLOTS
from kmscli.vault.keyslots import UnlockingSecret, collected, new_slot, open_slots, rewrapped
from kmscli.vault.opening import Opened
from kmscli.vault.rows import Address
from kmscli.vault.sqlite_keeping import sealed_otherwise, vacuum
from kmscli.vault.vault import HEAD, Vault

_BATCH = 256


def with_slot(opened: Opened, secret: UnlockingSecret, name: str, now: float) -> tuple[Opened, dict[str, Any]]:
    """The vault with one more keyslot, and the slot. Raises ConfigurationError: one too many, or one it has."""
    header = opened.vault.header
    if len(header.slots) >= MOST_SLOTS:
        raise ConfigurationError(f"A vault has at most {MOST_SLOTS} keyslots.", mend="Remove one that is not used.")
    try:
        same, _ = open_slots(header.slots, secret)
    except ConfigurationError:
        slot = new_slot(secret, opened.root, name, now)
        return _changed(opened, [*header.slots, slot]), slot
    raise ConfigurationError(f"This {secret.method} opens the vault already: keyslot {same['id']} ({same['name']}).")


def rekeyed(opened: Opened, *, without: str = "") -> Opened:
    """The vault under a new root key and a new term, for all holders but the one of the slot `without`.

    The caller's slot is wrapped for his secret; for the others, who are not there, the root key is left by their public
    keys. What was written before stays under its term.
    """
    vault = opened.vault
    root = os.urandom(32)
    slots = [
        collected(slot, opened.secret, root) if slot["id"] == opened.slot else rewrapped(slot, root)
        for slot in vault.header.slots
        if slot["id"] != without
    ]
    header = vault.header.with_slots(slots, epoch=vault.header.epoch + 1)
    return Opened(vault.renewed(header, root, vault.keyring.with_new_term()), root, opened.slot, opened.secret)


def with_new_term(opened: Opened) -> Opened:
    """The vault with one more term, under which everything is written from now on."""
    vault = opened.vault
    header = vault.header.with_slots(vault.header.slots, epoch=vault.header.epoch + 1)
    successor = vault.renewed(header, opened.root, vault.keyring.with_new_term())
    return Opened(successor, opened.root, opened.slot, opened.secret)


def resealed(vault: Vault) -> int:
    """Seal every row under the newest term, in batches, so that others wait for moments only. How many there were.

    Killed in the middle it leaves rows of both terms, which open. Raises VaultDamagedError, RekeyedError,
    KMSInternalException.
    """
    start = vault.keyring.term.to_bytes(4, "big")
    after: Address = HEAD
    count = 0
    while addresses := sealed_otherwise(vault.store, start, after, _BATCH):
        vault.reseal(addresses)
        count += len(addresses)
        after = addresses[-1]
    return count


def with_newest_term_only(opened: Opened) -> Opened:
    """The vault without the keys of the terms before: what is still sealed under them opens no more."""
    vault = opened.vault
    header = vault.header.with_slots(vault.header.slots, epoch=vault.header.epoch + 1)
    successor = vault.renewed(header, opened.root, vault.keyring.with_newest_term_only())
    return Opened(successor, opened.root, opened.slot, opened.secret)


def swept(vault: Vault) -> None:
    """Write the file anew and truncate its WAL, so that nothing is left of what was overwritten or deleted.

    Raises KMSInternalException: the vault is busy, or the disk full. KmscliError: others keep reading the WAL.
    """
    vacuum(vault.store)
    if not vault.store.checkpoint():
        raise KmscliError(
            f"Others keep reading the vault: {vault.path}-wal still holds rows of before, under keys that are gone.",
            mend="Purge again when they are done: kmscli vault purge",
        )


def slot_named(slots: list[dict[str, Any]], name: str) -> dict[str, Any]:
    """The slot with this id, or the only one with this name. Raises ConfigurationError: none, or several."""
    found = [slot for slot in slots if slot["id"] == name] or [slot for slot in slots if slot["name"] == name]
    if len(found) == 1:
        return found[0]
    problem = "Several keyslots have the name" if found else "No keyslot has the id or name"
    raise ConfigurationError(f"{problem} {name}.", mend="See them: kmscli vault keyslot list")


def _changed(opened: Opened, slots: list[dict[str, Any]]) -> Opened:
    vault = opened.vault
    successor = vault.renewed(vault.header.with_slots(slots), opened.root, vault.keyring)
    return Opened(successor, opened.root, opened.slot, opened.secret)
