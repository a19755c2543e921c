"""Backups of a vault, and putting one back.

A backup is one file, consistent while others write, and sealed like the vault itself. It is built beside its place,
opened, synced, and only then given its name. Putting one back is one transaction on the vault that is there, so that
processes that have it open see a commit like any other, and no write-ahead log of the old vault can ever be applied to
the new one. Only a vault whose file is too damaged for that, and that nobody has open, is exchanged as a file.
"""

import fcntl
import os
import shutil
import stat
from collections.abc import Callable

from kmscli.errors import ConfigurationError, KMSInternalException, VaultDamagedError
from kmscli.vault.header import Header, check_format, read_header
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.location import check_vault_file, make_private_folder
from kmscli.vault.opening import (
    Opened,
    beside,
    is_vault_there,
    read_meta,
    remove_store,
    sync_file,
    sync_folder,
    write_private,
)
from kmscli.vault.rows import FullError
from kmscli.vault.sqlite import SqliteRowStore
from kmscli.vault.sqlite_keeping import copy_to, integrity_faults, put_into_wal_mode, take_over
from kmscli.vault.vault import Vault

_SHARED_BYTES = (510, 0x40000002)
"""The bytes of its file that every process that has a SQLite database open in WAL mode holds locked: length, start."""


def back_up(vault: Vault, target: str) -> None:
    """Copy a vault into a new file of mode 0600.

    Raises ConfigurationError: the file cannot be made, or there is one. RekeyedError. VaultDamagedError.
    """
    must_be_free(target)
    aside = beside(target)
    try:
        write_private(aside, b"")
        copy_to(vault.store, aside)
        _check_copy(vault, aside)
        _give_name(aside, target)
    except FullError:
        raise ConfigurationError(f"No backup can be made at {target}: its disk is full.") from None
    except OSError as error:
        raise ConfigurationError(f"No backup can be made at {target}: {error.strerror}.") from None
    finally:
        remove_store(aside)


def must_be_free(target: str) -> None:
    """Raises ConfigurationError: there is something where a backup is to be made."""
    if os.path.lexists(target):
        raise ConfigurationError(f"There is something at {target} already; a backup overwrites nothing.")


def staged(backup: str, path: str) -> str:
    """A private copy of a backup beside the place of a vault: what is checked there is what will stand there.

    Raises ConfigurationError: it cannot be read, is no backup, or no copy can be made.
    """
    if _has_content(backup + "-wal"):
        raise ConfigurationError(
            f"{backup} has a write-ahead log beside it: it is a vault in use, or a copy of one, and no backup.",
            mend=f"Make one of it: kmscli --vault {backup} vault backup FILE",
        )
    aside = beside(path)
    make_private_folder(os.path.dirname(aside))
    try:
        _copy(backup, aside)
        store = SqliteRowStore(aside)
        check_format(*store.format())
        put_into_wal_mode(store)
        store.close()
    except OSError as error:
        remove_store(aside)
        raise ConfigurationError(f"{backup} cannot be read or copied: {error.strerror}.") from None
    except BaseException:
        remove_store(aside)
        raise
    return aside


