import base64
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmscli.cli.argv import Invocation, no_operation, read, split_globals, unknown_operation, wants_help
from kmscli.errors import KmscliError, UsageError
from kmscli.operations.fields import Blob, Boolean, Enum, Integer, String, Timestamp
from kmscli.operations.operation import Operation, Pagination, operation
from kmscli.operations.shapes import List, Map, Request, Response, Shape, Structure


class Tag(Shape):
    """A tag."""

    tag_key = String(1, 128).required()
    tag_value = String(0, 256).required()


class Constraints(Shape):
    """A structure with a member of every kind."""

    subset = Map()
    names = List(String(1))
    size = Integer(1)
    flag = Boolean()
    document = Blob()


class Credential(Shape):
    """A structure that holds a secret."""

    access_key_id = String(20)
    raw_secret = String(43, secret=True)


class SealRequest(Request):
    """A request with a member of every kind."""

    key_id = String(1, 2048).required()
    plaintext = Blob(1, 4096, secret=True).required()
    signature = Blob(1, 6144)
    names = List(String(1))
    tags = List(Structure(Tag))
    context = Map()
    constraints = Structure(Constraints)
    credential = Structure(Credential)
    spec = Enum("AES_128", "AES_256")
    number_of_bytes = Integer(1, 1024)
    valid_to = Timestamp()
    description = String()
    dry_run = Boolean()


class SealResponse(Response):
    """An answer with raw bytes in it."""

    ciphertext_blob = Blob()


@operation()
def seal(request: SealRequest) -> SealResponse:
    """Seal."""
    return SealResponse(ciphertext_blob=request.plaintext)


class ListThingsRequest(Request):
    """A request for a page."""

    limit = Integer(1, 1000)
    marker = String(1)


class ListThingsResponse(Response):
    """A page."""

    things = List(String())


@operation(pages=Pagination("Things", default=100, most=1000))
def list_things(request: ListThingsRequest) -> ListThingsResponse:
    """List things."""
    return ListThingsResponse(things=[request.marker])


REQUIRED = ["--key-id", "a", "--plaintext", "cGxhaW4="]
GIVEN = {"KeyId": "a", "Plaintext": b"plain"}
DOCUMENT = {"KeyId": "a", "Plaintext": "cGxhaW4="}


def standard_input() -> bytes:
    """What stands on standard input."""
    return b"from stdin"


def invoked(*tokens: str, of: Operation = seal, **options: Any) -> Invocation:
    """The tokens behind the operation's name, read; `options` stood before it."""
    return read(of, tokens, options, standard_input)


def raw(*tokens: str) -> dict[str, Any]:
    """The members that the tokens add to the required ones."""
    members = invoked(*REQUIRED, *tokens).raw
    assert {wire: members[wire] for wire in GIVEN} == GIVEN
    return {wire: value for wire, value in members.items() if wire not in GIVEN}


def refusal(*tokens: str, of: Operation = seal) -> KmscliError:
    """How the tokens are refused."""
    with pytest.raises(KmscliError) as caught:
        invoked(*tokens, of=of)
    return caught.value


