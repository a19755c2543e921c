"""Text of others never reaches a terminal raw, is never taken for markup, and never gives a traceback."""

import json
import os
import re
from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, Machine, Ran

HOSTILE = {
    "title": "\x1b]0;pwned\x07",
    "erase": "\x1b[2J\x1b[1;1H",
    "colour": "\x1b[35;47mred",
    "link": "\x1b]8;;http://evil\x1b\\click\x1b]8;;\x1b\\",
    "C1": "\x9b2J\x9d0;x\x9c",
    "overwrite": "safe\rEVIL\x08\x08",
    "override": "\u202egnp.exe\u202c",
    "isolate": "\u2067abc\u2069\u2066",
    "marks": "\u200e\u200f\u061c",
    "separators": "a\u2028b\u2029c",
    "delete": "\x7f",
    "bell": "\x07",
}
MARKUP = "[bold red]x[/bold red] [link=http://evil]y[/link] [/] [[ :boom:"
EVERYTHING = "".join(HOSTILE.values()) + MARKUP
RAW = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\u2028\u2029]")
OURS = re.compile(r"\x1b\[(0|1|2|3|4|22|3[0-7]|9[0-7]|(1|2);3[0-7]|38;5;\d+)?m")
"""Colours of our own tables and help; none of the hostile texts holds one of these."""


def shown(ran: Ran) -> str:
    """What a terminal was sent, in which nothing is raw but our own colours and line ends."""
    text = OURS.sub("", ran.out.decode()).replace("\r\n", "\n")
    assert "\r" not in text
    assert RAW.search(text) is None, repr(text)
    assert "Traceback" not in text
    assert "This is a bug" not in text
    return text


@pytest.mark.parametrize("form", ["json", "text", "table", "yaml", "yaml-stream"])
def test_a_description_on_a_terminal(machine: Machine, form: str) -> None:
    """A description is escaped in every output format on a terminal."""
    ran = machine.run_on_terminal("create-key", "--description", EVERYTHING, "--output", form).expect()
    assert "pwned" in shown(ran)


def test_a_description_in_a_pipe(machine: Machine) -> None:
    """A pipe gets the text as it is: the JSON says exactly what was stored."""
    ran = machine.run("create-key", "--description", EVERYTHING).expect()
    assert ran.answer["KeyMetadata"]["Description"] == EVERYTHING


PLACES: dict[str, list[str]] = {
    "key id": ["describe-key", "--key-id", "X"],
    "alias": ["create-alias", "--alias-name", "alias/X", "--target-key-id", ALIAS],
    "tag": ["create-key", "--tags", "TagKey=X,TagValue=X"],
    "tag in JSON": ["create-key", "--tags", '[{"TagKey": "X", "TagValue": 5}]'],
    "unknown member": ["create-key", "--tags", '[{"TagKey": "a", "TagValue": "b", "X": "c"}]'],
    "shorthand": ["create-key", "--tags", "X"],
    "JSON": ["create-key", "--tags", '[{"X'],
    "policy": ["create-key", "--policy", "X"],
    "context": ["encrypt", "--key-id", "X", "--plaintext", "aGk=", "--encryption-context", "X=X"],
    "base64": ["encrypt", "--key-id", ALIAS, "--plaintext", "X"],
    "enum": ["create-key", "--key-spec", "X"],
    "Region": ["list-keys", "--region", "X"],
    "profile": ["list-keys", "--profile", "X"],
    "output": ["list-keys", "--output", "X"],
    "query": ["list-keys", "--query", "X"],
    "query string": ["list-keys", "--query", "'X'"],
    "option": ["list-keys", "--X"],
    "stray word": ["list-keys", "X"],
    "command": ["X"],
    "command with help": ["X", "help"],
    "file": ["create-key", "--description", "file://X"],
    "binary file": ["encrypt", "--key-id", ALIAS, "--plaintext", "fileb://X"],
    "vault": ["list-keys", "--vault", "X"],
    "key file": ["list-keys", "--key-file", "X"],
    "output file": ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--ciphertext-out", "X/X"],
    "document": ["create-key", "--cli-input-json", '{"X": "X"}'],
    "document in YAML": ["create-key", "--cli-input-yaml", '{"X": "X"}'],
    "endpoint": ["list-keys", "--endpoint-url", "X"],
    "number": ["list-keys", "--limit", "X"],
    "audit log": ["audit", "replay", "X"],
    "audit option": ["audit", "replay", "--X"],
    "audit moment": ["audit", "replay", "--since", "X"],
    "audit verify": ["audit", "verify", "X"],
    "local command": ["audit", "X"],
    "error format": ["describe-key", "--key-id", "X", "--cli-error-format", "json"],
    "error table": ["describe-key", "--key-id", "X", "--cli-error-format", "table"],
    "error in text": ["describe-key", "--key-id", "X", "--cli-error-format", "text"],
    "error in YAML": ["describe-key", "--key-id", "X", "--cli-error-format", "yaml"],
    "debug": ["describe-key", "--key-id", "X", "--debug"],
}


