"""The lines of a descriptor, in groups, so that whoever writes one line and waits for its answer never waits in vain.

A group is what is there: it ends where no complete line is ready, or where it is large enough. Lines are read from
the raw descriptor, since a buffer in between would not tell whether it holds one.
"""

import os
import select
from collections import deque
from collections.abc import Iterator

from kmscli.errors import KmscliError

MOST = 256
"""How many lines a group has at most. One of more than `LONGEST` bytes in all takes no further line either."""

LONGEST = 1 << 20
"""How many bytes a line may have, its end aside: more than any request of KMS needs. What is beyond is dropped."""

_CHUNK = 1 << 16


class Lines:
    """The lines of a descriptor. `taken`: how many bytes of it the groups so far were.

    A line that is too long comes with one byte more than it may have, so that it shows. The last one needs no end.
    """

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self.taken = 0
        self._complete: deque[bytes] = deque()
        self._begun = bytearray()
        self._is_at_end = False

    def groups(self) -> Iterator[list[bytes]]:
        """The groups, each as soon as it is there. Raises KmscliError: the descriptor cannot be read."""
        while group := self._group():
            yield group

    def _group(self) -> list[bytes]:
        group: list[bytes] = []
        size = 0
        while len(group) < MOST and size <= LONGEST:
            if self._complete:
                group.append(self._complete.popleft())
                size += len(group[-1]) + 1
            elif self._is_at_end or not self._read(waiting=not group):
                break
        self.taken += size
        return group

    def _read(self, *, waiting: bool) -> bool:
        """Take in what is there, if anything is; `waiting` until something is. Whether there was."""
        try:
            ready, _, _ = select.select([self.descriptor], [], [], None if waiting else 0)
            chunk = os.read(self.descriptor, _CHUNK) if ready else None
        except BlockingIOError:
            return waiting  # another reader was faster
        except OSError as error:
            raise KmscliError(f"Standard input cannot be read: {error.strerror}") from None
        if chunk is not None:
            self._take(chunk)
        return chunk is not None

    def _take(self, chunk: bytes) -> None:
        *ends, begun = chunk.split(b"\n")
        for end in ends:
            self._append(end)
            self._complete_line()
        self._append(begun)
        if not chunk:
            self._is_at_end = True
            if self._begun:
                self._complete_line()

    def _append(self, part: bytes) -> None:
        self._begun += part[: LONGEST + 1 - len(self._begun)]

    def _complete_line(self) -> None:
        self._complete.append(bytes(self._begun))
        self._begun.clear()
