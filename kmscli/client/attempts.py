"""Calls that are sent again, when and how often `aws` does: its mode "standard" (reference, kms-semantics 17.7)."""

import random
import time
from collections.abc import Callable

from kmscli.errors import KmscliError, ServiceError

DEFAULT = 3
"""How often a call is sent, at most."""
THROTTLED = frozenset(
    (
        "Throttling", "ThrottlingException", "ThrottledException", "RequestThrottledException", "RequestThrottled",
        "TooManyRequestsException", "RequestLimitExceeded", "BandwidthLimitExceeded", "LimitExceededException",
        "SlowDown", "PriorRequestNotComplete",
    )
)  # fmt: skip
"""Codes of what may be asked later. A quota that is used up for good is among them, at AWS too."""
PASSING = frozenset(("RequestTimeout", "RequestTimeoutException"))
STATUSES = (429, 500, 502, 503, 504)
LONGEST_PAUSE = 20


class AnsweredError(ServiceError):
    """An error that an endpoint has answered, by the code and with the status that it gave."""

    def __init__(self, code: str, message: str, status: int) -> None:
        super().__init__(message)
        self.wire_code = code
        self.status = status


def in_attempts(most: int, attempt: Callable[[], bytes]) -> bytes:
    """What the first attempt that succeeds comes to; there is a pause before each but the first.

    Raises KmscliError, as `attempt` did the last time: an error that will not pass, or there were so many attempts.
    """
    for number in range(most - 1):
        try:
            return attempt()
        except AnsweredError as error:
            if not (error.code in THROTTLED | PASSING or error.status in STATUSES):
                raise
            longest = 1.0 if error.code in THROTTLED else 0.05
        except KmscliError:
            longest = 0.05
        time.sleep(random.random() * min(longest * 2**number, LONGEST_PAUSE))  # noqa: S311  no secret
    try:
        return attempt()
    except AnsweredError as error:
        error.retries = most - 1
        raise
