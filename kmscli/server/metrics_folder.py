"""Where workers keep what they count, for whichever of them is asked for all of it.

The library looks for the folder when it is imported, which a worker does after it was forked.
"""

import fcntl
import os
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"
KINDS = ("counter", "gauge_livesum", "histogram")
"""How the names of a process's files begin."""
ROOM = 256 * 1024
"""Bytes in each of them: more than all operations take, with a dozen errors each."""


@contextmanager
def counted_together(workers: int) -> Iterator[None]:
    """Have several processes count together, in a private folder that is removed at the end; one needs none."""
    for name in (VARIABLE, VARIABLE.lower()):
        os.environ.pop(name, None)
    if workers == 1:
        yield
        return
    with tempfile.TemporaryDirectory(prefix="kmscli-metrics-") as folder:
        os.environ[VARIABLE] = folder
        held = os.open(folder, os.O_RDONLY)
        fcntl.flock(held, fcntl.LOCK_SH)  # what is locked is not cleaned up when it is old (tmpfiles.d(5))
        try:
            yield
        finally:
            os.close(held)


def make_room() -> None:
    """Take all the room that what this process counts will need. Raises OSError: there is none.

    The library maps its files into memory, where whoever writes to a page that the disk has no room for is killed.
    """
    for path in _files(os.getpid()):
        with open(path, "ab") as file:
            file.write(bytes(max(0, ROOM - file.tell())))


def forget(pid: int) -> None:
    """Remove what only counts while a worker lives: its requests in flight. What it has answered stays counted, in no
    more room than that takes.
    """
    from prometheus_client.multiprocess import mark_process_dead

    with suppress(OSError):  # whoever counts wrongly serves all the same
        mark_process_dead(pid)  # type: ignore[no-untyped-call]
        for path in filter(os.path.exists, _files(pid)):
            with open(path, "r+b") as file:
                used = int.from_bytes(file.read(4), sys.byteorder)
                file.truncate(max(used, 8))


def _files(pid: int) -> list[str]:
    return [os.path.join(os.environ[VARIABLE], f"{kind}_{pid}.db") for kind in KINDS]


def counting_processes() -> list[int]:
    """The processes that count together."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return [os.getpid()]
    names = [name.removesuffix(".db").rpartition("_") for name in os.listdir(folder)]
    return [int(pid) for kind, _, pid in names if kind == "gauge_livesum"]
