"""What `kmscli vault status` shows, as facts."""

import os
from typing import Any

from kmscli.clock import iso8601
from kmscli.keys.check import kind_name
from kmscli.vault.head import Head
from kmscli.vault.location import Environment, mark_file, trail_log
from kmscli.vault.mark import read_mark
from kmscli.vault.sqlite import FORMAT
from kmscli.vault.vault import Vault


def status(vault: Vault, environment: Environment) -> dict[str, Any]:
    """What a vault's header, head and mark say; nothing is counted. Raises VaultDamagedError, RekeyedError."""
    head = head_of(vault)
    header = vault.header
    rows = {kind_name(int(kind)): number for kind, number in head.rows.items() if number}
    synced = vault.synced()
    return {
        "Path": os.path.abspath(vault.path),
        "VaultId": header.vault,
        "Format": FORMAT,
        "Lab": header.lab,
        "Created": iso8601(header.created),
        "Epoch": header.epoch,
        "Keyslots": len(header.slots),
        "Keys": rows.get("key", 0),
        "Rows": rows,
        "Commits": head.commit,
        "Chain": head.end.chain,
        "Events": head.end.number + sum(past["number"] for past in head.history),
        "PendingEvents": pending_events(vault),
        "SyncedEvent": {"Chain": synced.chain, "Number": synced.number},
        "Mark": mark_state(vault, environment),
        "Log": trail_log(os.path.abspath(vault.path)),
    }


def head_of(vault: Vault) -> Head:
    """The head as it is now. Raises VaultDamagedError, RekeyedError."""
    transaction = vault.transaction()
    try:
        return vault.head(transaction)
    finally:
        transaction.close()


def pending_events(vault: Vault) -> int:
    """How many events wait in the vault for the log."""
    count, after = 0, 0
    while rows := vault.events_after(after):
        count += sum(len(lines) for _, lines in rows)
        after = rows[-1][0] + 1
    return count


def mark_state(vault: Vault, environment: Environment) -> str:
    """Whether this machine remembers how far it has seen the vault, and why not."""
    mark = read_mark(vault, environment)
    if mark:
        return f"kept at event {mark.number} of chain {mark.chain}"
    path = mark_file(vault.header.vault, environment)
    if os.path.lexists(path):
        return f"not kept: {path} is no mark of this vault"
    folder = os.path.dirname(path)
    while not os.path.isdir(folder) and folder != os.path.dirname(folder):
        folder = os.path.dirname(folder)
    if os.access(folder, os.W_OK):
        return "none yet: the next call leaves one"
    return f"not kept: {folder} cannot be written"
