"""Help: one form at every level, from the declarations."""

import sys

import pytest

from kmscli.cli.app import asks_for_help, help_page, run
from kmscli.cli.local.index import LOCAL
from kmscli.cli.local_help import subcommands
from kmscli.cli.page import Page, plain
from kmscli.errors import UsageError
from kmscli.operations.index import KMS


def text_of(*words: str) -> str:
    """The help of a command, as it is piped."""
    return plain(help_page(list(words)), 80)


@pytest.mark.parametrize(
    ("line", "opens"),
    [
        ("help", True),
        ("--help", True),
        ("encrypt help", True),
        ("encrypt --help", True),
        ("encrypt --key-id k --help", True),
        ("encrypt --key-id k help", False),
        ("encrypt stray help", False),
        ("encrypt", False),
        ("vault keyslot add help", True),
        ("vault --help", True),
        ("audit replay --key help", False),
    ],
)
def test_where_help_opens(line: str, *, opens: bool) -> None:
    """`--help` opens help anywhere, `help` only after the words of a command."""
    assert asks_for_help(line.split()) is opens


@pytest.mark.parametrize("command", [*KMS, *LOCAL])
def test_every_command_has_help(command: str) -> None:
    """Each command has a page that says what it does and how it ends, and none is wider than it may be."""
    page = help_page([command])
    text = plain(page, 80)
    assert text.startswith(f"kmscli {command}\n  {page.summary.split()[0]} ")
    assert "Exit codes" in text
    names = [entry.name for section in page.sections for entry in section.entries]
    assert [line for line in text.splitlines() if len(line) > 80 and line.strip(" []") not in names] == []


def test_the_root_lists_every_command() -> None:
    """`kmscli help` names each operation and each local command once."""
    lines = [line.split()[0] for line in text_of().splitlines() if line.startswith("  ")]
    assert [command for command in [*KMS, *LOCAL] if lines.count(command) != 1] == []


def test_an_option_says_all_that_its_declaration_says() -> None:
    """An operation's option shows its kind, its help, whether it must be given, its limits, choices and default."""
    text = " ".join(text_of("encrypt").split())
    assert "--plaintext <blob>" in text
    assert "Required. 1 to 4,096 bytes." in text
    assert "SYMMETRIC_DEFAULT, RSAES_OAEP_SHA_1, RSAES_OAEP_SHA_256, SM2PKE. Default: SYMMETRIC_DEFAULT." in text
    assert "--dry-run | --no-dry-run" in text


def test_hidden_options_are_not_shown() -> None:
    """A paginated list shows the paging options of the command line, not those of the wire."""
    text = text_of("list-keys")
    assert "--max-items" in text
    assert "--marker" not in text


def test_only_fitting_options_are_shown() -> None:
    """`--plaintext-out` is for operations that answer a plaintext."""
    assert "--plaintext-out" in text_of("decrypt")
    assert "--plaintext-out" not in text_of("encrypt")


def test_help_is_plain_when_piped(capsys: pytest.CaptureFixture[str]) -> None:
    """Without a terminal there are no control sequences, and rich is not imported."""
    already = "rich" in sys.modules
    assert run(["encrypt", "help"]) == 0
    assert "\x1b" not in capsys.readouterr().out
    assert ("rich" in sys.modules) is already


def test_an_unknown_command_is_refused() -> None:
    """A command that is none is refused as AWS does, with those that it may have meant."""
    with pytest.raises(UsageError, match="argument operation: Found invalid choice 'encryp'") as refusal:
        run(["encryp"])
    assert refusal.value.message.endswith("\n\nMaybe you meant:\n\n  * encrypt")


@pytest.mark.parametrize("command", LOCAL)
def test_local_commands_offer_no_other_completion(command: str) -> None:
    """A local command leaves completion to the scripts: it has no --install-completion."""
    assert "--install-completion" not in text_of(command)


def test_a_page_below_a_group() -> None:
    """Each command of a local group has a page of its own, which says how it is called."""
    from kmscli.cli.app import local_command

    groups = [name for name in LOCAL if subcommands(local_command(name))]
    assert groups
    for group in groups:
        for name in subcommands(local_command(group)):
            page: Page = help_page([group, name])
            assert page.command == f"kmscli {group} {name}"
            assert page.summary
