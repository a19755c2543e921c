"""How far a stream of requests has come, on stderr, where a person sees it and nothing else is in the way."""

import os
import stat
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

Advance = Callable[[int, int], None]
"""Takes how many requests are answered, and how many bytes of the stream they were."""


@contextmanager
def progress(descriptor: int) -> Iterator[Advance]:
    """A progress bar for a stream: against its size if it is a file. None where stderr is not the only terminal."""
    if not sys.stderr.isatty() or sys.stdout.isatty() or os.isatty(descriptor):
        yield lambda _count, _size: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.fields[count]} requests"), BarColumn(), TimeElapsedColumn())
    with Progress(
        *columns,
        console=Console(stderr=True),
        transient=True,
        auto_refresh=False,
        redirect_stdout=False,  # else the answers would go to stderr
        redirect_stderr=False,
    ) as bar:
        task = bar.add_task("", total=_size(descriptor), count=0)
        yield lambda count, size: bar.update(task, completed=size, count=count, refresh=True)


def _size(descriptor: int) -> int | None:
    """The size of a file; None for a stream whose end nobody knows."""
    found = os.fstat(descriptor)
    return found.st_size if stat.S_ISREG(found.st_mode) else None
