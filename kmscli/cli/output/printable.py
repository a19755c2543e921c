"""Text that others wrote, made safe to show.

On a terminal a control character may move the cursor or hide what was printed before, and a bidirectional one may
show words in another order than they have. Piped output is what AWS prints, raw; only a lone surrogate, which no
encoding of UTF-8 can carry, is escaped there too.
"""

import re
from typing import Any

_UNENCODABLE = "[\ud800-\udfff]"
_HOSTILE = (
    "[\x00-\x08\x0b-\x1f\x7f-\x9f"  # C0 without tab and line feed, which lay out every format; DEL and C1
    "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # bidirectional marks, embeddings, overrides and isolates
    "\u2028\u2029\ud800-\udfff]"
)


def printable(text: str, *, terminal: bool) -> str:
    """The text with each character that may not be shown written as JSON would escape it."""
    if text.isascii() and not terminal:
        return text
    return re.sub(_HOSTILE if terminal else _UNENCODABLE, _escape, text)


def printable_throughout(value: Any, *, terminal: bool) -> Any:
    """A list or dict in which every text, and every key, is printable."""
    if isinstance(value, str):
        return printable(value, terminal=terminal)
    if isinstance(value, list):
        return [printable_throughout(item, terminal=terminal) for item in value]
    if isinstance(value, dict):
        return {
            printable(key, terminal=terminal): printable_throughout(item, terminal=terminal)
            for key, item in value.items()
        }
    return value


def _escape(found: re.Match[str]) -> str:
    return f"\\u{ord(found[0]):04x}"
