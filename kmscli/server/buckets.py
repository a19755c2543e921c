"""Token buckets that processes share: one holds what may be taken in a second, and fills at its rate."""

import fcntl
import mmap
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from struct import Struct
from tempfile import mkstemp

_SLOT = Struct("=qd")
"""A bucket: the hash of its name, and when it is full."""
_SLOTS = 16
"""How many slots a name has to choose from."""
_ROW = _SLOT.size * _SLOTS
_ROWS = 4096
_SLACK = 1e-6
"""Of a token: sums of fractions must not refuse the last one of a bucket."""


class Draw:
    """So many tokens, of a bucket that fills at so many a second."""

    def __init__(self, name: str, rate: float, tokens: int = 1) -> None:
        self.name = name
        self.rate = rate
        self.tokens = tokens


def full_after(draw: Draw, full: float, now: float) -> float | None:
    """When a bucket is full again after a draw; None: it holds too little. `full`: when it is full without.

    It holds a second's worth, at least one token. What costs more than it ever holds takes it when it is full, and is
    paid off afterwards.
    """
    wait = max(full - now, 0)
    most = max(draw.rate, 1)
    if most - wait * draw.rate + _SLACK < min(draw.tokens, most):
        return None
    return now + wait + draw.tokens / draw.rate


class Buckets:
    """Buckets by name, shared with every process that is forked after this was made.

    They are in memory, which forgets a bucket that is full: it is as one that nobody has drawn from. Were all slots of
    a name taken, the one that is full soonest would be forgotten too early.
    """

    def __init__(self) -> None:
        """Raises OSError: there is nowhere to make a temporary file, by which processes lock each other out."""
        self._lock, path = mkstemp()
        os.unlink(path)
        self._table = mmap.mmap(-1, _ROW * _ROWS)

    def take(self, draws: Sequence[Draw], now: float) -> bool:
        """Make several draws, or none of them if one asks too much. `now`: monotonic, in seconds."""
        with self._locked():
            places = [self._place(draw.name, now) for draw in draws]
            after = [full_after(draw, self._full(place), now) for draw, place in zip(draws, places, strict=True)]
            if None in after:
                return False
            for draw, place, full in zip(draws, places, after, strict=True):
                _SLOT.pack_into(self._table, place, hash(draw.name), full)
        return True

    def _place(self, name: str, now: float) -> int:
        """Where a name's bucket is; one that has none gets one that is full now."""
        sought = hash(name)
        row = sought % _ROWS * _ROW
        slots = list(_SLOT.iter_unpack(self._table[row : row + _ROW]))
        for number, (found, _) in enumerate(slots):
            if found == sought:
                return row + number * _SLOT.size
        _, number = min((full, number) for number, (_, full) in enumerate(slots))
        _SLOT.pack_into(self._table, row + number * _SLOT.size, sought, now)
        return row + number * _SLOT.size

    def _full(self, place: int) -> float:
        full: float = _SLOT.unpack_from(self._table, place)[1]
        return full

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Keeps other processes out. A lock of the system's is let go by whoever dies."""
        fcntl.lockf(self._lock, fcntl.LOCK_EX)
        try:
            yield
        finally:
            fcntl.lockf(self._lock, fcntl.LOCK_UN)
