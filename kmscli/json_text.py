"""JSON as bytes: how requests are read, and how answers and events are written.

`json` does it, which every call of the command line has loaded anyhow. In a process that answers many calls `msgspec`
does, in a seventh of the time: what it refuses is `json`'s to decide, and what kmscli has to write, it writes the same
to the byte. That is text, whole numbers, and moments: a fraction below a thousandth or beyond 1e16 looks different.
"""

import json
from typing import Any


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


_DECODER = json.JSONDecoder(parse_constant=_no_constant)
_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"), check_circular=False)
"""Made once: `json.loads` and `json.dumps` make a new one for each text."""


class Fast:
    """A decoder and an encoder of `msgspec`, and what either raises at what it cannot do."""

    def __init__(self) -> None:
        from msgspec import MsgspecError
        from msgspec.json import Decoder, Encoder

        self.decode, self.encode = Decoder().decode, Encoder().encode
        self.failures = (MsgspecError, ValueError, TypeError, OverflowError, RecursionError)


_fast: Fast | None = None


def answer_many() -> None:
    """Be fast from here on: this process lives for long enough to load what that needs."""
    global _fast  # noqa: PLW0603  whether a process has answered many calls is of the process
    _fast = _fast or Fast()


def read(text: bytes) -> Any:
    """The value of a text in any of Unicode's encodings. Raises ValueError, RecursionError."""
    if _fast:
        try:
            return _fast.decode(text)
        except _fast.failures:
            pass
    return _DECODER.decode(text.decode(json.detect_encoding(text), "surrogatepass"))


def written(value: Any) -> bytes:
    """The text of a value, without spaces, in UTF-8.

    Half a surrogate pair, which a request's escapes may hold, has no UTF-8: it stays an escape.
    """
    if _fast:
        try:
            return _fast.encode(value)
        except _fast.failures:
            pass
    return _ENCODER.encode(value).encode("utf-8", "backslashreplace")
