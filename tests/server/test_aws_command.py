"""The real `aws` command against a server: it prints what `kmscli` prints for the same words on the same vault."""

import pytest

from tests.server.commands import ALIKE, REFUSED, SAME, Commands, rows, same_members

FAILED = 255
"""The exit code of version 1 for whatever the service refused; `kmscli` has version 2's, 254."""


@pytest.mark.parametrize("row", rows(SAME))
def test_both_print_the_same(commands: Commands, row: str) -> None:
    """Answers without chance in them are the same, letter for letter."""
    theirs, ours = commands.aws(row), commands.here(row)
    assert (theirs.returncode, theirs.stderr, theirs.stdout) == (0, "", ours.stdout)
    assert ours.returncode == 0


@pytest.mark.parametrize("row", rows(ALIKE))
def test_both_print_the_same_members(commands: Commands, row: str) -> None:
    """Answers with chance in them have the same members, in the same order."""
    theirs, ours = commands.aws(row), commands.here(row)
    assert (theirs.returncode, theirs.stderr, ours.returncode) == (0, "", 0)
    assert same_members(theirs, ours)


@pytest.mark.parametrize("row", rows(REFUSED))
def test_both_are_refused_alike(commands: Commands, row: str) -> None:
    """A refusal has the same code, operation and message; only the exit code is that of the command's version."""
    theirs, ours = commands.aws(row), commands.here(row)
    assert theirs.stderr.strip() == ours.stderr.strip().removeprefix("kmscli: [ERROR]: ")
    assert theirs.stderr.startswith("\nAn error occurred (")
    assert (theirs.returncode, ours.returncode, theirs.stdout, ours.stdout) == (FAILED, 254, "", "")


def test_an_operation_that_is_not_served(commands: Commands) -> None:
    """What the server does not know is refused in the service's words."""
    said = commands.aws("sts get-session-token").stderr
    assert "(InvalidAction) when calling the GetSessionToken operation: Could not find operation" in said
