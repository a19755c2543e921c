"""What the text of a value means: files, JSON, blobs, integers, moments (reference 17.4).

The functions raise ValueError with AWS's words, without the option's name, which the caller knows.
"""

import binascii
import json
import os
from typing import Any

from kmscli.errors import KmscliError

DEEPEST = 64
"""How many levels a value may nest; deeper ones are malformed."""

MOST = 100_000
"""How many values a document may hold in all. Aliases let a few lines of YAML say far more than that."""

LAST_MOMENT = 253402300799
"""9999-12-31T23:59:59Z, in seconds since the epoch: the last that AWS's own types can say."""

FIRST_MOMENT = -62135596800


def is_paramfile(text: str) -> bool:
    """Whether the text names a file whose content is meant."""
    return text.startswith(("file://", "fileb://"))


def read_paramfile(text: str) -> str | bytes:
    """The content of the file that `file://` (as text) or `fileb://` (as bytes) names; any other text as it is."""
    if not is_paramfile(text):
        return text
    prefix, _, name = text.partition("://")
    path = os.path.expandvars(os.path.expanduser(name))
    try:
        if prefix == "fileb":
            with open(path, "rb") as file:
                return file.read()
        with open(path, encoding="utf-8") as text_file:
            return text_file.read()
    except UnicodeDecodeError:
        raise ValueError(
            f"Unable to load paramfile ({path}), text contents could not be decoded.  If this is a binary file, "
            "please use the fileb:// prefix instead of the file:// prefix."
        ) from None
    except (OSError, ValueError) as error:
        raise ValueError(f"Unable to load paramfile {text}: {error}") from None


def parse_json(text: str) -> Any:
    """The value that JSON says. Raises ValueError: it is not JSON, or not text that can be kept, or too deep."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError(f"more than {DEEPEST} levels deep") from None
    measure(value)
    return value


def measure(value: Any, depth: int = 0) -> int:
    """How many values there are in a value. Raises ValueError: too many, too deep, or half a surrogate pair in it."""
    inside = _inside(value)
    if inside and depth == DEEPEST:
        raise ValueError(f"more than {DEEPEST} levels deep")
    count = 1
    for inner in inside:
        count += measure(inner, depth + 1)
        if count > MOST:
            raise ValueError(f"more than {MOST} values")
    return count


def _inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return [*value.keys(), *value.values()]
    if isinstance(value, list | tuple | set):
        return list(value)
    if isinstance(value, str) and not decodable(value):
        raise ValueError("half a surrogate pair")
    return []


def decodable(text: str) -> bool:
    """Whether the text is Unicode: no lone surrogates, which stand for bytes of argv that are not UTF-8."""
    try:
        text.isascii() or text.encode()
    except UnicodeEncodeError:
        return False
    return True


def integer(text: str) -> int:
    """The whole number that a text says. Raises KmscliError in Python's words, as `aws` does (255)."""
    try:
        return int(text)
    except ValueError as error:
        raise KmscliError(str(error)) from None


def blob(text: str, binary_format: str | None, *, hidden: bool) -> bytes:
    """The bytes that a text says, in a `--cli-binary-format`. Raises KmscliError: it is not base64 (255).

    As lenient as `aws`: characters outside the alphabet are dropped.
    """
    if binary_format == "raw-in-base64-out":
        return text.encode()
    try:
        return binascii.a2b_base64(text)
    except ValueError:
        raise KmscliError(f'Invalid base64: "{"<sensitive>" if hidden else text}"') from None


def moment(value: Any) -> Any:
    """The seconds since the epoch (UTC, whole) that a value says; the value itself, as text, if it says none.

    ISO 8601 with or without zone (without: local time), seconds since the epoch, or, where dateutil is installed,
    what it can read.
    """
    if value is None or isinstance(value, bool | dict | list | bytes):
        return value
    try:
        seconds = _seconds(value)
    except (ArithmeticError, LookupError, OSError, TypeError, ValueError):
        return value if isinstance(value, str) else str(value)
    return float(seconds // 1) if FIRST_MOMENT <= seconds <= LAST_MOMENT else str(value)


def _seconds(value: Any) -> float:
    if hasattr(value, "timestamp"):
        return float(value.timestamp())
    try:
        return float(value)
    except ValueError:
        pass
    from datetime import datetime

    try:
        return datetime.fromisoformat(value).timestamp()
    except ValueError:
        return _other_date(value)


def _other_date(text: str) -> float:
    from importlib import import_module
    from warnings import catch_warnings, simplefilter

    try:
        parser = import_module("dateutil.parser")
    except ImportError:
        raise ValueError(text) from None
    with catch_warnings():
        simplefilter("error")  # an unknown zone, which dateutil would take for local time
        try:
            return float(parser.parse(text).timestamp())
        except Warning:
            raise ValueError(text) from None
