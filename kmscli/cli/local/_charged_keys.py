"""The keys that AWS would charge for: what is in the vault, and since when each runs up a month's charges."""

import time
from calendar import timegm
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from kmscli.clock import DAY
from kmscli.keys.aliases import ALIAS, Alias
from kmscli.keys.key import KEY, Key
from kmscli.keys.material import MATERIAL, Material
from kmscli.keys.states import DELETING
from kmscli.names import key_arn
from kmscli.vault.transaction import Transaction


class ChargedKey:
    """A key. `rotated`: the moments of its rotations, oldest first. `ends`: when it was scheduled for deletion; None
    while it is not. `is_free`: AWS made it for one of its services.
    """

    def __init__(self, key: Key, aliases: list[str], rotated: list[float], ends: float | None) -> None:
        self.arn = key.arn
        self.region = key.region
        self.spec = key.spec
        self.state = key.state
        self.aliases = aliases
        self.created = key.created
        self.rotated = rotated
        self.ends = ends
        self.is_free = key.is_managed


def charged_keys(
    transaction: Transaction, now: float, held: float, *, account: str, region: str, scheduled: Mapping[str, str]
) -> Iterator[ChargedKey]:
    """The keys that an account has in a Region, or, if that is empty, in all.

    `scheduled`: when the deletion of keys was scheduled, as the trail says; of one that it does not know, the whole
    time before is left out. A rotation that has fallen due counts from then, and a key whose waiting period is over is
    gone, even if neither is written yet. Raises VaultDamagedError, RekeyedError.
    """
    values = [
        value
        for value in transaction.every(KEY, MATERIAL, ALIAS)
        if value.account == account and region in ("", value.region)
    ]
    aliases = _by_key((value, value.name) for value in values if isinstance(value, Alias))
    rotated = _by_key((value, value.rotated) for value in values if isinstance(value, Material) and value.rotated)
    for key in values:
        if isinstance(key, Key) and not key.is_gone(now, held):
            moments = sorted([*rotated.get(key.arn, ()), *_overdue_rotations(key, now)])
            yield ChargedKey(key, aliases.get(key.arn, []), moments, _end(key, scheduled))


def _by_key(values: Iterable[tuple[Any, Any]]) -> dict[str, list[Any]]:
    """What belongs to each key, by its ARN."""
    found: dict[str, list[Any]] = {}
    for value, what in values:
        found.setdefault(key_arn(value.account, value.region, value.key_id), []).append(what)
    return found


def _overdue_rotations(key: Key, now: float) -> Iterator[float]:
    """When a key has rotated by itself, as far as that is not written yet."""
    if key.rotation is None or not key.is_enabled:
        return
    due: float = key.rotation["next"]
    while due <= now:
        yield due
        due += key.rotation["period"] * DAY


def _end(key: Key, scheduled: Mapping[str, str]) -> float | None:
    if key.state not in DELETING:
        return None
    moment = scheduled.get(key.arn)
    return float(timegm(time.strptime(moment, "%Y-%m-%dT%H:%M:%SZ"))) if moment else key.created