ACCEPTED: list[tuple[list[str], dict[str, Any]]] = [
    (["--description", ""], {"Description": ""}),
    (["--description="], {"Description": ""}),
    (["--description=-a=b"], {"Description": "-a=b"}),
    (["--description", "-5"], {"Description": "-5"}),
    (["--description", "-.5"], {"Description": "-.5"}),
    (["--description", "-a b"], {"Description": "-a b"}),
    (["--description", "-"], {"Description": "-"}),
    (["--desc", "x"], {"Description": "x"}),
    (["--desc=x"], {"Description": "x"}),
    (["--description", "x", "--description", "y"], {"Description": "y"}),
    (["--description", "x", "--"], {"Description": "x"}),
    (["--description", "x", ""], {"Description": "x"}),
    (["--description", " file://x"], {"Description": " file://x"}),
    (["--dry-run"], {"DryRun": True}),
    (["--no-dry-run"], {"DryRun": False}),
    (["--dry-run", "--no-dry-run"], {"DryRun": False}),
    (["--no-dry-run", "--dry"], {"DryRun": True}),
    (["--spec", "WHATEVER"], {"Spec": "WHATEVER"}),
    (["--number-of-bytes", " 5 "], {"NumberOfBytes": 5}),
    (["--number-of-bytes", "5000"], {"NumberOfBytes": 5000}),
    (["--names"], {"Names": []}),
    (["--names", "a", "b"], {"Names": ["a", "b"]}),
    (["--names", "a", "--names", "b"], {"Names": ["b"]}),
    (["--names", "a", "--region", "x", "b"], {"Names": ["a", "b"]}),
    (["--names=a"], {"Names": ["a"]}),
    (["--names", '["a", "b"]'], {"Names": ["a", "b"]}),
    (["--names", ' ["a"] '], {"Names": ["a"]}),
    (["--names", "[a", "b"], {"Names": ["[a", "b"]}),
    (["--names", '{"a": 1}'], {"Names": ['{"a": 1}']}),
    (["--names", "a,b"], {"Names": ["a,b"]}),
    (["--names", "file://x", "y"], {"Names": ["file://x", "y"]}),
    (["--tags"], {"Tags": []}),
    (["--tags", "[]"], {"Tags": []}),
    (["--tags", "TagKey=a,TagValue=b"], {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    (
        ["--tags", "TagKey=a,TagValue=b", "TagValue='c,d',TagKey=e"],
        {"Tags": [{"TagKey": "a", "TagValue": "b"}, {"TagValue": "c,d", "TagKey": "e"}]},
    ),
    (["--tags", '[{"TagKey":"a","TagValue":"b"}]'], {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    (["--tags", '{"TagKey":"a","TagValue":"b"}'] * 2, {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    (["--context", "a=b,c = d "], {"Context": {"a": "b", "c": "d"}}),
    (["--context", ' {"a":"b","a":"c"}'], {"Context": {"a": "c"}}),
    (["--constraints", "Subset={a=b}"], {"Constraints": {"Subset": {"a": "b"}}}),
    (["--constraints", "Names=a"], {"Constraints": {"Names": ["a"]}}),
    (
        ["--constraints", "Names=a,b,Size=3,Flag=TRUE,Document=AAH/"],
        {"Constraints": {"Names": ["a", "b"], "Size": 3, "Flag": True, "Document": b"\0\1\xff"}},
    ),
    (["--constraints", '{"Document": "AAH/"}'], {"Constraints": {"Document": b"\0\1\xff"}}),
    (["--valid-to", "1700000000"], {"ValidTo": 1700000000.0}),
    (["--valid-to", "-5.5"], {"ValidTo": -6.0}),
    (["--valid-to", "2024-01-01T00:00:00.9Z"], {"ValidTo": 1704067200.0}),
    (["--signature", "YWJj"], {"Signature": b"abc"}),
    (["--signature", "Y.W Jj\n"], {"Signature": b"abc"}),
    (["--signature", ""], {"Signature": b""}),
    (["--signature", "-"], {"Signature": b"from stdin"}),
    (["--signature", "YWJj", "--cli-binary-format", "base64"], {"Signature": b"abc"}),
]


@pytest.mark.parametrize(("tokens", "expected"), ACCEPTED, ids=str)
def test_what_aws_takes_is_taken(tokens: list[str], expected: dict[str, Any]) -> None:
    """Options become raw members, as `aws` reads them."""
    assert raw(*tokens) == expected


AMBIGUOUS = "ambiguous option: --con could match --context, --constraints"
DATE = "Invalid type for parameter ValidTo, value: {}, type: <class 'str'>, valid types: <class 'datetime.datetime'>"

REFUSED: list[tuple[list[str], int, str]] = [
    (["--description"], 252, "argument --description: expected one argument"),
    (["--description", "-a"], 252, "argument --description: expected one argument"),
    (["--description", "--", "a"], 252, "argument --description: expected one argument"),
    (["--description", "--output", "json"], 252, "argument --description: expected one argument"),
    (["--output"], 252, "argument --output: expected one argument"),
    (["--con", "x"], 252, AMBIGUOUS),
    (["--con=x"], 252, AMBIGUOUS.replace("--con ", "--con=x ")),
    (["--dry-run=true"], 252, "argument --dry-run: ignored explicit argument 'true'"),
    (["--debug=1"], 252, "argument --debug: ignored explicit argument '1'"),
    (["--output", "x"], 252, "argument --output: Found invalid choice 'x'"),
    (
        ["--output", "yaml-strem"],
        252,
        "argument --output: Found invalid choice 'yaml-strem'\n\nMaybe you meant:\n\n  * yaml-stream",
    ),
    (["--generate-cli-skeleton", "x"], 252, "argument --generate-cli-skeleton: Found invalid choice 'x'"),
    (["--key-fd", "x"], 252, "argument --key-fd: invalid int value: 'x'"),
    (["--cli-read-timeout", "x"], 255, "invalid literal for int() with base 10: 'x'"),
    (["--number-of-bytes", "x"], 255, "invalid literal for int() with base 10: 'x'"),
    (["--number-of-bytes", "1.5"], 255, "invalid literal for int() with base 10: '1.5'"),
    (["--foo", "bar"], 252, "Unknown options: --foo, bar"),
    (["--foo", "bar", "baz"], 252, "Unknown options: --foo, baz, bar"),
    (["", "", "bar"], 252, "Unknown options: , bar"),
    (["bar", "--foo=1", "baz", "-k"], 252, "Unknown options: --foo=1, baz, -k, bar"),
    (["--names=a", "b"], 252, "Unknown options: b"),
    (["--names", "a", "--", "b"], 252, "Unknown options: b"),
    (["--", "--dry-run"], 252, "Unknown options: --dry-run"),
    (["--vaul", "x"], 252, "Unknown options: --vaul, x"),
    (["--plaintext-out", "x"], 252, "Unknown options: --plaintext-out, x"),
    (["--max-items", "1"], 252, "Unknown options: --max-items, 1"),
    (["--context", "a=b", "c=d"], 252, "Unknown options: c=d"),
    (
        ["--number-of-bytes", "0"],
        252,
        "Parameter validation failed:\nInvalid value for parameter NumberOfBytes, value: 0, valid min value: 1",
    ),
    (["--valid-to", "garbage"], 252, f"Parameter validation failed:\n{DATE.format('garbage')}, timestamp-string"),
    (["--valid-to", "nan"], 252, f"Parameter validation failed:\n{DATE.format('nan')}, timestamp-string"),
    (
        ["--tags", "TagKey=a"],
        252,
        'Parameter validation failed:\nMissing required parameter in Tags[0]: "TagValue"',
    ),
    (
        ["--tags", "TagKey=a", '{"TagKey": "b"}'],
        252,
        "Error parsing parameter '--tags': Expected: '=', received: '{' for input:\n{\"TagKey\": \"b\"}\n^",
    ),
    (["--tags", '{"TagKey":"a"}', "TagKey=a"], 252, "Error parsing parameter '--tags': Invalid JSON:\nTagKey=a"),
    (
        ["--tags", "TagKey"],
        252,
        "Error parsing parameter '--tags': Expected: '=', received: 'EOF' for input:\nTagKey\n      ^",
    ),
    (
        ["--tags", "[1,2"],
        252,
        (
            "Error parsing parameter '--tags': Invalid JSON: Expecting ',' delimiter: line 1 column 5 (char 4)\n"
            "JSON received: [1,2"
        ),
    ),
    (["--context", "[1]"], 252, "Error parsing parameter '--context': Invalid JSON:\n[1]"),
    (
        ["--context", '{"a": 1}'],
        252,
        (
            "Parameter validation failed:\n"
            "Invalid type for parameter Context.a, value: 1, type: <class 'int'>, valid types: <class 'str'>"
        ),
    ),
    (
        ["--description", "file:///none"],
        252,
        (
            "Error parsing parameter '--description': Unable to load paramfile file:///none: "
            "[Errno 2] No such file or directory: '/none'"
        ),
    ),
    (
        ["--context", "a@=file:///none"],
        252,
        (
            "Error parsing parameter '--context': Unable to load paramfile file:///none: "
            "[Errno 2] No such file or directory: '/none'"
        ),
    ),
    (["--signature", "a"], 255, 'Invalid base64: "a"'),
    (["--signature", "é"], 255, 'Invalid base64: "é"'),
    (["--plaintext", "a"], 255, 'Invalid base64: "<sensitive>"'),
    (["--plaintext", "-", "--signature", "-"], 252, "Only one option may read standard input (-)."),
    (["--description", "\udcff"], 252, "The command line holds bytes that are not UTF-8."),
    (
        ["--cli-input-json", "{}", "--cli-input-yaml", "{}"],
        252,
        "Only one --cli-input- parameter may be specified.",
    ),
]


@pytest.mark.parametrize(("tokens", "exit_code", "message"), REFUSED, ids=lambda value: str(value)[:40])
def test_what_aws_refuses_is_refused(tokens: list[str], exit_code: int, message: str) -> None:
    """A wrong line leaves with the words and the exit code of `aws`."""
    error = refusal(*REQUIRED, *tokens)
    assert (message, exit_code) == (error.message, error.exit_code)


def test_required_options_are_named_together_and_first() -> None:
    """Missing options are named in the model's order, before anything that is unknown."""
    error = refusal("--foo")
    assert error.message == "the following arguments are required: --key-id, --plaintext"


@pytest.mark.parametrize(
    ("error", "code", "has_usage"),
    [
        (no_operation(), "ParamValidation", True),
        (unknown_operation("foo", ["encrypt"]), "ParamValidation", True),
        (refusal("--foo"), "ParamValidation", True),
        (refusal(*REQUIRED, "--foo"), "", True),
        (refusal(*REQUIRED, "--tags", "x"), "ParamValidation", False),
        (refusal(*REQUIRED, "--number-of-bytes", "0"), "ParamValidation", False),
    ],
)
def test_usage_follows_what_could_not_be_read(error: UsageError, code: str, has_usage: bool) -> None:
    """A line that cannot be read is followed by usage; unknown options have no code around them."""
    assert (error.code, bool(error.usage)) == (code, has_usage)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("foo", "argument operation: Found invalid choice 'foo'"),
        ("encrpyt", "argument operation: Found invalid choice 'encrpyt'\n\nMaybe you meant:\n\n  * encrypt"),
    ],
)
def test_an_unknown_operation_is_named_with_what_is_near(name: str, message: str) -> None:
    """A name that is no operation's is refused, with those that it may have meant."""
    assert unknown_operation(name, ["decrypt", "encrypt", "list-keys"]).message == message


SPLIT: list[tuple[list[str], dict[str, Any], str | None, list[str]]] = [
    ([], {}, None, []),
    (["encrypt"], {}, "encrypt", []),
    (["encrypt", "--region", "x"], {}, "encrypt", ["--region", "x"]),
    (["--region", "x", "encrypt", "a"], {"region": "x"}, "encrypt", ["a"]),
    (["--reg=x", "--debug", "encrypt"], {"region": "x", "debug": True}, "encrypt", []),
    (["--region", "x", "--region", "y", "encrypt"], {"region": "y"}, "encrypt", []),
    (["--vault", "v", "vault", "init", "--lab"], {"vault": "v"}, "vault", ["init", "--lab"]),
    (["--key-fd", "3", "encrypt"], {"key_fd": 3}, "encrypt", []),
    (["--version"], {"version": True}, None, []),
    (["--help"], {}, None, ["--help"]),
    (["--foo", "encrypt", "x"], {}, "encrypt", ["--foo", "x"]),
    (["--", "encrypt"], {}, "--", ["encrypt"]),
    (["vault", "--out", "\t"], {}, "vault", ["--out", "\t"]),
]


@pytest.mark.parametrize(("tokens", "chosen", "name", "rest"), SPLIT, ids=str)
def test_options_stand_before_the_operation(
    tokens: list[str], chosen: dict[str, Any], name: str | None, rest: list[str]
) -> None:
    """What stands before the operation's name is read; what follows is left as it is."""
    options, found, left = split_globals(tokens)
    assert ({key: value for key, value in options.items() if value is not None}, found, left) == (chosen, name, rest)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["--region"], "argument --region: expected one argument"),
        (["--no", "encrypt"], "ambiguous option: --no could match "),
        (["--output", "x", "encrypt"], "argument --output: Found invalid choice 'x'"),
        (["--description=\udcff", "encrypt"], "The command line holds bytes that are not UTF-8."),
    ],
)
def test_wrong_options_before_the_operation_are_refused(tokens: list[str], message: str) -> None:
    """The front of a line is read as strictly as its end."""
    with pytest.raises(UsageError) as caught:
        split_globals(tokens)
    assert caught.value.message.startswith(message)


def test_the_last_of_an_option_wins_wherever_it_stands() -> None:
    """An option behind the operation overrides the same one before it; the others stay."""
    options = invoked(*REQUIRED, "--region", "b", region="a", profile="p").options
    assert (options["region"], options["profile"], options["output"]) == ("b", "p", None)


def test_an_option_before_an_operation_that_does_not_have_it_is_refused() -> None:
    """`--plaintext-out` needs an answer with a plaintext, wherever it stands."""
    with pytest.raises(UsageError, match=r"^Unknown options: --plaintext-out$"):
        invoked(*REQUIRED, plaintext_out="x")


def test_own_options_take_no_part_in_prefixes() -> None:
    """kmscli's own options are given in full, and make no AWS prefix ambiguous."""
    options = invoked("--key", "a", "--pl", "eA==", "--vault=v", "--ciphertext-out", "-").options
    assert (options["vault"], options["ciphertext_out"]) == ("v", "-")


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [(["help"], True), (["--key-id", "a", "--help"], True), (["--key-id", "help"], False), ([], False)],
)
def test_help_is_asked_for_by_word_or_option(tokens: list[str], expected: bool) -> None:
    """`help` right behind the operation and `--help` anywhere open its help."""
    assert wants_help(tokens) is expected


