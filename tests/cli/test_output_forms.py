"""The output formats against what AWS CLI v2 printed for the same answers (output_golden), and for any answer at all.

An answer's members are read from its `.json` file, which is a golden file too: json keeps the model's order.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from ruamel.yaml import YAML

from kmscli.cli.output import FORMATS, render
from kmscli.errors import KmscliError

GOLDEN = sorted((Path(__file__).parent / "output_golden").iterdir())

TITLES = {
    "describe-key": "DescribeKey",
    "generate-random": "GenerateRandom",
    "get-key-policy": "GetKeyPolicy",
    "list-aliases": "ListAliases",
    "list-grants": "ListGrants",
    "list-key-policies": "ListKeyPolicies",
    "list-keys": "ListKeys",
    "list-keys-cut": "ListKeys",
    "list-resource-tags": "ListResourceTags",
}

names = st.text("ABCabc", min_size=1, max_size=6)
texts = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("\n\t ':#-é漢😀"), max_size=40)
scalars = texts | st.integers() | st.booleans()
answers = st.dictionaries(
    names,
    st.recursive(scalars, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(names, inner, max_size=4)),
    max_size=5,
)


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_an_answer_is_printed_as_aws_prints_it(path: Path) -> None:
    """Every format is the same as AWS CLI's, byte for byte."""
    answer = json.loads(path.with_suffix(".json").read_text())
    form = path.suffix.removeprefix(".")
    assert render(answer, format=form, title=TITLES[path.stem]).encode() == path.read_bytes()


@pytest.mark.parametrize("form", FORMATS)
def test_an_operation_without_an_answer_prints_nothing(form: str) -> None:
    """An empty result is no output at all, in every format."""
    assert render({}, format=form, title="EnableKey") == ""


def test_off_prints_nothing() -> None:
    """`off` prints no answer, and evaluates no query."""
    assert render({"Keys": []}, format="off", query="nosuchfunction(@)") == ""


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("yes", "T: yes"),
        ("12:30:45", "T: 12:30:45"),
        ("0042", "T: '0042'"),
        ("1e3", "T: '1e3'"),
        ("0x1f", "T: '0x1f'"),
        ("true", "T: 'true'"),
        ("null", "T: 'null'"),
        ("~", "T: '~'"),
        ("", "T: ''"),
        ("2024-02-14", "T: '2024-02-14'"),
        ("a: b", "T: 'a: b'"),
        ("- a", "T: '- a'"),
        ("a #b", "T: 'a #b'"),
        ("it's", "T: it's"),
        (" a", "T: ' a'"),
        ("a\tb", 'T: "a\\tb"'),
        ("été", "T: été"),
        ("😀", 'T: "\\U0001F600"'),
        (True, "T: true"),
        (365, "T: 365"),
        ([], "T: []"),
        ({}, "T: {}"),
        (["a", "b"], "T:\n- a\n- b"),
        ([{"B": 1, "A": 2}], "T:\n- A: 2\n  B: 1"),
    ],
)
def test_yaml_quotes_what_yaml_1_2_would_read_as_something_else(value: object, line: str) -> None:
    """A string is quoted where YAML 1.2 would take it for another type, and plain where only YAML 1.1 would."""
    assert render({"T": value}, format="yaml") == f"{line}\n"


def test_yaml_stream_makes_each_answer_a_list_of_one() -> None:
    """Pages written one after the other are one YAML document."""
    assert render({"Keys": [], "Truncated": False}, format="yaml-stream") == "- Keys: []\n  Truncated: false\n"


@pytest.mark.parametrize(
    ("answer", "lines"),
    [
        ({"PolicyNames": ["default"]}, "POLICYNAMES\tdefault\n"),
        ({"Keys": []}, ""),
        ({"Keys": None}, "None\n"),
        ({"B": 2, "A": True}, "True\t2\n"),
        ({"Tags": [{"B": "b"}, {"A": "a", "B": "c"}]}, "TAGS\t\tb\nTAGS\ta\tc\n"),
        ({"Constraints": {"Subset": {"Department": "IT"}}}, "SUBSET\tIT\n"),
        ({"NextToken": {"NextToken": "abc"}}, "NEXTTOKEN\tabc\n"),
    ],
)
def test_text_lines(answer: dict[str, Any], lines: str) -> None:
    """A structure is a line led by the name it has; structures of a list share their columns."""
    assert render(answer, format="text") == lines


