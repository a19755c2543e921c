"""A walk along the trail: does a line follow from the one before, and if not, what is wrong with it?

1. A line is genuine if its MAC holds over the MAC before that it names itself (`previous`) and over its own bytes.
2. A genuine line follows if `previous` is the MAC of the line before, in the same chain, one number further. The
   first of a chain follows nothing, or names the end of a chain before (`follows`).
3. Everything else is a fault: a line that is not genuine, and a genuine one whose place is not here. The walk goes
   on from the next genuine line. A line that is not genuine accounts for one missing event, not for more.
"""

from binascii import a2b_hex
from collections.abc import Mapping

from msgspec import MsgspecError, Struct
from msgspec.json import Decoder

from kmscli.crypto.hashing import KeyedMac
from kmscli.trail.lines import END, NO_MAC


class Follows(Struct):
    """The end of the chain before, as the first line of a new one names it."""

    chain: str
    number: int
    mac: str


class Stamp(Struct):
    """The member `kmscli` of a line, as far as verification needs it."""

    chain: str
    number: int
    commit: int
    key: int
    previous: str
    follows: Follows | None = None


class _Line(Struct):
    kmscli: Stamp


_decode = Decoder(_Line).decode


class Walk:
    """Where the walk stands: the last genuine line, and how many lines after it are not genuine."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self.keys = {number: KeyedMac(key) for number, key in keys.items()}
        self.chain = ""
        self.number = 0
        self.mac = NO_MAC
        self.commit = 0
        self.broken = 0
        self.earlier: dict[str, int] = {}

    def step(self, line: bytes) -> str:
        """Go on to a line. What is wrong with it, in plain words; empty if it follows."""
        stamp = stamp_of(line)
        if stamp is None:
            self.broken += 1
            return "it is not a line of the trail"
        key = self.keys.get(stamp.key)
        if key is None:
            self.broken += 1
            return "it states a trail key that this vault does not hold"
        mac = mac_of(line)
        is_next = stamp.number == self.number + 1 and stamp.chain == self.chain
        if is_next and key.holds(mac, self.mac, line[:-END]):
            reason = "" if stamp.commit >= self.commit else "its commit number is lower than that of the line before"
            self._move(stamp, mac)
            return reason
        return self._step_aside(line, stamp)

    def genuine(self, line: bytes) -> Stamp | None:
        """A line's stamp, if its MAC holds over the MAC before that it names itself."""
        stamp = stamp_of(line)
        if stamp is None or stamp.key not in self.keys:
            return None
        try:
            previous = bytes.fromhex(stamp.previous)
        except ValueError:
            return None
        return stamp if self.keys[stamp.key].holds(mac_of(line), previous, line[:-END]) else None

    def reach(self, chain: str) -> int:
        """The number of a chain's last event so far; 0 if there is none."""
        return self.number if chain == self.chain else self.earlier.get(chain, 0)

    def nearness(self, stamp: Stamp | None) -> tuple[int, int, int]:
        """Orders files by their first genuine line: the one that goes on from here comes first."""
        if stamp is None:
            return (3, 0, 0)
        if stamp.chain == self.chain:
            return (0, stamp.number, 0)
        before = stamp.follows.chain if stamp.follows else ""
        return (1 if stamp.number == 1 and before == self.chain else 2, stamp.commit, stamp.number)

    def _step_aside(self, line: bytes, stamp: Stamp) -> str:
        """Go on to a line that is not the next of this chain."""
        if not self.genuine(line):
            self.broken += 1
            return "it was changed after it was written, or another vault wrote it"
        last = self.reach(stamp.chain)
        reason = f"it is here again or in the wrong place: event {self.number} of chain {self.chain} is before it"
        if stamp.number > last:
            if stamp.chain not in self.earlier:
                reason = self._gap(stamp, last) or self._seam(stamp)
            self._move(stamp, mac_of(line))
        return reason

    def _gap(self, stamp: Stamp, last: int) -> str:
        """The events that are missing between the last line and a genuine one further on."""
        if stamp.number - 1 - last > self.broken:
            return missing(last + 1, stamp.number - 1, stamp.chain) + " before it"
        before = stamp.follows
        if before and before.number - self.reach(before.chain) > self.broken:
            return missing(self.reach(before.chain) + 1, before.number, before.chain) + " before it"
        return ""

    def _seam(self, stamp: Stamp) -> str:
        """Whether a genuine line without a gap before it goes on from the last one."""
        before = stamp.follows
        if stamp.number > 1:
            fits = stamp.chain != self.chain or stamp.number > self.number + 1
        elif before is None:
            fits = not self.chain
        else:
            fits = (before.chain, before.number) != (self.chain, self.number) or before.mac == self.mac.hex()
        return "" if fits else "it does not go on from the line before"

    def _move(self, stamp: Stamp, mac: bytes) -> None:
        if self.chain not in ("", stamp.chain):
            self.earlier[self.chain] = self.number
            self.earlier.pop(stamp.chain, None)
        self.chain, self.number, self.commit, self.mac = stamp.chain, stamp.number, stamp.commit, mac
        self.broken = 0


def stamp_of(line: bytes) -> Stamp | None:
    """What a line states of its place, be it true or not."""
    try:
        return _decode(line).kmscli
    except (MsgspecError, ValueError, RecursionError):
        return None


def mac_of(line: bytes) -> bytes:
    """The MAC that a line states at its end; one that fits nothing, if it does not end as a line does."""
    end = line[-END:]
    if not (end.startswith(b',"mac":"') and end.endswith(b'"}}\n') and end.islower()):
        return b""
    try:
        return a2b_hex(end[8:-4])
    except ValueError:
        return b""


def missing(first: int, last: int, chain: str) -> str:
    """Which events are missing, in words."""
    return (f"event {first} is" if first == last else f"events {first} to {last} are") + f" missing (chain {chain})"
