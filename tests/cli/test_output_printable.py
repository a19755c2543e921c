"""Text that others wrote, on a terminal and piped."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.cli.output import render
from kmscli.cli.output.errors import render_error
from kmscli.cli.output.printable import printable

HOSTILE = [chr(code) for code in (*range(32), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"] + list(
    "\u061c\u200e\u200f\u2028\u2029\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\udc80"
)
SHOWING = ["json", "text", "table", "yaml", "yaml-stream"]

nasty = st.text(st.sampled_from([*HOSTILE, "a", "é", "漢", "\\", '"', "'", "\n"]), max_size=12)
nasty_answers = st.dictionaries(nasty, nasty | st.lists(nasty) | st.dictionaries(nasty, nasty), min_size=1, max_size=3)


@pytest.mark.parametrize("form", SHOWING)
@given(answer=nasty_answers)
def test_nothing_hostile_reaches_a_terminal(form: str, answer: dict[str, Any]) -> None:
    """No format sends a terminal a control or bidirectional character, in a value or in a name."""
    text = render(answer, format=form, title="T", terminal=True)
    assert not set(text) & set(HOSTILE)


@pytest.mark.parametrize("form", SHOWING)
@given(answer=nasty_answers, terminal=st.booleans())
def test_whatever_is_printed_can_be_encoded(form: str, answer: dict[str, Any], terminal: bool) -> None:
    """A lone surrogate, piped or not, is no failure to print."""
    assert render(answer, format=form, title="T", terminal=terminal).encode() is not None


@given(nasty_answers)
def test_json_on_a_terminal_keeps_its_meaning(answer: dict[str, Any]) -> None:
    """Escaping is JSON's own, so a copy from the terminal parses to the same answer."""
    assert json.loads(render(answer, format="json", terminal=True)) == answer


@pytest.mark.parametrize(
    ("form", "printed"),
    [
        ("json", '"a\\u202eb\\u009bc"\n'),
        ("text", "a\\u202eb\\u009bc\n"),
        ("yaml", '"a\\u202eb\\u009bc"\n'),
        ("yaml-stream", '- "a\\u202Eb\\x9Bc"\n'),
    ],
)
def test_the_form_of_an_escape(form: str, printed: str) -> None:
    """An escape is one that the format itself reads, where it has any."""
    assert render({"A": "a\u202eb\u009bc"}, format=form, query="A", terminal=True) == printed


@pytest.mark.parametrize("form", ["json", "text", "table"])
def test_piped_output_is_raw(form: str) -> None:
    """A pipe gets what AWS sends it."""
    assert "a\u202eb" in render({"A": "a\u202eb"}, format=form, title="T", terminal=False)


def test_a_policy_keeps_its_lines() -> None:
    """Line feeds and tabs lay out what is read; they are no danger to a terminal."""
    assert printable("{\n\t1\n}", terminal=True) == "{\n\t1\n}"


@given(nasty, st.sampled_from(["enhanced", "legacy", "json", "yaml", "text", "table"]))
def test_an_error_shows_nothing_hostile_either(text: str, error_format: str) -> None:
    """AWS echoes what was typed; on a terminal it is escaped."""
    shown = render_error("ValidationException", text, "Encrypt", error_format=error_format, terminal=True)
    assert not set(shown) & set(HOSTILE)
