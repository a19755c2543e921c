"""Putting a backup in the place of a vault: checked first, then exchanged in one step, with an event that says so."""

import os
import time

from kmscli.cli.local._vault_session import VaultSession
from kmscli.cli.local._vault_status import head_of
from kmscli.cli.session import warn
from kmscli.clock import system_time
from kmscli.errors import ConfigurationError, KmscliError, VaultDamagedError
from kmscli.keys.check import inspect
from kmscli.trail.log import follow, logged_mark
from kmscli.vault.backup import as_restored, put_in_place, staged, vault_at
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.mark import read_mark
from kmscli.vault.opening import Opened, open_with_root, remove_store
from kmscli.vault.vault import Vault


class Restored:
    """What was done. `kept`: where the vault before is; "" if there was none."""

    def __init__(self, path: str, kept: str) -> None:
        self.path = path
        self.kept = kept


def restore_backup(session: VaultSession, file: str) -> Restored:
    """Put a backup in the place of the caller's vault. Raises KmscliError: it is damaged, or of another vault."""
    there = vault_at(session.path)
    kept = _name_for_old(session.path) if os.path.lexists(session.path) else ""
    aside = staged(file, session.path)
    try:
        backup = open_with_root(aside, session.unlocking)
        if there and there.vault != backup.vault.header.vault:
            raise ConfigurationError(
                f"{file} is a backup of another vault ({backup.vault.header.vault}, not {there.vault}).",
                mend="Restore it to a place of its own: kmscli --vault PATH vault restore FILE",
            )
        _refuse_damaged(backup.vault, file)
        _exchange(session, backup, aside, kept)
    finally:
        remove_store(aside)
    return Restored(os.path.abspath(session.path), kept)


def _refuse_damaged(vault: Vault, file: str) -> None:
    faults = inspect(vault).faults
    if faults:
        named = "\n".join(f"  {fault}" for fault in faults[:20])
        raise VaultDamagedError(f"The backup {file} is damaged, and was not restored:\n{named}")


def _exchange(session: VaultSession, backup: Opened, aside: str, kept: str) -> None:
    """Let the backup take over, and the trail go on in a new chain."""
    old = _old(session)
    successor = as_restored(backup, old)
    engine = session.engine(successor)

    def prepare() -> None:
        _complete_log(old)
        marks = (read_mark(successor, session.environment), logged_mark(session.path, successor.keyring.trail))
        newest = max(_commit_of(old), *(mark.commit for mark in marks if mark), 0)
        parameters = {"vaultId": successor.header.vault, "keptAt": kept, "commit": head_of(backup.vault).commit}
        engine.record_local(session.caller, "RestoreVault", parameters, new_chain=True, beyond=newest)
        successor.close()

    put_in_place(aside, session.path, kept, prepare)
    if old and old.header.epoch > backup.vault.header.epoch:
        warn("the backup is older than the last change of keys: keyslots that were removed since open the vault again.")
    engine.vault = open_with_root(session.path, session.unlocking).vault
    session.settle(engine)


def _complete_log(old: Vault | None) -> None:
    """Let the log have the events that it still lacks of the vault that is to be replaced, whose lock is held."""
    if old is None:
        return
    old.store.wait_for_lock(0)  # to tell the old vault how far its log is would wait for that lock
    try:
        follow(old)
    except (OSError, KmscliError, RekeyedError):
        warn("the log may lack the last events of the vault that is replaced: they are in the one that is kept.")


def _old(session: VaultSession) -> Vault | None:
    """The vault that is to be replaced, if it can still be opened."""
    try:
        return open_with_root(session.path, session.unlocking).vault
    except KmscliError:
        return None


def _commit_of(vault: Vault | None) -> int:
    try:
        return head_of(vault).commit if vault else 0
    except VaultDamagedError:
        return 0


def _name_for_old(path: str) -> str:
    stamp = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(system_time()))
    name = f"{os.path.abspath(path)}.before-{stamp}"
    return name if not os.path.lexists(name) else f"{name}.{os.getpid()}"