PAGED: list[tuple[list[str], dict[str, Any], dict[str, Any]]] = [
    ([], {}, {}),
    (["--page-size", "3"], {"Limit": 3}, {"page_size": 3}),
    (["--max-items", "-1", "--starting-token", "t"], {}, {"max_items": -1, "starting_token": "t"}),
    (["--limit", "3"], {"Limit": 3}, {"no_paginate": True}),
    (["--l", "3", "--marker", "m"], {"Limit": 3, "Marker": "m"}, {"no_paginate": True}),
    (["--no-paginate"], {}, {"no_paginate": True}),
    (["--cli-input-json", '{"Marker": "m"}'], {"Marker": "m"}, {"cli_input_json": '{"Marker": "m"}'}),
]


@pytest.mark.parametrize(("tokens", "members", "chosen"), PAGED, ids=str)
def test_paging(tokens: list[str], members: dict[str, Any], chosen: dict[str, Any]) -> None:
    """A page asked for by hand switches paging off; the page size is the first page's limit."""
    invocation = invoked(*tokens, of=list_things)
    given_options = {key: value for key, value in invocation.options.items() if value is not None}
    assert (invocation.raw, given_options) == (members, chosen)


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["--no-paginate", "--max-items", "1"], "--max-items"),
        (["--limit", "5", "--max-items", "1", "--page-size", "2"], "--page-size, --max-items"),
    ],
)
def test_no_paging_with_paging_options(tokens: list[str], message: str) -> None:
    """One page by hand and options about many contradict each other."""
    error = refusal(*tokens, of=list_things)
    assert error.message == f"Cannot specify --no-paginate along with pagination arguments: {message}"


