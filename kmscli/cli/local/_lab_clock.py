"""A lab vault's clock: where it is moved to, and what falls due thereby (design, "Time")."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from heapq import heapify, heappop, heappush
from itertools import takewhile
from typing import Any

from kmscli.clock import DAY, HOUR, MINUTE, iso8601
from kmscli.engine import Caller, Engine
from kmscli.errors import ConfigurationError, UsageError
from kmscli.keys.key import KEY, Happened, Key
from kmscli.vault.rows import due_hour
from kmscli.vault.transaction import Transaction

LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC).timestamp()

_DAYS = r"(?:([0-9]{1,9})y)?(?:([0-9]{1,9})w)?(?:([0-9]{1,9})d)?"
_HOURS = r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?"
_DURATIONS = tuple(re.compile(text, re.IGNORECASE) for text in (_DAYS + _HOURS, f"p{_DAYS}(?:t{_HOURS})?"))
_SECONDS = (365 * DAY, 7 * DAY, DAY, HOUR, MINUTE, 1)


def duration(text: str) -> int:
    """The seconds that `30d`, `1d12h`, `2y` or ISO 8601's `P30DT12H` says; a year has 365 days, months there are none.

    Raises UsageError: it says none.
    """
    found = next(filter(None, (pattern.fullmatch(text) for pattern in _DURATIONS)), None)
    counts = found.groups("0") if found else ()
    seconds = sum(int(count) * unit for count, unit in zip(counts, _SECONDS, strict=False))
    if not seconds:
        raise UsageError(f"Bad value for DURATION: {text!r} is no time such as 30d, 1d12h, 2y or P30D")
    return seconds


def moment(text: str) -> float:
    """The seconds since the epoch that an ISO 8601 text says; UTC if it names no zone.

    Raises UsageError: it says none.
    """
    try:
        meant = datetime.fromisoformat(text)
        return (meant if meant.tzinfo else meant.replace(tzinfo=UTC)).timestamp()
    except (ValueError, OverflowError):
        raise UsageError(f"Bad value for TIME: {text!r} is no time such as 2027-01-01T00:00:00Z") from None


def move_clock(engine: Engine, caller: Caller, name: str, target: Callable[[float], float]) -> tuple[float, float]:
    """Move a vault's clock from now to what `target` makes of now, with an event of that name. Returns both.

    What falls due thereby is not done yet: see `catch_up`. Raises ConfigurationError: the vault is no lab vault, or
    that would be backwards. UsageError: too far.
    """
    if not engine.vault.header.lab:
        raise ConfigurationError(
            "Only a lab vault's clock can be moved, and this vault is none.", mend="Make one: kmscli vault init --lab"
        )
    moves: list[tuple[float, float]] = []

    def change(transaction: Transaction, now: float) -> dict[str, Any]:
        engine.vault.head(transaction, alone=True)
        moved = target(now)
        if moved < now:
            raise ConfigurationError(f"A vault's clock never goes back: it is {iso8601(now)} already.")
        if moved > LAST:
            raise UsageError(f"The clock can be moved up to {iso8601(LAST)}")
        transaction.clock_move = (moved, engine.clock())
        moves.append((now, moved))
        return {"from": iso8601(now), "to": iso8601(moved)}

    engine.change_local(caller, name, change)
    return moves[-1]


def catch_up(engine: Engine, caller: Caller) -> list[Happened]:
    """Do everything that has fallen due, in the order in which it was due on all keys, with one sync for all of it."""
    return list(catching_up(engine, caller))


def catching_up(engine: Engine, caller: Caller) -> Iterator[Happened]:
    """The same, telling what has just happened. It is durable once all of it was told, or the iterator is closed."""
    begun = engine.committed
    try:
        yield from _steps(engine, caller)
    finally:
        if engine.committed is not begun:
            engine.vault.sync()


def _steps(engine: Engine, caller: Caller) -> Iterator[Happened]:
    """Step by step, hour by hour. Keys that are related in several Regions wait as one: a step looks at all of them."""
    while due := engine.look(caller, _first_due):
        hour = due_hour(_due(due[0]))
        related = {(key.account, key.key_id): key for key in sorted(due, key=_due, reverse=True)}
        waiting = [(_due(key), key.arn, key) for key in related.values()]
        heapify(waiting)
        while waiting:
            _, _, key = heappop(waiting)
            happened, left = engine.step(key, caller, engine.clock(), durable=False)
            yield from happened
            if left and due_hour(_due(left)) == hour:
                heappush(waiting, (_due(left), left.arn, left))


def _first_due(transaction: Transaction, now: float, held: float) -> list[Key]:
    """The keys on which something is due in the first hour in which anything is."""
    due = (key for key in transaction.due(KEY, now + HOUR) if key.is_due(now, held))
    first = next(due, None)
    if first is None:
        return []
    hour = due_hour(_due(first))
    return [first, *takewhile(lambda key: due_hour(_due(key)) == hour, due)]


def _due(key: Key) -> float:
    return key.due or 0
