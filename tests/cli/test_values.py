import importlib
import time
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.cli.values import DEEPEST, MOST, blob, measure, moment, parse_json, read_paramfile
from kmscli.errors import KmscliError

NEW_YEAR = 1704067200.0

MOMENTS: list[tuple[Any, Any]] = [
    ("1704067200", NEW_YEAR),
    ("1704067200.999", NEW_YEAR),
    ("1.7040672e9", NEW_YEAR),
    (1704067200, NEW_YEAR),
    (1704067200.9, NEW_YEAR),
    ("2024-01-01T00:00:00Z", NEW_YEAR),
    ("2024-01-01T00:00:00.999Z", NEW_YEAR),
    ("2024-01-01T02:00:00+02:00", NEW_YEAR),
    ("20240101T000000Z", NEW_YEAR),
    (datetime(2024, 1, 1, tzinfo=UTC), NEW_YEAR),
    ("20240101", 20240101.0),
    ("-0.5", -1.0),
    ("253402300799", 253402300799.0),
    ("253402300800", "253402300800"),
    ("1e300", "1e300"),
    (1e300, "1e+300"),
    ("nan", "nan"),
    ("inf", "inf"),
    (float("nan"), "nan"),
    ("garbage", "garbage"),
    ("", ""),
    ("99999-01-01", "99999-01-01"),
    ("1 jan 2024 XYZ", "1 jan 2024 XYZ"),
    (date(2024, 1, 1), "2024-01-01"),
    (None, None),
    (True, True),
    ([1], [1]),
]


@pytest.mark.parametrize(("value", "expected"), MOMENTS, ids=str)
def test_moments(value: Any, expected: Any) -> None:
    """A moment is whole seconds since the epoch; what says none stays, for the request to refuse."""
    assert moment(value) == expected


@pytest.mark.parametrize("zone", ["UTC", "Europe/Berlin", "America/Los_Angeles"])
def test_a_moment_without_zone_is_local(zone: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """ISO 8601 without a zone means the machine's own."""
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    assert moment("2024-01-01") == moment("2024-01-01T00:00:00") == time.mktime((2024, 1, 1, 0, 0, 0, 0, 0, -1))
    monkeypatch.undo()
    time.tzset()


def test_other_dates_are_read_where_dateutil_is() -> None:
    """With dateutil, other spellings of a date are read; the date is the same."""
    importlib.import_module("dateutil.parser")
    assert moment("Jan 1 2024 00:00 UTC") == NEW_YEAR


@given(st.text())
def test_any_text_is_a_moment_or_stays(text: str) -> None:
    """Whatever the text, it is seconds that AWS's types can say, or it stays as it was."""
    found = moment(text)
    assert found == text if isinstance(found, str) else found == found // 1


BLOBS: list[tuple[str, bytes]] = [
    ("YWJj", b"abc"),
    ("YW Jj\n", b"abc"),
    ("Y-W_Jj", b"abc"),
    ("YQ==", b"a"),
    ("YQ==YQ==", b"a"),
    ("", b""),
]


@pytest.mark.parametrize(("text", "expected"), BLOBS)
def test_base64_is_read_leniently(text: str, expected: bytes) -> None:
    """Characters outside the alphabet are dropped, and what follows the padding too, as `aws` does it."""
    assert blob(text, None, hidden=False) == blob(text, "base64", hidden=False) == expected


@pytest.mark.parametrize("text", ["a", "YWJ", "é"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    """Bad padding and text that is not ASCII are refused, and shown only where they may be."""
    for hidden, shown in ((False, text), (True, "<sensitive>")):
        with pytest.raises(KmscliError) as caught:
            blob(text, None, hidden=hidden)
        assert (caught.value.message, caught.value.exit_code) == (f'Invalid base64: "{shown}"', 255)


@pytest.mark.parametrize("text", ["file://\0", "fileb://\0", "file:///", "fileb://", "file://none/\n"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    """A file that is none is refused with the system's reason."""
    with pytest.raises(ValueError, match=r"^Unable to load paramfile "):
        read_paramfile(text)


def nested(depth: int) -> Any:
    """A value with so many lists around it."""
    value: Any = "x"
    for _ in range(depth):
        value = [value]
    return value


def test_values_have_a_depth_and_a_size() -> None:
    """Values up to the limits pass, those beyond are refused."""
    measure(nested(DEEPEST))
    assert measure([0] * (MOST - 1)) == MOST
    for value in (nested(DEEPEST + 1), [0] * MOST, [[0] * 1000] * 1000, "\ud800", {"\ud800": 0}):
        with pytest.raises(ValueError, match=r"more than|surrogate"):
            measure(value)


@pytest.mark.parametrize("text", ["", "{", "[" * 1000, "[" * 100_000, '"\\ud800"', "9" * 5000, "[1] 2"])
def test_what_is_no_json_is_refused(text: str) -> None:
    """Broken, very deep and undecodable JSON is a ValueError, never another exception."""
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)
