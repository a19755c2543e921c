"""Which entries of a replay to show: by key, principal, operation, time and outcome."""

import re
from collections.abc import Collection

from kmscli.clock import DAY, HOUR, MINUTE, iso8601
from kmscli.errors import UsageError
from kmscli.trail.replay import OK, Entry, Key

_AGO = re.compile(r"([0-9]{1,9})([smhdw])")
_SECONDS = {"s": 1, "m": MINUTE, "h": HOUR, "d": DAY, "w": 7 * DAY}


class Selection:
    """What an entry must be to be shown. A filter that is empty admits all; `since` and `until` are as in an entry.

    `keys`: key ids, ARNs, alias names or alias ARNs, as they were when it happened. `principals`: ARNs or their last
    part. `operations`: as in the API or on the command line. `since` is included, `until` is not.
    """

    def __init__(
        self,
        *,
        keys: Collection[str] = (),
        principals: Collection[str] = (),
        operations: Collection[str] = (),
        since: str = "",
        until: str = "",
        errors_only: bool = False,
    ) -> None:
        self.keys = frozenset(keys)
        self.principals = frozenset(principals)
        self.operations = frozenset(_plain(name) for name in operations)
        self.since = since
        self.until = until
        self.errors_only = errors_only

    def admits(self, entry: Entry) -> bool:
        """Whether an entry is to be shown."""
        return (
            entry.time >= self.since
            and (not self.until or entry.time < self.until)
            and not (self.errors_only and entry.outcome == OK)
            and (not self.operations or _plain(entry.operation) in self.operations)
            and (not self.principals or not self.principals.isdisjoint(_principal_names(entry.principal)))
            and (not self.keys or any(not self.keys.isdisjoint(_key_names(key)) for key in entry.keys))
        )


def moment(text: str, now: float, option: str) -> str:
    """The time that a person means, as an entry has it: ISO 8601 (UTC, if it names no zone), or how long ago: `2h`.

    Raises UsageError: it is neither.
    """
    ago = _AGO.fullmatch(text)
    if ago:
        return iso8601(max(0, now - int(ago[1]) * _SECONDS[ago[2]]))
    from datetime import UTC, datetime

    try:
        meant = datetime.fromisoformat(text)
        return iso8601(max(0, (meant if meant.tzinfo else meant.replace(tzinfo=UTC)).timestamp()))
    except (ValueError, OverflowError):
        raise UsageError(f"Bad value for {option}: {text!r} is no time such as 2026-01-05T09:00:00Z or 7d") from None


def _plain(operation: str) -> str:
    return operation.replace("-", "").lower()


def _principal_names(principal: str) -> tuple[str, ...]:
    return principal, principal.rpartition("/")[2]


def _key_names(key: Key) -> list[str]:
    home, _, key_id = key.key.partition(":key/")
    return [key.key, key_id, *key.aliases, *(f"{home}:{alias}" for alias in key.aliases)]