@pytest.mark.parametrize("place", PLACES)
def test_a_message_on_a_terminal(machine: Machine, place: str) -> None:
    """Whatever a message echoes, wherever it was typed, is escaped on a terminal."""
    shown(machine.run_on_terminal(*(word.replace("X", EVERYTHING) for word in PLACES[place])))


@pytest.mark.parametrize("place", PLACES)
def test_undecodable_words(machine: Machine, place: str) -> None:
    """Bytes that are not UTF-8, anywhere on the command line, are refused or shown escaped."""
    ran = machine.run_on_terminal(*(word.encode().replace(b"X", b"a\xff\xfeb") for word in PLACES[place]))
    assert ran.code in (252, 253, 254, 255)
    shown(ran)


def test_undecodable_surroundings(machine: Machine, tmp_path: Path) -> None:
    """Folders and variables that are not UTF-8 are as good as any."""
    odd = tmp_path / "\udcff\udcfe"
    odd.mkdir()
    env = {"KMSCLI_VAULT": str(odd / "vault.db"), "AWS_PROFILE": "\udcff"}
    for command in (["list-keys"], ["list-keys", "--profile", "default"]):
        assert shown(machine.run_on_terminal(*command, env=env)) != ""
    target = odd / "sealed"
    words = ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk="]
    machine.run(*words, cwd=odd).expect()
    shown(machine.run_on_terminal(*words, "--ciphertext-out", str(target).encode(errors="surrogateescape")))


def test_an_undecodable_home(tmp_path: Path) -> None:
    """A home whose path is not UTF-8 holds a vault like any other."""
    home = tmp_path / "\udcff %41?#"
    home.mkdir(mode=0o700)
    machine = Machine(home)
    assert "made a vault at" in shown(machine.run_on_terminal("create-key").expect())
    assert len(machine.run("list-keys").expect().answer["Keys"]) == 1
    assert machine.run("audit", "path").expect().out == os.fsencode(machine.log) + b"\n"


@pytest.mark.parametrize("form", ["json", "text", "table", "yaml"])
def test_tags_on_a_terminal(machine: Machine, form: str) -> None:
    """Tags are escaped in every list that shows them."""
    tags = json.dumps([{"TagKey": f"{number}", "TagValue": text} for number, text in enumerate(HOSTILE.values())])
    made = machine.run("create-key", "--tags", tags, "--query", "KeyMetadata.KeyId")
    if made.code == 254:
        assert "TagException" in made.err or "ValidationException" in made.err
        return
    shown(machine.run_on_terminal("list-resource-tags", "--key-id", made.answer, "--output", form).expect())


def test_text_that_is_no_markup(machine: Machine) -> None:
    """Brackets are brackets: in an answer, in an error, in the timeline, and in a refusal of a local command."""
    machine.run("create-key", "--description", MARKUP).expect()
    ran = machine.run_on_terminal("create-key", "--description", MARKUP, "--query", "KeyMetadata.Description")
    assert MARKUP in shown(ran)
    assert MARKUP in shown(machine.run_on_terminal("describe-key", "--key-id", MARKUP))
    assert "[bold red]x[/bold red]" in shown(machine.run_on_terminal("audit", "replay", "--since", MARKUP))
    shown(machine.run_on_terminal("audit", MARKUP))
    shown(machine.run_on_terminal(MARKUP))


def test_the_timeline_on_a_terminal(machine: Machine) -> None:
    """Names that calls left in the trail are escaped when it is replayed."""
    context = json.dumps({EVERYTHING: EVERYTHING})
    machine.run("describe-key", "--key-id", f"alias/{EVERYTHING}").expect(254)
    machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--encryption-context", context).expect()
    assert "DescribeKey" in shown(machine.run_on_terminal("audit", "replay"))
    shown(machine.run_on_terminal("audit", "replay", "--output", "json"))
    assert "verified" in shown(machine.run_on_terminal("audit", "verify"))


