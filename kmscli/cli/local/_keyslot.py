"""Keyslots: the ways of unlocking a vault."""

from typing import Annotated, Any

import typer

from kmscli.cli.local import _new_secret
from kmscli.cli.local._facts import show, show_rows
from kmscli.cli.local._vault_session import VaultSession, command
from kmscli.clock import iso8601, system_time
from kmscli.errors import ConfigurationError, UsageError
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import Opened
from kmscli.vault.rekeying import rekeyed, slot_named, with_slot

keyslot = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

LONGEST_NAME = 64


@command(keyslot, "list")
def list_keyslots(session: VaultSession) -> None:
    """List the keyslots: id, name, method, when it was made, and whose it is."""
    facts = session.read(_slots)
    rows = [
        (slot["Id"], slot["Name"], slot["Method"], slot["Created"], "yours" if slot["Yours"] else "")
        for slot in facts["Keyslots"]
    ]
    show_rows(facts, ("id", "name", "method", "made", ""), rows, session.output)


@command(keyslot, "add")
def add_keyslot(
    session: VaultSession,
    *,
    new_key_file: Annotated[
        str | None, typer.Option(metavar="PATH", help="A file that holds the key, or is made to hold a new one.")
    ] = None,
    new_key_fd: Annotated[int | None, typer.Option(metavar="N", help="A descriptor to read the new key from.")] = None,
    new_passphrase: Annotated[
        bool, typer.Option("--new-passphrase", help="Ask for a new passphrase on the terminal.")
    ] = False,
    new_passphrase_fd: Annotated[
        int | None, typer.Option(metavar="N", help="A descriptor to read the new passphrase from.")
    ] = None,
    keyring: Annotated[bool, typer.Option("--keyring", help="Make a key and keep it in the OS keyring.")] = False,
    name: Annotated[str, typer.Option(metavar="NAME", help="A name for the keyslot; it stands in clear.")] = "",
) -> None:
    """Add a way of unlocking.

    The vault is unlocked by a way that it has; the new one is named by --keyring or one of the options --new-….
    """
    choices = {
        "--new-key-file": new_key_file,
        "--new-key-fd": new_key_fd,
        "--new-passphrase": new_passphrase,
        "--new-passphrase-fd": new_passphrase_fd,
        "--keyring": keyring,
    }
    chosen = _new_secret.only_one(choices)
    if not chosen:
        raise UsageError(f"one of the following arguments is required: {', '.join(choices)}")
    if len(name) > LONGEST_NAME or not name.isprintable():
        raise UsageError(f"argument --name: a name has at most {LONGEST_NAME} characters, all of them printable")
    session.read(lambda _: None)
    found: list[UnlockingSecret] = []

    def change(opened: Opened) -> tuple[Opened, dict[str, Any]]:
        secret = found[0] if found else _secret(session, chosen, choices[chosen], opened.vault.header.vault)
        found[:] = [secret]
        successor, slot = with_slot(opened, secret, name or METHODS[chosen], system_time())
        return successor, {"keyslot": slot["id"], "name": slot["name"], "method": slot["method"]}

    slot = session.change("AddKeyslot", change).vault.header.slots[-1]
    facts = {"Id": slot["id"], "Name": slot["name"], "Method": slot["method"]}
    show(facts, [("added keyslot", slot["id"]), ("name", slot["name"]), ("method", slot["method"])], session.output)


METHODS = {
    "--new-key-file": "key file",
    "--new-key-fd": "key",
    "--new-passphrase": "passphrase",
    "--new-passphrase-fd": "passphrase",
    "--keyring": "keyring",
}


@command(keyslot, "remove")
def remove_keyslot(
    session: VaultSession,
    keyslot_id: Annotated[str, typer.Argument(metavar="ID", help="The keyslot's id, or its name if it is unique.")],
    *,
    force: Annotated[bool, typer.Option("--force", help="Also your own, by which you unlock the vault now.")] = False,
) -> None:
    """Remove a way of unlocking, and give the vault a new root key and a new term.

    Whoever had it opens the vault no more and, even with a copy of the vault's old keys, reads nothing that is written
    from now on. What was written before and stands in the file is hidden from him by kmscli vault purge; what stands
    in copies he has already, by nothing.
    """

    def change(opened: Opened) -> tuple[Opened, dict[str, Any]]:
        slots = opened.vault.header.slots
        slot = slot_named(slots, keyslot_id)
        if len(slots) == 1:
            raise ConfigurationError(
                f"Keyslot {slot['id']} is the last one: without it nobody could open the vault.",
                mend="Add another first: kmscli vault keyslot add",
            )
        if slot["id"] == opened.slot and not force:
            raise ConfigurationError(
                f"Keyslot {slot['id']} is the one by which you unlock the vault now.",
                mend="If you mean it: --force. Or unlock by another.",
            )
        return rekeyed(opened, without=slot["id"]), {"keyslot": slot["id"], "name": slot["name"]}

    vault = session.change("RemoveKeyslot", change).vault
    vault.store.checkpoint()
    facts = {"Removed": keyslot_id, "Epoch": vault.header.epoch}
    show(facts, [("removed keyslot", keyslot_id), ("rekeyed: epoch", str(vault.header.epoch))], session.output)


def _slots(opened: Opened) -> dict[str, Any]:
    return {
        "Keyslots": [
            {
                "Id": slot["id"],
                "Name": slot["name"],
                "Method": slot["method"],
                "Created": iso8601(slot["created"]),
                "Yours": slot["id"] == opened.slot,
            }
            for slot in opened.vault.header.slots
        ]
    }


def _secret(session: VaultSession, chosen: str, given: Any, vault_id: str) -> UnlockingSecret:
    """The new secret that an option names."""
    if chosen == "--new-key-file":
        return _new_secret.from_key_file(given, session.path, session.environment)
    if chosen == "--new-key-fd":
        return _new_secret.from_descriptor(key=given)
    if chosen == "--new-passphrase-fd":
        return _new_secret.from_descriptor(passphrase=given)
    return _new_secret.from_keyring(vault_id) if chosen == "--keyring" else _new_secret.from_a_person()
