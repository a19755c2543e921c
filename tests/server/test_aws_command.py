"""The real `aws` command, in both versions, against a server: for the same words on the same vault it prints what
`kmscli` prints.
"""

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from botocore.model import ServiceModel

from tests.server.commands import ALIKE, AWS, REFUSED, SAME, Commands, Ran, rows, same_members

AWS_2 = "/usr/bin/aws"
"""Version 2, as Debian packages it; `make test` installs it."""
MODELS_2 = Path("/usr/lib/python3/dist-packages/awscli/botocore/data")
"""What that one knows of the services: as of the time when it was released."""
FAILED = {AWS: 255, AWS_2: 254}
"""The exit codes for whatever the service refused; `kmscli` has version 2's."""
VERSIONS = pytest.mark.parametrize("command", [pytest.param(AWS, id="v1"), pytest.param(AWS_2, id="v2")])
VERSIONS_IN_TURN = pytest.mark.parametrize(
    "command", [pytest.param(AWS, id="v1", marks=pytest.mark.long), pytest.param(AWS_2, id="v2")]
)
"""For the longer tables: a command takes most of a second to start."""


FORMATS = """
kms list-aliases --output yaml
kms list-aliases --output table
kms list-keys --max-items 3 --output yaml-stream
kms list-resource-tags --key-id {key} --output yaml
kms list-aliases --query Aliases[].[AliasName,TargetKeyId] --output table
kms get-public-key --key-id {signer} --output text
kms tag-resource --key-id {key} --tags [{"TagKey":"team","TagValue":"größe"}]
sts get-caller-identity --output yaml
"""
"""Rows whose answers are shown in other ways, or that are said in others."""


def test_the_versions(commands: Commands) -> None:
    """The commands are what they are taken for."""
    assert commands.aws("--version").stdout.startswith("aws-cli/1.")
    assert commands.aws("--version", AWS_2).stdout.startswith("aws-cli/2.")


@VERSIONS
@pytest.mark.parametrize("row", rows(SAME))
def test_both_print_the_same(commands: Commands, row: str, command: str) -> None:
    """Answers without chance in them are the same, letter for letter."""
    theirs, ours = commands.aws(row, command), commands.here(row)
    assert (theirs.returncode, theirs.stderr, ours.returncode) == (0, "", 0)
    assert theirs.stdout == as_known(ours, row, command).stdout


@pytest.mark.parametrize("row", rows(FORMATS))
def test_both_show_alike(commands: Commands, row: str) -> None:
    """What `kmscli` has from version 2 is the same, letter for letter: formats, and JSON as the value of an option."""
    theirs, ours = commands.aws(row, AWS_2), commands.here(row)
    assert (theirs.returncode, theirs.stderr, theirs.stdout) == (0, "", ours.stdout)
    assert ours.returncode == 0


@pytest.mark.parametrize("options", ["--plaintext aGk=", "--plaintext hi --cli-binary-format raw-in-base64-out"])
def test_blobs(commands: Commands, options: str) -> None:
    """Blobs are given in base64, or raw where that is asked for: what `aws` encrypts, `kmscli` decrypts, and back."""
    for one, other in ((lambda row: commands.aws(row, AWS_2), commands.here), (commands.here, commands.aws)):
        blob = json.loads(one(f"kms encrypt --key-id {{key}} {options}").stdout)["CiphertextBlob"]
        (commands.folder / "given").write_bytes(base64.b64decode(blob))
        told = other(f"kms decrypt --ciphertext-blob fileb://{commands.folder}/given --query Plaintext --output text")
        assert told.stdout == "aGk=\n"


@VERSIONS_IN_TURN
@pytest.mark.parametrize("row", rows(ALIKE))
def test_both_print_the_same_members(commands: Commands, row: str, command: str) -> None:
    """Answers with chance in them have the same members, in the same order."""
    theirs, ours = commands.aws(row, command), commands.here(row)
    assert (theirs.returncode, theirs.stderr, ours.returncode) == (0, "", 0)
    assert same_members(theirs, as_known(ours, row, command))


@VERSIONS_IN_TURN
@pytest.mark.parametrize("row", rows(REFUSED))
def test_both_are_refused_alike(commands: Commands, row: str, command: str) -> None:
    """A refusal has the same code, operation and message; only the exit code is that of the command's version."""
    theirs, ours = commands.aws(row, command), commands.here(row)
    assert (ours.returncode, ours.stdout, theirs.stdout) == (254, "", "")
    if command == AWS_2 and "--dry-run" in row:
        assert "Unknown options: --dry-run" in theirs.stderr
        return
    said = theirs.stderr.replace(" (reached max retries: 0)", "")
    assert said.strip() == ours.stderr.strip().removeprefix("kmscli: [ERROR]: ")
    assert said.startswith("\nAn error occurred (")
    assert theirs.returncode == FAILED[command]


@VERSIONS
def test_an_operation_that_is_not_served(commands: Commands, command: str) -> None:
    """What the server does not know is refused in the service's words."""
    said = commands.aws("sts get-session-token", command).stderr.replace(" (reached max retries: 0)", "")
    assert "(InvalidAction) when calling the GetSessionToken operation: Could not find operation" in said


def as_known(ours: Ran, row: str, command: str) -> Ran:
    """What `kmscli` printed, without the members that a command is too old to know."""
    service, operation = row.split()[:2]
    if command == AWS or not ours.stdout.startswith("{"):
        return ours
    (path,) = MODELS_2.glob(f"{service}/*/service-2.json")
    model = ServiceModel(json.loads(path.read_text(encoding="utf-8")))
    name = "".join(word.capitalize() for word in operation.split("-"))
    printed = json.loads(ours.stdout)
    answer = known(printed, model.operation_model(name).output_shape)
    answer |= {member: printed[member] for member in ("NextToken",) if member in printed}  # the command's own
    return Ran(ours.args, ours.returncode, json.dumps(answer, indent=4, ensure_ascii=False) + "\n", ours.stderr)


def known(value: Any, shape: Any) -> Any:
    """A value with the members that a shape has."""
    if shape.type_name == "structure":
        return {name: known(inner, shape.members[name]) for name, inner in value.items() if name in shape.members}
    return [known(item, shape.member) for item in value] if shape.type_name == "list" else value