@pytest.mark.parametrize(
    ("tokens", "message"),
    [
        (["--max-items", "x"], "argument --max-items: invalid int value: 'x'"),
        (["--m", "3"], "ambiguous option: --m could match --marker, --max-items"),
        (["--page-size", "0"], "Parameter validation failed:\nInvalid value for parameter Limit, value: 0, "),
    ],
)
def test_wrong_paging_options(tokens: list[str], message: str) -> None:
    """Paging options are integers, and a page is as large as the operation allows."""
    assert refusal(*tokens, of=list_things).message.startswith(message)


def test_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`file://` is text, `fileb://` is bytes; both know `~` and variables; only the whole value names a file."""
    (tmp_path / "home" / "text").write_bytes(b"cGxh\naW4=\n")
    (tmp_path / "home" / "bytes").write_bytes(b"\xff\0")
    (tmp_path / "home" / "tags").write_text('[{"TagKey": "a", "TagValue": "b"}]')
    (tmp_path / "home" / "token").write_text("t")
    monkeypatch.setenv("FOLDER", str(tmp_path / "home"))
    assert raw("--signature", "file://~/text") == {"Signature": b"plain"}
    assert raw("--signature", "fileb://$FOLDER/bytes") == {"Signature": b"\xff\0"}
    assert raw("--signature", "file://~/text", "--cli-bin", "base64") == {"Signature": b"plain"}
    assert raw("--description", "file://~/text") == {"Description": "cGxh\naW4=\n"}
    assert raw("--tags", "file://~/tags") == {"Tags": [{"TagKey": "a", "TagValue": "b"}]}
    assert raw("--names", "file://~/token") == {"Names": ["t"]}
    assert raw("--context", "a@=file://~/token,b=file://~/token") == {"Context": {"a": "t", "b": "file://~/token"}}
    assert raw("--constraints", "Document=fileb://~/bytes") == {"Constraints": {"Document": b"\xff\0"}}
    assert raw("--constraints", "Document@=fileb://~/bytes") == {"Constraints": {"Document": b"\xff\0"}}
    assert refusal(*REQUIRED, "--description", "file://~/bytes").message == (
        f"Error parsing parameter '--description': Unable to load paramfile ({tmp_path}/home/bytes), text contents "
        "could not be decoded.  If this is a binary file, please use the fileb:// prefix instead of the file:// prefix."
    )


def test_raw_blobs(tmp_path: Path) -> None:
    """In the raw format a blob is the text's own bytes, and what is read as bytes stays what it is."""
    path = tmp_path / "text"
    path.write_text("é")
    raw_format = ["--cli-binary-format", "raw-in-base64-out", "--key-id", "a"]
    assert invoked(*raw_format, "--plaintext", "é").raw["Plaintext"] == "é".encode()
    assert invoked(*raw_format, "--plaintext", f"file://{path}").raw["Plaintext"] == "é".encode()
    assert invoked(*raw_format, "--plaintext", f"fileb://{path}").raw["Plaintext"] == "é".encode()
    assert invoked(*raw_format, "--plaintext", "-").raw["Plaintext"] == b"from stdin"


