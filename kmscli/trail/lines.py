"""The lines of a log: the fixed bytes at their end, and reading them one by one (format: docs/trail-format.md)."""

import io
import os
import re
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from itertools import chain, islice
from typing import TypeVar

from kmscli.errors import KmscliError

T = TypeVar("T")

NO_MAC = bytes(32)
"""What the first line of a chain has as the MAC before it."""

END = 76
"""The bytes behind what a line's MAC covers: `,"mac":"`, 64 hexadecimal digits, `"}}` and the line end."""

LONGEST = 1 << 24
"""No line is read beyond this many bytes, so that a file without line ends cannot fill the memory."""

READ_FAILURES = (OSError, EOFError, zlib.error)
"""What reading a file raises, be it compressed or not."""

_BLOCK = 1 << 20
_LOOK = 64
_GZIP = b"\x1f\x8b"


def closing(mac: bytes) -> bytes:
    """The last bytes of a line with this MAC."""
    return b',"mac":"' + mac.hex().encode() + b'"}}\n'


class Log:
    """A log to be read once. After `lines` has ended, `torn` holds what a crash left of the last line."""

    def __init__(self, name: str, file: io.BufferedReader, compressed: io.BufferedReader | None = None) -> None:
        self.name = name
        self.torn = b""
        self.file = file
        self._source = compressed or file
        self._seen: list[bytes] = []
        self._unseen = self._read()

    @classmethod
    def opened(cls, path: str) -> "Log":
        """The log at a path, or on standard input for `-`; gzip is known by its first bytes. Raises KmscliError."""
        name = "standard input" if path == "-" else path
        try:
            raw = open(0 if path == "-" else path, "rb", buffering=0, closefd=path != "-")  # noqa: SIM115
            source: io.BufferedReader = io.BufferedReader(raw, _BLOCK)
            if source.peek(2)[:2] != _GZIP:
                return cls(name, source)
        except OSError as error:
            raise unreadable(name, error) from None
        import gzip

        return cls(name, io.BufferedReader(gzip.GzipFile(fileobj=source), _BLOCK), source)

    def lines(self) -> Iterator[bytes]:
        """The whole lines, each with its line end. Raises KmscliError: the file cannot be read or decompressed."""
        return chain(self._seen, self._unseen)

    def first(self, wanted: Callable[[bytes], T | None]) -> T | None:
        """What a function finds in the first lines, without using them up."""
        for line in islice(self._unseen, _LOOK):
            self._seen.append(line)
            found = wanted(line)
            if found is not None:
                return found
        return None

    def position(self) -> int:
        """How many bytes of the file (compressed ones, if it is) have been read; 0 where that cannot be known."""
        return self._source.tell() if self._source.seekable() else 0

    def size(self) -> int:
        """The file's bytes; 0 where that cannot be known."""
        return os.fstat(self._source.fileno()).st_size if self._source.seekable() else 0

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        self._source.close()

    def _read(self) -> Iterator[bytes]:
        held = b""
        try:
            for line in iter(partial(self.file.readline, LONGEST), b""):
                if held:
                    yield held
                    held = b""
                if line[-1:] == b"\n" and b"\0" not in line:
                    yield line
                else:
                    held = line
                    self._leave_the_rest_of(line)
        except READ_FAILURES as error:
            raise unreadable(self.name, error) from None
        self.torn = held

    def _leave_the_rest_of(self, line: bytes) -> None:
        while line and line[-1:] != b"\n":
            line = self.file.readline(LONGEST)


def log_files(log: str) -> list[str]:
    """The files of a log: what was moved away and stands beside it (`….1`, `….2.gz`, `…-20260105`), and itself."""
    folder, name = os.path.split(log)
    try:
        beside = sorted(os.listdir(folder or "."))
    except OSError:
        return []
    rotated = re.compile(re.escape(name) + r"([.-][0-9][0-9.-]*(\.gz)?)?")
    return [os.path.join(folder, each) for each in beside if rotated.fullmatch(each)]


def unreadable(name: str, error: Exception) -> KmscliError:
    """What is said of a log that cannot be read."""
    reason = error.strerror if isinstance(error, OSError) and error.strerror else "its compression is damaged"
    return KmscliError(f"{name} cannot be read: {reason}.")
