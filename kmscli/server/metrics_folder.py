"""Where workers keep what they count, for whichever of them is asked for all of it.

The library looks for the folder when it is imported, which a worker does after it was forked.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager

VARIABLE = "PROMETHEUS_MULTIPROC_DIR"


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
        yield


def forget(pid: int) -> None:
    """Remove what only counts while a worker lives: its requests in flight. What it has answered stays counted."""
    from prometheus_client.multiprocess import mark_process_dead

    mark_process_dead(pid)  # type: ignore[no-untyped-call]


def counting_processes() -> list[int]:
    """The processes that count together."""
    folder = os.environ.get(VARIABLE)
    if not folder:
        return [os.getpid()]
    names = [name.removesuffix(".db").rpartition("_") for name in os.listdir(folder)]
    return [int(pid) for kind, _, pid in names if kind == "gauge_livesum"]
