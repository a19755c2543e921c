"""Reading the records of a log, source for source, as whatever a decoder makes of them."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

from msgspec import MsgspecError, Struct, field

from kmscli.trail.cloudtrail import Source

T = TypeVar("T")


class Resource(Struct):
    """What a record says of a thing that a call was about."""

    arn: str | None = field(default=None, name="ARN")


_PROGRESS_EVERY = 2048


def records(
    sources: Iterable[Source],
    decode: Callable[[bytes], T],
    complain: Callable[[str], object],
    progress: Callable[[], object] = lambda: None,
) -> Iterator[T]:
    """The records in sources. `complain` is told of each text that is none; `progress` is called now and then.

    Raises KmscliError: a file cannot be read.
    """
    for source in sources:
        for number, text in enumerate(source.texts, 1):
            if not number % _PROGRESS_EVERY:
                progress()
            record = decoded(text, decode)
            if record is not None:
                yield record
            elif text.strip():
                complain(f"{source.name}, {source.unit} {number}: it is not a CloudTrail record")
        progress()


def decoded(text: bytes, decode: Callable[[bytes], T]) -> T | None:
    """A record, or None if the text is none."""
    try:
        return decode(text)
    except (MsgspecError, ValueError, RecursionError):
        return None
