"""The time. Read once a call and handed down; nothing else in the house asks the system for it.

Times are seconds since the epoch, in UTC, as floats with milliseconds.
"""

import time
from functools import lru_cache

MINUTE = 60
HOUR = 60 * MINUTE
DAY = 24 * HOUR


def system_time() -> float:
    """The machine's time, in seconds since the epoch, to the millisecond."""
    return round(time.time(), 3)


def monotonic_time() -> float:
    """Seconds since some moment, the same for all processes of this machine; nobody can set them."""
    return time.monotonic()


@lru_cache(maxsize=64)  # the calls of a group share their time
def iso8601(moment: float) -> str:
    """`2026-01-05T09:00:00Z`: the form of CloudTrail's `eventTime` (UTC, whole seconds)."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(int(moment)))


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def trail_style(moment: float) -> str:
    """`Aug 10, 2022, 10:38:27 PM`: how CloudTrail prints a timestamp inside a member (reference 14.1)."""
    at = time.gmtime(int(moment))
    hour = at.tm_hour % 12 or 12
    half = "AM" if at.tm_hour < 12 else "PM"
    return f"{_MONTHS[at.tm_mon - 1]} {at.tm_mday}, {at.tm_year}, {hour}:{at.tm_min:02}:{at.tm_sec:02} {half}"
