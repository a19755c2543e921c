import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.cli.argv import read
from kmscli.cli.shorthand import ShorthandError, parse
from kmscli.errors import KmscliError
from kmscli.operations.fields import Integer, String
from kmscli.operations.operation import Operation, operation
from kmscli.operations.shapes import List, Map, Request, Response, Shape, Structure

READ: list[tuple[str, dict[str, Any]]] = [
    ("k=a", {"k": "a"}),
    ("k=", {"k": ""}),
    ("=", {"": ""}),
    ("k = a ", {"k": "a"}),
    ("k\t=\na", {"k": "a"}),
    ("k=a=b", {"k": "a=b"}),
    ("a:b=1,aws:x/y.z-#_=2", {"a:b": "1", "aws:x/y.z-#_": "2"}),
    ("k=a , b=c", {"k": "a", "b": "c"}),
    ("k= ,b=c", {"k": "", "b": "c"}),
    ("k=a b", {"k": "a b"}),
    ("k=a\nb", {"k": "a\nb"}),
    ("k=é~", {"k": "é~"}),
    ("k=a{b", {"k": "a{b"}),
    ("k=]", {"k": "]"}),
    ("k=\\,a\\,b\\", {"k": ",a,b\\"}),
    ("k=a,b", {"k": ["a", "b"]}),
    ("k=,b", {"k": ["", "b"]}),
    ("k=a,b,c=d", {"k": ["a", "b"], "c": "d"}),
    ("k=a,b=c", {"k": "a", "b": "c"}),
    ("k=a,x]y", {"k": ["a", "x]y"]}),
    ('k=a,"b,c",d=e', {"k": ["a", "b,c"], "d": "e"}),
    ('k="a,b"', {"k": "a,b"}),
    ("k='a=\"b\"'", {"k": 'a="b"'}),
    ('k= "a\\"b" ,c=d', {"k": 'a"b', "c": "d"}),
    ('k="a\\\\b\\n"', {"k": "a\\b\\n"}),
    ('k="\\"', {"k": "\\"}),
    ('k="😀"', {"k": "😀"}),
    ("k=[]", {"k": []}),
    ("k=[ a , b ]", {"k": ["a", "b"]}),
    ("k=[a,]", {"k": ["a"]}),
    ("k=[,a]", {"k": ["", "a"]}),
    ("k=[[a],{b=c}],d=e", {"k": [["a"], {"b": "c"}], "d": "e"}),
    ("k={}", {"k": {}}),
    ("k={a=b,c=[d,e],}", {"k": {"a": "b", "c": ["d", "e"]}}),
    ("k={a=1,a=2}", {"k": {"a": "2"}}),
    ("k@=a", {"k": "a"}),
]


@pytest.mark.parametrize(("text", "expected"), READ)
def test_shorthand_is_read_as_aws_reads_it(text: str, expected: dict[str, Any]) -> None:
    """Pairs, words, quotes, lists and hashes become plain data."""
    assert parse(text) == expected


SECOND = '\nThis is often because there is a preceding "," instead of a space.'

WRONG: list[tuple[str, str]] = [
    ("", "Expected: '=', received: 'EOF' for input:\n\n^"),
    ("k", "Expected: '=', received: 'EOF' for input:\nk\n ^"),
    (" k=a", "Expected: '=', received: 'k' for input:\n k=a\n ^"),
    ("a b=1", "Expected: '=', received: 'b' for input:\na b=1\n  ^"),
    ("é=1", "Expected: '=', received: 'é' for input:\né=1\n^"),
    ('"a"=b', "Expected: '=', received: '\"' for input:\n\"a\"=b\n^"),
    ("k==", "Expected: ',', received: '=' for input:\nk==\n  ^"),
    ("k=a]", "Expected: ',', received: ']' for input:\nk=a]\n   ^"),
    ("k=😀", "Expected: ',', received: '😀' for input:\nk=😀\n  ^"),
    ('k="a"b', "Expected: ',', received: 'b' for input:\nk=\"a\"b\n     ^"),
    ("k=a,", "Expected: '<second>', received: '<none>' for input:\nk=a,\n    ^"),
    ("k=a,,", "Expected: '=', received: 'EOF' for input:\nk=a,,\n     ^"),
    ("k=a,b c=d", "Expected: '=', received: 'c' for input:\nk=a,b c=d\n      ^"),
    ("k='a", "Expected: '<singled quoted>', received: '<none>' for input:\nk='a\n  ^"),
    ('k="', "Expected: '<double quoted>', received: '<none>' for input:\nk=\"\n  ^"),
    ("k=[a", "Expected: ',', received: 'EOF' for input:\nk=[a\n    ^"),
    ("k=[a] ", "Expected: ',', received: 'EOF' for input:\nk=[a] \n      ^"),
    ("k={a=b", "Expected: ',', received: 'EOF' for input:\nk={a=b\n      ^"),
    ("k={a,b}", "Expected: '=', received: ',' for input:\nk={a,b}\n    ^"),
    ("ab\nc\nd", "Expected: '=', received: 'c' for input:\nab\nc\n^\nd"),
    ("a=1,b=2,a=3", f'Second instance of key "a" encountered for input:\na=1,b=2,a=3\n        ^{SECOND}'),
]