YAML = """\
KeyId: a
Plaintext: !!binary cGxhaW4=
Tags:
- {TagKey: yes, TagValue: "1"}
ValidTo: 2024-01-01T00:00:00Z
NumberOfBytes: 3
"""


@pytest.mark.parametrize(
    ("tokens", "expected"),
    [
        (["--cli-input-json", json.dumps(DOCUMENT)], GIVEN),
        ([f"--cli-input-json={json.dumps(DOCUMENT)}"], GIVEN),
        (["--cli-input-json", json.dumps(DOCUMENT), "--key-id", "b"], GIVEN | {"KeyId": "b"}),
        (["--cli-input-json", "{}", *REQUIRED], GIVEN),
        (["--cli-input-json", json.dumps(DOCUMENT | {"ValidTo": 1.5})], GIVEN | {"ValidTo": 1.0}),
        (
            ["--cli-input-json", json.dumps(DOCUMENT), "--cli-binary-format", "raw-in-base64-out"],
            GIVEN | {"Plaintext": b"cGxhaW4="},
        ),
        (
            ["--cli-input-yaml", YAML],
            GIVEN | {"Tags": [{"TagKey": "yes", "TagValue": "1"}], "ValidTo": 1704067200.0, "NumberOfBytes": 3},
        ),
    ],
)
def test_documents(tokens: list[str], expected: dict[str, Any]) -> None:
    """A document gives the request; options override it, and none is required."""
    assert invoked(*tokens).raw == expected


