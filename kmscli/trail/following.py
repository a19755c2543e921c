"""A log that grows: its lines, and then each line as it is appended."""

import io
import os
from collections.abc import Callable, Iterator

from kmscli.trail.lines import LONGEST, unreadable


def followed(path: str, wait: Callable[[], object]) -> Iterator[bytes]:
    """The whole lines of the log at a path, for ever. `wait` is called while there is nothing new.

    Goes on in the new file when the log is moved away, and from the start when it is emptied. A line without an end
    is not there yet: it may be in the writing, or torn, in which case the next writer cuts it.
    Raises KmscliError: the file cannot be opened.
    """
    while True:
        file = _opened(path)
        if file is None:
            wait()
            continue
        with file:
            yield from _lines_until_moved(path, file, wait)


def _opened(path: str) -> io.BufferedReader | None:
    try:
        return io.BufferedReader(io.FileIO(path))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise unreadable(path, error) from None


def _lines_until_moved(path: str, file: io.BufferedReader, wait: Callable[[], object]) -> Iterator[bytes]:
    was_moved = False
    while True:
        start = file.tell()
        line = file.readline(LONGEST)
        if line.endswith(b"\n") or len(line) == LONGEST:
            yield line
            continue
        file.seek(start if os.fstat(file.fileno()).st_size >= start else 0)
        if was_moved:
            return
        # What was appended between the last read and the move is still to be read, so only then go to the new file.
        was_moved = not _is_at(path, file)
        if not was_moved:
            wait()


def _is_at(path: str, file: io.BufferedReader) -> bool:
    try:
        return os.path.samestat(os.stat(path), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False
