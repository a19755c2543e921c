"""Opening a vault and making one.

The key file is written first, then the vault is built aside and linked into place: whoever loses a race finds the
winner's vault and uses it (design, "The vault").
"""

import binascii
import os

from kmscli.errors import ConfigurationError, KMSInternalException
from kmscli.vault.head import ChainEnd, Head
from kmscli.vault.header import Header, believe_header, check_format, fits_header, read_header
from kmscli.vault.held_roots import HELD_ROOTS
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.keyslots import UnlockingSecret, collected, new_slot, open_slots
from kmscli.vault.location import check_vault_file, make_private_folder
from kmscli.vault.rows import Writes, packed
from kmscli.vault.sqlite import SqliteMeta, SqliteRowStore
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import HEAD, Vault


class Opened:
    """An unlocked vault, the root key that wraps its keyring, the slot that gave it, and the secret that opened that.

    For those who rekey, whom no agent stands in for: with its root key there is no slot.
    """

    def __init__(self, vault: Vault, root: bytes, slot: str, secret: UnlockingSecret) -> None:
        self.vault = vault
        self.root = root
        self.slot = slot
        self.secret = secret


def open_vault(path: str, unlocking: Unlocking) -> Vault:
    """Unlock the vault at a path. Raises ConfigurationError, VaultDamagedError."""
    return open_with_root(path, unlocking).vault


def open_with_root(path: str, unlocking: Unlocking) -> Opened:
    """As `open_vault`, with the root key."""
    while True:
        opened = _opened(path, unlocking)
        try:
            return _collected(opened)
        except RekeyedError:
            opened.vault.close()


def _opened(path: str, unlocking: Unlocking) -> Opened:
    check_vault_file(path)
    store = SqliteRowStore(path)
    try:
        return _unlocked(store, unlocking)
    except BaseException:
        store.close()
        raise


def _unlocked(store: SqliteRowStore, unlocking: Unlocking) -> Opened:
    check_format(*store.format())
    raw, wrapped = read_meta(store)
    header = read_header(raw)
    slot, root, secret = _root(raw, header, unlocking)
    keyring = Keyring.unwrapped(root, wrapped, header.bound_to)
    return Opened(Vault(store, header, raw, keyring), root, slot, secret)


def _root(raw: bytes, header: Header, unlocking: Unlocking) -> tuple[str, bytes, UnlockingSecret]:
    """The slot that is opened, the root key, and what opened it: the agent has a root key, and so opens no slot.

    Where the agent's is of before a rekeying, what comes next decides, and the agent learns of it.
    """
    held = unlocking.held_root(header.vault)
    if held and fits_header(raw, held):
        return "", held, UnlockingSecret("root", held, "the agent")
    secret = unlocking.secret(header.vault, frozenset(slot["method"] for slot in header.slots))
    slot, root = open_slots(header.slots, secret)
    believe_header(raw, root)
    if held:
        HELD_ROOTS[header.vault] = root
    return slot["id"], root, secret


def read_meta(store: SqliteRowStore) -> tuple[bytes, bytes]:
    """The header and the wrapped keyring of one moment."""
    snapshot = store.snapshot()
    try:
        return snapshot.meta("header"), snapshot.meta("keyring")
    finally:
        snapshot.close()


def _collected(opened: Opened) -> Opened:
    """Take the root key that a rekeying left for this holder: from now on his slot unlocks as fast as before.

    A vault that cannot be written now is as good without. Raises RekeyedError.
    """
    vault, own = opened.vault, opened.slot
    if not any(slot["id"] == own and "left" in slot for slot in vault.header.slots):
        return opened
    slots = [collected(slot, opened.secret, opened.root) if slot["id"] == own else slot for slot in vault.header.slots]
    successor = vault.renewed(vault.header.with_slots(slots), opened.root, vault.keyring)
    try:
        successor.write({}, lambda _: Writes([], []))
    except (ConfigurationError, KMSInternalException):
        return opened
    return Opened(successor, opened.root, own, opened.secret)


def make_key_file(path: str) -> UnlockingSecret:
    """A new key in a new file of mode 0600, or the key that is there already, when another was first.

    Raises ConfigurationError: no file can be made there.
    """
    from kmscli.vault.unlocking import key_secret, read_strict_key_file

    source = f"the key file {path}"
    key = os.urandom(32)
    aside = beside(path)
    try:
        make_private_folder(os.path.dirname(path))
        write_private(aside, binascii.b2a_base64(key))
        os.link(aside, path)
        sync_folder(os.path.dirname(path))
    except FileExistsError:
        return key_secret(read_strict_key_file(path), source)
    except OSError as error:
        raise ConfigurationError(f"No key file can be made at {path}: {error.strerror}.") from None
    finally:
        remove_store(aside)
    return UnlockingSecret("key", key, source)


def create_vault(
    path: str, secret: UnlockingSecret, *, slot_name: str, lab: bool, now: float, vault_id: str = ""
) -> bool:
    """Build a vault aside and link it into place. False: another was first, and his stands there.

    Raises ConfigurationError: the folder cannot be written.
    """
    folder = os.path.dirname(os.path.abspath(path))
    aside = beside(path)
    root = os.urandom(32)
    slot = new_slot(secret, root, slot_name, now)
    header = Header(vault_id or new_vault_id(), lab=lab, created=now, epoch=1, slots=[slot])
    try:
        make_private_folder(folder)
        write_private(aside, b"")
        _build(aside, header, root)
        os.link(aside, path)
        sync_folder(folder)
    except FileExistsError:
        return False
    except OSError as error:
        raise ConfigurationError(f"No vault can be made at {path}: {error.strerror}.") from None
    finally:
        remove_store(aside)
    return True


def new_vault_id() -> str:
    """A random id: 32 hex digits."""
    return os.urandom(16).hex()


def beside(path: str) -> str:
    """A name for what is being built in the folder where it is to stand."""
    folder, name = os.path.split(os.path.abspath(path))
    return os.path.join(folder, f".{name}.{os.urandom(4).hex()}")


def _build(path: str, header: Header, root: bytes) -> None:
    keyring = Keyring.new()
    head = Head(ChainEnd.new(), latest=header.created)

    def meta(stored: SqliteMeta) -> None:
        stored.put("header", header.sealed(root))
        stored.put("keyring", keyring.wrapped(root, header.bound_to))

    store = SqliteRowStore(path, create=True)
    row = keyring.seal_row(HEAD, 0, packed(head.encoded(), b""), None, None, None)
    store.commit({}, lambda _: Writes([row], []), meta=meta)
    store.checkpoint()
    store.close()
    sync_file(path)


def is_vault_there(path: str) -> bool:
    """Whether anything stands at a vault's path."""
    return os.path.lexists(path)


def write_private(path: str, content: bytes) -> None:
    """Make a new file that only its owner can read, and sync it. Raises OSError: there is one, or it cannot be made."""
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(descriptor)


def sync_file(path: str) -> None:
    """Make a file's content, or a folder's entries, durable."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_folder(path: str) -> None:
    """Make a folder's entries durable."""
    sync_file(path or ".")


def remove_store(path: str) -> None:
    """Remove a database and its write-ahead log, as far as they are there."""
    for name in (path, path + "-wal", path + "-shm"):
        if os.path.exists(name):
            os.unlink(name)


def must_not_exist(path: str) -> None:
    """Raises ConfigurationError: there is something at the path where a vault is to be made."""
    if is_vault_there(path):
        raise ConfigurationError(f"There is a vault at {path} already.", mend="Use it, or name another: --vault PATH")