def test_a_document_comes_from_a_file(tmp_path: Path) -> None:
    """`--cli-input-json file://…` reads the request from a file."""
    path = tmp_path / "request.json"
    path.write_text(json.dumps(DOCUMENT))
    assert invoked("--cli-input-json", f"file://{path}").raw == GIVEN


ALIASES = """\
a: &a [x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x]
b: &b [*a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a, *a]
c: &c [*b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b, *b]
d: &d [*c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c, *c]
e: &e [*d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d, *d]
"""

WRONG_DOCUMENTS: list[tuple[str, str, str]] = [
    ("json", "{", "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    ("json", "[" * 1000, "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    ("json", '{"a":' * 65 + "1" + "}" * 65, "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    ("json", "[" * 100_000 + "]" * 100_000, "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    ("json", '{"KeyId": "\\ud800"}', "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    ("json", '{"KeyId": %s}' % ("9" * 5000), "Error parsing parameter 'cli-input-json': Invalid JSON received."),
    (
        "json",
        "[]",
        "Error parsing parameter 'cli-input-json': Invalid type: expecting map, received <class 'list'>",
    ),
    (
        "json",
        "file:///none",
        (
            "Error parsing parameter 'cli-input-json': Unable to load paramfile file:///none: "
            "[Errno 2] No such file or directory: '/none'"
        ),
    ),
    ("yaml", "{", "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "[" * 1000, "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "&a [*a]", "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", ALIASES, "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "KeyId: !!timestamp x", "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "KeyId: !!python/name:os.system x", "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "Context: {1: a}", "Error parsing parameter 'cli-input-yaml': Invalid YAML received."),
    ("yaml", "x", "Error parsing parameter 'cli-input-yaml': Invalid type: expecting map, received <class 'str'>"),
]


@pytest.mark.parametrize(("language", "text", "message"), WRONG_DOCUMENTS, ids=lambda value: str(value)[:30])
def test_wrong_documents(language: str, text: str, message: str) -> None:
    """A document that is none, too deep, too large or not text is refused without being shown."""
    error = refusal(f"--cli-input-{language}", text)
    assert (error.message, error.exit_code) == (message, 252)


HIDDEN: list[tuple[list[str], str]] = [
    (
        ["--cli-input-json", json.dumps(DOCUMENT | {"KeyId": 777, "NumberOfBytes": -777})],
        (
            "Invalid type for parameter KeyId, value: <sensitive>, type: <class 'int'>, valid types: <class 'str'>\n"
            "Invalid value for parameter NumberOfBytes, value: <sensitive>, valid min value: 1"
        ),
    ),
    (
        ["--cli-input-json", json.dumps(DOCUMENT | {"Context": {"a, value: b": [", type: <class 777"]}})],
        "Invalid type for parameter Context.a, value: <sensitive>, type: <class 'list'>, valid types: <class 'str'>",
    ),
    (
        ["--cli-input-json", json.dumps(DOCUMENT | {"KeyId": ""})],
        "Invalid length for parameter KeyId, value: 0, valid min length: 1",
    ),
    (
        ["--cli-input-json", json.dumps(DOCUMENT | {"X": 777})],
        'Unknown parameter in input: "X", must be one of: ',
    ),
    (
        [*REQUIRED, "--credential", '{"777": {"777": ""}, "RawSecret": ["777"]}'],
        (
            'Unknown parameter in Credential: "<sensitive>", must be one of: AccessKeyId, RawSecret\n'
            "Invalid type for parameter Credential.RawSecret, value: <sensitive>, type: <class 'list'>, "
            "valid types: <class 'str'>"
        ),
    ),
    (
        [*REQUIRED, "--credential", "AccessKeyId"],
        "Expected: '=', received: <sensitive> for input:\n<sensitive>",
    ),
    (
        [*REQUIRED, "--credential", "RawSecret=777,777,=777=777,=777"],
        "Second instance of key <sensitive> encountered for input:\n<sensitive>",
    ),
    ([*REQUIRED, "--credential", '{"777"'], "JSON received: <sensitive>"),
    ([*REQUIRED, "--credential", "[777]"], "Invalid JSON:\n<sensitive>"),
    (["--cli-input-json", json.dumps(DOCUMENT | {"Signature": "77777"})], 'Invalid base64: "<sensitive>"'),
    (["--key-id", "a", "--plaintext", "77777"], 'Invalid base64: "<sensitive>"'),
]


@pytest.mark.parametrize(("tokens", "message"), HIDDEN, ids=lambda value: str(value)[-40:])
def test_secrets_and_documents_are_not_shown(tokens: list[str], message: str) -> None:
    """Where `aws` echoes a bad value, kmscli hides what is secret and what came from a document."""
    error = refusal(*tokens)
    assert message in error.message
    assert "777" not in error.message


def test_a_credential_that_is_right_is_taken() -> None:
    """Hiding a secret's faults does not change how it is read."""
    assert raw("--credential", f"AccessKeyId={'a' * 20},RawSecret={'b' * 43}=") == {
        "Credential": {"AccessKeyId": "a" * 20, "RawSecret": "b" * 43 + "="}
    }


@pytest.mark.parametrize("format_", [[], ["input"], ["yaml-input"]])
def test_a_skeleton_needs_no_values(format_: list[str]) -> None:
    """For a request's skeleton nothing is required, and nothing else is read; unknown options stay unknown."""
    invocation = invoked("--tags", "x", "--generate-cli-skeleton", *format_)
    assert (invocation.raw, invocation.options["generate_cli_skeleton"]) == ({}, (format_ or ["input"])[0])
    assert refusal("--generate-cli-skeleton", "--foo").message == "Unknown options: --foo"


def test_a_sample_answer_needs_its_request() -> None:
    """For a sample answer the request is checked as for a call."""
    assert refusal("--generate-cli-skeleton", "output").message.startswith("the following arguments are required")
    assert invoked(*REQUIRED, "--generate-cli-skeleton", "output").raw == GIVEN


SPELLINGS = [
    "--key-id", "--plaintext", "--names", "--tags", "--context", "--constraints", "--credential", "--valid-to",
    "--number-of-bytes", "--dry-run", "--no-dry-run", "--signature", "--cli-input-json", "--cli-input-yaml", "--region",
    "--generate-cli-skeleton", "--vault", "--key-fd", "--output", "--", "-", "--con", "=", "a=", "{", "[", "null",
]  # fmt: skip
TEXT = st.text(st.characters(blacklist_categories=()))
TOKEN = st.one_of(st.sampled_from(SPELLINGS), TEXT, st.builds("{}={}".format, st.sampled_from(SPELLINGS), TEXT))


@settings(deadline=None)
@given(st.lists(TOKEN))
def test_any_line_is_read_or_refused(tokens: list[str]) -> None:
    """Whatever is typed gives an invocation whose request is typed or refused, or a refusal; never anything else."""
    for line in (tokens, [*REQUIRED, *tokens], ["--cli-input-json", json.dumps(DOCUMENT), *tokens]):
        try:
            split_globals(line)
            SealRequest.parse(invoked(*line).raw)
        except KmscliError as error:
            assert error.exit_code in {252, 254, 255}  # noqa: PT017


NAMES = st.sampled_from([*SealRequest.fields, *Constraints.fields, *Tag.fields]) | st.text(max_size=3)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=3)
DEEP = st.recursive(
    SCALARS, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3), max_leaves=8
)


@settings(deadline=None)
@given(st.dictionaries(NAMES, DEEP, max_size=4))
def test_any_document_is_read_or_refused(members: dict[str, Any]) -> None:
    """Whatever JSON a document holds gives an invocation whose request is typed or refused, or a refusal."""
    try:
        SealRequest.parse(invoked("--cli-input-json", json.dumps(members)).raw)
    except KmscliError as error:
        assert error.exit_code in {252, 254, 255}  # noqa: PT017


@given(st.binary())
def test_any_bytes_can_be_given_as_base64(content: bytes) -> None:
    """A blob given in base64 is the bytes that it says."""
    assert raw("--signature", base64.b64encode(content).decode()) == {"Signature": content}


def test_a_plain_call_imports_no_more_than_it_needs() -> None:
    """The reader brings in neither shorthand, documents and skeletons nor anything heavy, unless they are used."""
    script = "import sys; import kmscli.cli.argv; print('\\n'.join(sys.modules))"
    listed = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    own = {"kmscli.cli.shorthand", "kmscli.cli.input_document", "kmscli.cli.skeleton"}
    heavy = {"datetime", "dataclasses", "difflib", "inspect", "pathlib", "ruamel.yaml", "typer", "rich", "base64"}
    assert (own | heavy).isdisjoint(listed)
