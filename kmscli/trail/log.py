"""The JSON-lines log that follows the vault: what the vault holds beyond the log's last line is appended, in order.

Design, "The trail": a torn last line is cut first; a whole line that does not verify is never cut. The log's lock is
held from reading its end to remembering in the vault how far it is synced, so that one process appends at a time.
"""

import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from errno import ESTALE

from kmscli.crypto.hashing import mac_holds
from kmscli.vault.head import NOWHERE, Place
from kmscli.vault.location import make_private_folder, trail_folder, trail_log
from kmscli.vault.mark import Mark
from kmscli.vault.rows import BusyError
from kmscli.vault.vault import Committed, Vault

_BLOCK = 1 << 14
_MAC_TAIL = len(b',"mac":""}}\n') + 64


def follow(vault: Vault, committed: Committed | None = None) -> Place:
    """Append to a vault's log what the vault has beyond it, sync it, and say so to the vault.

    `committed`: what this process has just committed, which spares a look into the vault when nobody else wrote.
    Raises OSError: the log cannot be written, or goes further than the vault; the events stay in the vault.
    """
    make_private_folder(trail_folder(vault.path))
    flags = os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_NOFOLLOW | os.O_CLOEXEC
    with _locked(trail_folder(vault.path)):
        descriptor = os.open(trail_log(vault.path), flags, 0o600)
        try:
            _cut_torn_line(descriptor)
            last, _ = _last_line(descriptor, vault.keyring.trail)
            lines, end = _beyond(vault, last, committed)
            is_new = os.fstat(descriptor).st_size == 0
            if lines:
                _write(descriptor, b"".join(lines))
            _sync(descriptor)
            if is_new:
                _sync_folders(vault.path)
        finally:
            os.close(descriptor)
        if end.number:
            with suppress(BusyError):  # the log is complete; that it is, whoever follows next tells the vault
                vault.note_synced(end)
        return end


def logged_mark(vault: str, keys: dict[int, bytes]) -> Mark | None:
    """How far the log of a vault has seen it: further than the vault is, if that was rolled back.

    `vault`: its path. `keys`: its trail keys. None: no line verifies.
    """
    try:
        descriptor = os.open(trail_log(vault), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError:
        return None
    try:
        place, line = _last_line(descriptor, keys)
    finally:
        os.close(descriptor)
    return Mark(place.chain, place.number, line[-_MAC_TAIL + 8 : -4].decode(), place.commit, 0) if line else None


@contextmanager
def _locked(folder: str) -> Iterator[None]:
    descriptor = os.open(os.path.join(folder, "lock"), os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _cut_torn_line(descriptor: int) -> None:
    """Cut what a crash left of a line: no line end, or the NULs of a block that was never written."""
    size = os.fstat(descriptor).st_size
    keep = _line_end(descriptor, size)
    start = _line_end(descriptor, keep - 1)
    if b"\0" in os.pread(descriptor, keep - start, start):
        keep = start
    if keep < size:
        os.ftruncate(descriptor, keep)


def _line_end(descriptor: int, upto: int) -> int:
    """Where the last line ends that ends within so many bytes; 0 if none does."""
    while upto > 0:
        start = max(0, upto - _BLOCK)
        at = os.pread(descriptor, upto - start, start).rfind(b"\n")
        if at >= 0:
            return start + at + 1
        upto = start
    return 0


def _last_line(descriptor: int, keys: dict[int, bytes]) -> tuple[Place, bytes]:
    """The last line that verifies, and its place. Looks at the last lines only; a log whose end is foreign has none."""
    size = os.fstat(descriptor).st_size
    start = max(0, size - 64 * _BLOCK)
    tail = os.pread(descriptor, min(size, _BLOCK), max(0, size - _BLOCK))
    place, line = _last_verified(tail, keys)
    if not line and size > _BLOCK:
        place, line = _last_verified(os.pread(descriptor, size - start, start), keys)
    return place, line


def _last_verified(tail: bytes, keys: dict[int, bytes]) -> tuple[Place, bytes]:
    for line in _lines_backwards(tail):
        place = verified_place(line, keys)
        if place.number:
            return place, line
    return NOWHERE, b""


def _lines_backwards(text: bytes) -> Iterator[bytes]:
    """The lines with their line ends, the last one first: hardly ever is a second one asked for."""
    end = len(text)
    while end:
        start = text.rfind(b"\n", 0, end - 1) + 1
        yield text[start:end]
        end = start


def verified_place(line: bytes, keys: dict[int, bytes]) -> Place:
    """The place that a line states, if its MAC holds; else NOWHERE."""
    start = line[:-_MAC_TAIL]
    at = start.rfind(b',"kmscli":{')
    try:
        ours = json.loads(start[at + len(b',"kmscli":') :] + b"}")
        mac = bytes.fromhex(line[-_MAC_TAIL + 8 : -4].decode())
        holds = mac_holds(keys[ours["key"]], mac, bytes.fromhex(ours["previous"]), start)
        place = Place(ours["chain"], ours["number"], ours["commit"])
    except (ValueError, KeyError, TypeError):
        return NOWHERE
    return place if holds else NOWHERE


def _beyond(vault: Vault, last: Place, committed: Committed | None) -> tuple[list[bytes], Place]:
    """The lines that the log lacks, and its place after them."""
    if committed and committed.lines:
        end = committed.head.end
        if (last.chain, last.number) == (end.chain, end.number - len(committed.lines)):
            return committed.lines, Place(end.chain, end.number, committed.head.commit)
    noted = vault.synced()
    if last.is_after(noted) and last.commit > _newest_commit(vault):
        raise OSError(ESTALE, "it goes further than the vault, which was rolled back")
    since = last if last.is_after(noted) else noted
    missing: list[bytes] = []
    while lines := [line for _, lines in vault.events_after(since.commit) for line in lines]:
        before = since
        for line in lines:
            place = verified_place(line, vault.keyring.trail)
            if place.is_after(since):
                missing.append(line)
                since = place
        if since is before:
            break
    return missing, since


def _newest_commit(vault: Vault) -> int:
    transaction = vault.transaction()
    try:
        return vault.head(transaction).commit
    finally:
        transaction.close()


def _sync(descriptor: int) -> None:
    """Make the log durable; on macOS, where fsync does not reach the disk, with its own call."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is not None:
        fcntl.fcntl(descriptor, full)
    else:
        os.fdatasync(descriptor)


def _sync_folders(vault: str) -> None:
    """Make a new log's name durable too, before the vault forgets the events that it holds."""
    for folder in (trail_folder(vault), os.path.dirname(os.path.abspath(vault))):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _write(descriptor: int, content: bytes) -> None:
    """Write all of it, or cut what was written and raise OSError."""
    size = os.fstat(descriptor).st_size
    view = memoryview(content)
    try:
        while view:
            view = view[os.write(descriptor, view) :]
    except OSError:
        os.ftruncate(descriptor, size)
        raise