def _copy(source: str, target: str) -> None:
    """Copy a regular file. Not waiting for a writer, where the path names a pipe."""
    descriptor = os.open(source, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    with os.fdopen(descriptor, "rb") as stream:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise ConfigurationError(f"{source} is not a regular file.")
        write_private(target, b"")
        with open(target, "wb") as copy:
            shutil.copyfileobj(stream, copy, 1 << 20)


def as_restored(backup: Opened, old: Vault | None) -> Vault:
    """A staged vault as it is to be: its first commit stores another header, so that all who have the old vault open
    unlock again, and the trail keys that the old vault had beyond the backup's, by which its log is verified.
    """
    vault = backup.vault
    epochs = [vault.header.epoch, old.header.epoch if old else 0]
    header = vault.header.with_slots(vault.header.slots, epoch=max(epochs) + 1)
    own = vault.keyring
    trail = {**(old.keyring.trail if old else {}), **own.trail}
    return vault.renewed(header, backup.root, Keyring(own.terms, own.blind, own.material_ids, trail))


def vault_at(path: str) -> Header | None:
    """The header of a vault that is to be replaced, not to be believed; None if there is none that can be read.

    Raises ConfigurationError: what is there is no file of the caller's own.
    """
    if not is_vault_there(path):
        return None
    check_vault_file(path)
    try:
        store = SqliteRowStore(path)
        check_format(*store.format())
        raw, _ = read_meta(store)
        store.close()
        return read_header(raw)
    except (ConfigurationError, VaultDamagedError):
        return None


def put_in_place(aside: str, path: str, kept: str, prepare: Callable[[], None]) -> None:
    """Let a staged vault take the place of the one at a path, which is kept.

    `prepare` brings the staged vault up to date with the old one, which does not change any more then. Killed at any
    moment, it leaves the old vault or the new one. It closes the staged one.
    Raises KMSInternalException: the old one is in use, or the disk is full. ConfigurationError.
    """
    try:
        if not is_vault_there(path):
            prepare()
            os.link(aside, path)
        elif _is_whole(path):
            _take_over(aside, path, kept, prepare)
        else:
            _exchange(aside, path, kept, prepare)
        sync_folder(os.path.dirname(os.path.abspath(path)))
    except OSError as error:
        raise ConfigurationError(f"The vault at {path} cannot be replaced: {error.strerror}.") from None


def _take_over(aside: str, path: str, kept: str, prepare: Callable[[], None]) -> None:
    def source() -> SqliteRowStore:
        write_private(kept, b"")
        try:
            copy_to(SqliteRowStore(path), kept)
            sync_file(kept)
            prepare()
        except BaseException:
            remove_store(kept)
            raise
        return SqliteRowStore(aside)

    store = SqliteRowStore(path)
    take_over(store, source)
    store.close()


def _exchange(aside: str, path: str, kept: str, prepare: Callable[[], None]) -> None:
    """Exchange the file of a damaged vault, together with its write-ahead log, while nobody has it open."""
    with open(path, "rb+") as locked:
        try:
            fcntl.lockf(locked, fcntl.LOCK_EX | fcntl.LOCK_NB, *_SHARED_BYTES)
        except BlockingIOError:
            raise KMSInternalException(
                "Other processes have the damaged vault open: end them, then restore again."
            ) from None
        prepare()
        os.link(path, kept)
        if os.path.lexists(path + "-wal"):
            os.rename(path + "-wal", kept + "-wal")
        if os.path.lexists(path + "-shm"):
            os.unlink(path + "-shm")
        os.rename(aside, path)


def _is_whole(path: str) -> bool:
    """Whether the file of a vault is good enough to be written into."""
    try:
        store = SqliteRowStore(path)
        check_format(*store.format())
        faults = integrity_faults(store)
        store.close()
    except (ConfigurationError, VaultDamagedError):
        return False
    return not faults


def _check_copy(vault: Vault, path: str) -> None:
    """See that a copy is whole and opens. Raises RekeyedError: it has keys that the vault got meanwhile."""
    store = SqliteRowStore(path)
    try:
        if integrity_faults(store):
            raise VaultDamagedError("The vault is damaged, and so would be the backup.", mend="See: kmscli vault check")
        if store.meta("header") != vault.raw_header:
            raise RekeyedError
        copy = Vault(store, vault.header, vault.raw_header, vault.keyring)
        transaction = copy.transaction()
        copy.head(transaction)
        transaction.close()
    finally:
        store.close()


def _give_name(aside: str, target: str) -> None:
    """Give a file that is complete its name. Not by a link: a stick for backups may have a file system without."""
    sync_file(aside)
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    os.rename(aside, target)
    sync_folder(os.path.dirname(os.path.abspath(target)))


def _has_content(path: str) -> bool:
    return os.path.exists(path) and os.path.getsize(path) > 0
