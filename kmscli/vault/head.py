"""The head: one row a writer, with the end of its chain of events and its part of the set-hash.

It is read and written under the write lock, with every commit. `commit` counts commits and bounds every row's version
from above, so that no address ever sees one version twice. `latest` is the latest time that the vault has seen;
until `held`, nothing is deleted (design, "Time"). `clock_offset`: the seconds by which a lab vault's clock is ahead
of the machine's; heads of before there was such a thing have none. `shredding`: this commit deleted key material, so
the next one sees once more that the WAL is truncated, should it have been busy.
"""

import json
import os
from typing import Any

SET_SIZE = 1 << 256


class ChainEnd:
    """Where a chain of events ends. `follows`: the end of the chain before it, when it has no event of its own yet."""

    def __init__(self, chain: str, number: int, mac: bytes, follows: dict[str, Any] | None = None) -> None:
        self.chain = chain
        self.number = number
        self.mac = mac
        self.follows = follows

    @classmethod
    def new(cls, follows: "ChainEnd | None" = None) -> "ChainEnd":
        """The start of a chain."""
        named = {"chain": follows.chain, "number": follows.number, "mac": follows.mac.hex()} if follows else None
        return cls(os.urandom(8).hex(), 0, bytes(32), named)

    @classmethod
    def following(cls, follows: dict[str, Any] | None) -> "ChainEnd":
        """The start of a chain in the place of one that has no event: it names what that one named."""
        return cls(os.urandom(8).hex(), 0, bytes(32), follows)


class Place:
    """An event's place in the trail: chain, number in the chain, and the commit that made it."""

    def __init__(self, chain: str, number: int, commit: int) -> None:
        self.chain = chain
        self.number = number
        self.commit = commit

    def is_after(self, other: "Place") -> bool:
        """Whether this event was made later than another."""
        return (self.commit, self.number) > (other.commit, other.number)


NOWHERE = Place("", 0, 0)


class Head:
    """What a writer's head row says."""

    def __init__(
        self,
        end: ChainEnd,
        *,
        commit: int = 0,
        set_hash: int = 0,
        seals: int = 0,
        rows: dict[str, int] | None = None,
        latest: float = 0,
        held: float = 0,
        clock_offset: float = 0,
        shredding: bool = False,
        history: list[dict[str, Any]] | None = None,
    ) -> None:
        self.end = end
        self.commit = commit
        self.set_hash = set_hash
        self.seals = seals
        self.rows = rows or {}
        self.latest = latest
        self.held = held
        self.clock_offset = clock_offset
        self.shredding = shredding
        self.history = history or []

    def encoded(self) -> bytes:
        """The row's plaintext."""
        sums = {"set_hash": f"{self.set_hash:x}", "seals": f"{self.seals:x}"}
        members = {**vars(self), "end": {**vars(self.end), "mac": self.end.mac.hex()}, **sums}
        return json.dumps(members, separators=(",", ":")).encode()

    @classmethod
    def decoded(cls, plain: bytes) -> "Head":
        """The head in a row's plaintext."""
        members = json.loads(plain)
        end = members.pop("end")
        return cls(
            ChainEnd(end["chain"], end["number"], bytes.fromhex(end["mac"]), end["follows"]),
            **{**members, "set_hash": int(members["set_hash"], 16), "seals": int(members["seals"], 16)},
        )

    def move_clock(self, moment: float, machine_time: float) -> None:
        """A lab vault's clock is moved: now, which is `machine_time` by the machine's clock, is `moment`."""
        self.clock_offset = moment - machine_time
        self.latest = max(self.latest, moment)

    def with_new_chain(self) -> "Head":
        """The same with a chain that names the old one's end and has no event yet."""
        history = [*self.history, {"chain": self.end.chain, "number": self.end.number}]
        return Head(
            ChainEnd.new(self.end) if self.end.number else ChainEnd.following(self.end.follows),
            commit=self.commit,
            set_hash=self.set_hash,
            seals=self.seals,
            shredding=self.shredding,
            rows=self.rows,
            latest=self.latest,
            held=self.held,
            clock_offset=self.clock_offset,
            history=history,
        )