@pytest.mark.parametrize(("text", "message"), WRONG)
def test_wrong_shorthand_is_pointed_at(text: str, message: str) -> None:
    """What is wrong is said as `aws` says it, with a caret under the place."""
    with pytest.raises(ShorthandError) as caught:
        parse(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("opening", ["[", "{a="])
def test_shorthand_has_a_depth(opening: str) -> None:
    """64 levels are read, more are refused, and very many are no different."""
    closing = "]" if opening == "[" else "}"
    assert parse(f"k={opening * 64}x{closing * 64}")
    for depth in (65, 100_000):
        with pytest.raises(ShorthandError, match=r"^More than 64 levels"):
            parse(f"k={opening * depth}")


def test_files_in_shorthand(tmp_path: Path) -> None:
    """`@=` reads files for the words of its own value, and only for those."""
    path = tmp_path / "text"
    path.write_text("a,b\n")
    text = f"a@=file://{path},b=file://{path},c@=[fileb://{path},{{d=file://{path}}},file://{path}]"
    assert parse(text) == {
        "a": "a,b\n",
        "b": f"file://{path}",
        "c": [b"a,b\n", {"d": f"file://{path}"}, "a,b\n"],
    }


@given(st.text(st.sampled_from("kab,,==[]{}\"'\\@ \n\x1c\xa0😀")) | st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    """Whatever the text, there are pairs or a refusal that shows it."""
    refusal = ""
    try:
        assert isinstance(parse(text), dict)
    except ShorthandError as error:
        refusal = str(error)
    assert not refusal or f" for input:\n{text.partition(chr(10))[0]}\n" in refusal


class Tag(Shape):
    """A tag."""

    tag_key = String()
    tag_value = String()


class Constraints(Shape):
    """A structure of structures, maps and lists."""

    subset = Map()
    names = List(String())
    size = Integer()
    tags = List(Structure(Tag))
    inner = Structure(Tag)


class MarkRequest(Request):
    """A request with everything that shorthand can say."""

    tags = List(Structure(Tag))
    context = Map()
    constraints = Structure(Constraints)


class MarkResponse(Response):
    """Nothing."""


@operation()
def mark(request: MarkRequest) -> MarkResponse:
    """Mark."""
    return MarkResponse(**request.__dict__)


KEYS = st.text(st.sampled_from("abcXYZ019-_.:/#"), max_size=5)
QUOTABLE = st.text(max_size=6).filter(lambda text: not text.endswith("\\"))
TAG = st.fixed_dictionaries({}, optional={"TagKey": QUOTABLE, "TagValue": QUOTABLE})
MEMBERS: dict[str, st.SearchStrategy[Any]] = {
    "tags": st.lists(TAG.filter(bool), max_size=3),
    "context": st.dictionaries(KEYS, QUOTABLE, min_size=1, max_size=3),
    "constraints": st.fixed_dictionaries(
        {"Names": st.lists(QUOTABLE, max_size=3)},
        optional={
            "Subset": st.dictionaries(KEYS, QUOTABLE, max_size=3),
            "Size": st.integers(),
            "Tags": st.lists(TAG, max_size=2),
            "Inner": TAG,
        },
    ),
}


def spelled(value: Any) -> str:
    """A value within shorthand."""
    if isinstance(value, dict):
        return f"{{{pairs(value)}}}"
    if isinstance(value, list):
        return f"[{','.join(map(spelled, value))}]"
    text = str(value).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'


def pairs(value: dict[str, Any]) -> str:
    """The pairs of a structure or map in shorthand."""
    return ",".join(f"{key}={spelled(item)}" for key, item in value.items())


def members(of: Operation, *tokens: str) -> dict[str, Any]:
    """The raw members that the tokens say."""
    return read(of, tokens, {}, bytes).raw


@pytest.mark.parametrize("option", MEMBERS)
@given(data=st.data())
def test_shorthand_and_json_say_the_same(option: str, data: st.DataObject) -> None:
    """The same value in shorthand and in JSON gives the same raw request."""
    value = data.draw(MEMBERS[option])
    shorthand = [f"--{option}", *map(pairs, value)] if isinstance(value, list) else [f"--{option}={pairs(value)}"]
    assert members(mark, *shorthand) == members(mark, f"--{option}={json.dumps(value)}")


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"])), min_size=1))
def test_the_words_of_a_list_are_read_or_refused(words: list[str]) -> None:
    """Any words for a list of structures give members or a refusal."""
    try:
        assert isinstance(members(mark, "--tags=", *words, "--context", words[0]), dict)
    except KmscliError as error:
        assert error.exit_code in {252, 255}  # noqa: PT017