def test_a_table_that_fits_the_terminal_lies_flat() -> None:
    """A single row stands upright only where the terminal is too narrow for it."""
    answer = {"KeyId": "1234abcd", "KeyArn": "arn:aws:kms:us-east-1:111122223333:key/1234abcd"}
    flat = render(answer, format="table", title="T", width=80).splitlines()
    upright = render(answer, format="table", title="T", width=40).splitlines()
    assert [line.count("|") for line in flat] == [0, 2, 0, 3, 0, 3, 0]
    assert [line.count("|") for line in upright] == [0, 2, 0, 3, 3, 0]


def test_a_coloured_table_differs_in_colour_only() -> None:
    """Colour changes no column."""
    answer = {"Keys": [{"KeyId": "a", "Nested": {"B": "c"}}]}
    coloured = render(answer, format="table", title="ListKeys", color=True)
    for code in ("\x1b[0m", "\x1b[1m\x1b[34m", "\x1b[2m\x1b[33m"):
        assert code in coloured
        coloured = coloured.replace(code, "")
    assert coloured == render(answer, format="table", title="ListKeys")


@given(answers, st.sampled_from(FORMATS), st.booleans())
def test_any_answer_can_be_shown(answer: dict[str, Any], form: str, terminal: bool) -> None:
    """No answer, however odd, makes a format fail; what is printed ends its last line."""
    text = render(answer, format=form, title="T", terminal=terminal)
    assert not text or text.endswith("\n")


@given(answers, st.booleans())
def test_json_parses_back(answer: dict[str, Any], terminal: bool) -> None:
    """JSON output is the answer itself, on a terminal too."""
    assert not answer or json.loads(render(answer, format="json", terminal=terminal)) == answer


@given(answers, st.booleans())
def test_yaml_parses_back(answer: dict[str, Any], terminal: bool) -> None:
    """YAML output is the answer itself, on a terminal too."""
    assert not answer or YAML(typ="safe").load(render(answer, format="yaml", terminal=terminal)) == answer


@given(st.dictionaries(names, st.lists(st.dictionaries(names, st.text("ab -", max_size=20), max_size=3), max_size=3)))
def test_a_table_is_a_rectangle(answer: dict[str, Any]) -> None:
    """Whatever is in a table, its lines are equally long."""
    lines = render(answer, format="table", title="ListThings").splitlines()
    assert len({len(line) for line in lines}) <= 1


@pytest.mark.parametrize("form", ["json", "text", "table", "yaml", "yaml-stream"])
def test_an_answer_nested_too_deeply_is_refused(form: str) -> None:
    """A value that no format can walk is an error in words, not a traceback."""
    deep: list[Any] = ["x"]
    for _ in range(20_000):
        deep = [deep, "x"]
    with pytest.raises(KmscliError, match="nested too deeply"):
        render({"Deep": deep}, format=form, title="T")


@pytest.mark.parametrize(("form", "loaded"), [("json", ""), ("text", ""), ("table", ""), ("yaml", "ruamel.yaml")])
def test_a_format_loads_only_what_it_needs(form: str, loaded: str) -> None:
    """jmespath and ruamel.yaml are imported for the calls that use them, and no others."""
    heavy = "{'jmespath', 'ruamel.yaml', 'unicodedata', 'rich', 'pathlib'} & set(sys.modules)"
    script = f"import sys; from kmscli.cli.output import render; render({{'A': 'b'}}, format='{form}'); print(*{heavy})"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert set(ran.stdout.split()) & {"jmespath", "ruamel.yaml", "rich"} == set(loaded.split())