DEEP = {
    "JSON list": ["create-key", "--tags", "[" * 1000 + "]" * 1000],
    "JSON object": ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--encryption-context", '{"a":' * 1000],
    "policy": ["create-key", "--policy", '{"a":' * 1000 + "1" + "}" * 1000],
    "document": ["create-key", "--cli-input-json", '{"a":' * 1000 + "1" + "}" * 1000],
    "YAML": ["create-key", "--cli-input-yaml", "{a: " * 1000 + "1" + "}" * 1000],
    "YAML list": ["create-key", "--cli-input-yaml", "- " * 1000],
    "query": ["list-keys", "--query", "[" * 1000],
    "query of calls": ["list-keys", "--query", "length(" * 1000],
    "query of ors": ["list-keys", "--query", "||".join("a" * 3000)],
    "shorthand": ["create-key", "--tags", "a={" * 1000],
    "shorthand list": ["create-key", "--tags", "a=[" * 1000],
    "base64": ["encrypt", "--key-id", ALIAS, "--plaintext", "A" * 100_001],
    "many tags": ["create-key", "--tags", *(f"TagKey={number},TagValue=" for number in range(500))],
}


@pytest.mark.parametrize("what", DEEP)
def test_a_thousand_levels(machine: Machine, what: str) -> None:
    """What is a thousand levels deep, or as long, is refused in words."""
    ran = machine.run(*DEEP[what])
    assert ran.code in (252, 254, 255), ran.out
    assert "Traceback" not in ran.err
    assert "This is a bug" not in ran.err, ran.err


@pytest.mark.parametrize("option", ["--cli-input-json", "--cli-input-yaml", "--tags", "--policy"])
def test_a_file_a_thousand_levels_deep(machine: Machine, tmp_path: Path, option: str) -> None:
    """The same from a file."""
    file = tmp_path / "deep"
    for opening in ("[", '{"a":'):
        file.write_text(opening * 1_000)
        ran = machine.run("create-key", option, f"file://{file}")
        assert ran.code in (252, 254, 255)
        assert "This is a bug" not in ran.err


def test_nuls(machine: Machine, tmp_path: Path) -> None:
    """NULs, which only files and JSON can hold, are text like any other, and escaped on a terminal."""
    file = tmp_path / "nul"
    file.write_bytes(b"a\0b")
    ran = machine.run("create-key", "--description", f"file://{file}").expect()
    assert ran.answer["KeyMetadata"]["Description"] == "a\0b"
    document = '{"Description": "a\\u0000b"}'
    assert "\\u0000" in shown(machine.run_on_terminal("create-key", "--cli-input-json", document).expect())
    assert "\\u0000" in shown(machine.run_on_terminal("create-key", "--cli-input-json", document, "--output", "text"))
    machine.run("describe-key", "--cli-input-json", '{"KeyId": "alias/a\\u0000"}').expect(254)
    assert machine.report().wrong == 0


def test_half_a_surrogate_pair(machine: Machine) -> None:
    """JSON can say half a character; no text can hold it."""
    for words in (
        ["create-key", "--cli-input-json", '{"Description": "\\ud800"}'],
        ["create-key", "--tags", '[{"TagKey": "\\ud800", "TagValue": ""}]'],
        ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--encryption-context", '{"\\udfff": ""}'],
    ):
        ran = machine.run(*words)
        assert ran.code == 252
        assert "This is a bug" not in ran.err


def test_secrets_are_not_echoed(machine: Machine) -> None:
    """A plaintext that is refused does not stand in the refusal, on any terminal, with any debugging."""
    for words in (
        ["encrypt", "--key-id", ALIAS, "--plaintext", "TOPSECRET*"],
        ["encrypt", "--key-id", ALIAS, "--cli-input-json", '{"Plaintext": "TOPSECRET*"}'],
        ["encrypt", "--key-id", ALIAS, "--cli-input-json", '{"Plaintext": ["TOPSECRET*"]}', "--debug"],
        ["encrypt", "--key-id", ALIAS, "--cli-binary-format", "raw-in-base64-out", "--plaintext", "TOPSECRET*" * 1000],
        ["encrypt", "--key-id", "alias/none", "--plaintext", "VE9QU0VDUkVU", "--debug"],
    ):
        ran = machine.run(*words)
        assert ran.code in (252, 254, 255)
        assert "TOPSECRET" not in ran.err
        assert "VE9QU0VDUkVU" not in ran.err
    assert b"TOPSECRET" not in machine.log.read_bytes()
    assert b"VE9QU0VDUkVU" not in machine.log.read_bytes()
