"""The completion scripts, in the shells themselves."""

import shutil
import subprocess
from pathlib import Path

import pytest

from kmscli.cli.app import run
from kmscli.errors import UsageError

SCRIPTS = Path(__file__).parents[2] / "completions"

BASH = """
source "$1/kmscli.bash"
COMP_WORDS=("${@:2}") COMP_CWORD=$(($# - 2))
_kmscli
printf '%s\\n' "${COMPREPLY[@]}"
"""

ZSH = """
_describe() { print -l -- ${${(P)@[-1]}%%:*} }
_files() { }
compdef() { }
source $1/_kmscli
words=("${@:2}") CURRENT=$(($# - 1))
_kmscli
"""

FISH = """
source $argv[1]/kmscli.fish
complete -C (string join ' ' -- $argv[2..]) | string replace -r '\\t.*' ''
true
"""

SHELLS = {
    "bash": ["bash", "--norc", "-c", BASH, "bash"],
    "zsh": ["zsh", "-f", "-c", ZSH, "zsh"],
    "fish": ["fish", "--no-config", "-c", FISH],
}

CASES = [
    ("the commands", ["kmscli", ""], {"encrypt", "decrypt", "list-keys", "audit"}, {"--region"}),
    ("after a global option", ["kmscli", "--region", "us-east-1", "encr"], {"encrypt"}, {"--key-id"}),
    ("an operation's options", ["kmscli", "encrypt", "--"], {"--key-id", "--plaintext", "--vault"}, {"--max-items"}),
    ("both spellings of a flag", ["kmscli", "encrypt", "--"], {"--dry-run", "--no-dry-run"}, set()),
    ("paging options", ["kmscli", "list-keys", "--"], {"--max-items", "--page-size"}, {"--marker"}),
    ("a member's choices", ["kmscli", "create-key", "--key-spec", ""], {"SYMMETRIC_DEFAULT", "SM2"}, {"--key-spec"}),
    ("an option's choices", ["kmscli", "list-keys", "--output", ""], {"json", "yaml-stream", "off"}, {"--output"}),
    ("a group's commands", ["kmscli", "audit", ""], {"replay", "verify"}, {"encrypt"}),
    ("a local command's options", ["kmscli", "audit", "replay", "--"], {"--since", "--follow"}, {"--region"}),
]

present = pytest.mark.parametrize("shell", [shell for shell in SHELLS if shutil.which(shell)])


def offered(shell: str, words: list[str]) -> set[str]:
    """What a shell offers for the last of some words."""
    command = [*SHELLS[shell], str(SCRIPTS), *words]
    shown = subprocess.run(command, capture_output=True, text=True, check=True, stdin=subprocess.DEVNULL)
    assert shown.stderr == ""
    return set(shown.stdout.split())


@present
@pytest.mark.parametrize(("words", "among", "not_among"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_what_is_offered(shell: str, words: list[str], among: set[str], not_among: set[str]) -> None:
    """Tab offers the commands, options and values that fit the place, and no others."""
    words_offered = offered(shell, words)
    assert among - words_offered == set()
    assert not_among & words_offered == set()


@pytest.mark.parametrize(("shell", "script"), [("bash", "kmscli.bash"), ("zsh", "_kmscli"), ("fish", "kmscli.fish")])
def test_the_script_is_printed(shell: str, script: str, capsys: pytest.CaptureFixture[str]) -> None:
    """`kmscli completion SHELL` prints the script that was installed, which is the project's own."""
    assert run(["completion", shell]) == 0
    assert capsys.readouterr().out.splitlines()[:3] == (SCRIPTS / script).read_text().splitlines()[:3]


def test_no_other_shell_is_known() -> None:
    """Another shell is refused as wrong usage."""
    with pytest.raises(UsageError, match="invalid choice 'tcsh'"):
        run(["completion", "tcsh"])


@present
def test_files_where_nothing_is_known(shell: str) -> None:
    """For a value that may be anything, no commands are offered: the shell offers files."""
    assert "encrypt" not in offered(shell, ["kmscli", "--vault", ""])
