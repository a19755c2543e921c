"""Readable terminal transcripts, run against the installed kmscli in a throw-away HOME.

In `tests/transcripts/*.txt` a line `$ …` is a command for the shell, lines under it are its stdout, those behind `!`
its stderr, and `? N` is its exit code where that is not 0; `#` begins a remark. `<key>`, `<blob>` and the like stand
for what is different each time: the first one is whatever fits, and the same word stands for the same thing from there
on, in commands too. `<date>` and `<path>` are different each time.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from kmscli.operations.index import IAM, KMS

FOLDER = Path(__file__).parent / "transcripts"
TRANSCRIPTS = sorted(FOLDER.glob("*.txt"))
DOCS = Path(__file__).parents[1] / "docs"
TUTORIALS = [DOCS / "attestation.md", *sorted((DOCS / "tutorials").glob("[!R]*.md"))]
"""Documents whose console blocks are transcripts. A block `json NAME` is a file that the reader is to make."""
EITHER_WAY = pytest.mark.parametrize(
    "runtime_either_way",
    ["alone", pytest.param("through the agent", marks=pytest.mark.long)],
    indirect=True,
)
BLOCK = re.compile(r"^```(?:console|json (?P<file>\S+))\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
FORMS = {
    "key": "[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    "mrk": "mrk-[0-9a-f]{32}",
    "material": "[0-9a-f]{64}",
    "grant": "[0-9a-f]{64}",
    "vault": "[0-9a-f]{32}",
    "store": "cks-[0-9a-f]{17}",
    "blob": "a21zAQ[A-Za-z0-9+/]+=*",
    "random": "[A-Za-z0-9+/]+=*",
    "marker": "[A-Za-z0-9+/]+=*",
    "event": "[0-9a-f-]{36}",
    "user": "AIDA[A-Z2-7]{17}",
    "role": "AROA[A-Z2-7]{17}",
    "group": "AGPA[A-Z2-7]{17}",
    "policy": "ANPA[A-Z2-7]{17}",
    "accesskey": "AKIA[A-Z2-7]{16}",
    "endpoint": "vpce-[0-9a-f]{17}",
    "organization": "o-[a-z0-9]{10}",
    "root": "r-[a-z0-9]{4}",
    "unit": "ou-[a-z0-9]{4}-[a-z0-9]{8}",
    "scp": "p-[a-z0-9]{8}",
    "handshake": "h-[a-z0-9]{10}",
    "car": "car-[a-z0-9]{32}",
    "account": r"\d{12}",
    "request": "[0-9a-f-]{36}",
    "date": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?\+00:00",
    "path": r"\S+",
}
"""What a placeholder fits, by its word up to a hyphen: `<key-2>` is another key."""
NEVER_THE_SAME = ("date", "path")
PLACEHOLDER = re.compile(rf"<((?:{'|'.join(FORMS)})(?:-\w+)?)>")


class Step:
    """A command and what it must come to. `line`: where it stands in its file."""

    def __init__(self, line: int, command: str) -> None:
        self.line = line
        self.command = command
        self.stdout: list[str] = []
        self.stderr: list[str] = []
        self.exit_code = 0

    def expect(self, line: str) -> None:
        """Add a line of what the command comes to."""
        if line.startswith("? "):
            self.exit_code = int(line.removeprefix("? "))
        elif line.startswith("!"):
            self.stderr.append(line[1:].removeprefix(" "))
        else:
            self.stdout.append(line)


def steps(text: str, first: int = 1) -> list[Step]:
    """The steps of a transcript. `first`: the number of its first line."""
    found: list[Step] = []
    for number, line in enumerate(text.splitlines(), start=first):
        if line.startswith("$ "):
            found.append(Step(number, line.removeprefix("$ ")))
        elif line and not line.startswith("#"):
            found[-1].expect(line)
    return found


class Terminal:
    """A shell in a folder of its own, and what the placeholders have come to stand for."""

    def __init__(self, home: Path, runtime: Path | None) -> None:
        self.home = home
        self.runtime = {"XDG_RUNTIME_DIR": str(runtime)} if runtime else {}
        self.known: dict[str, str] = {}

    def run(self, command: str) -> subprocess.CompletedProcess[str]:
        """Run a command, its placeholders replaced."""
        environment = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(self.home),
            "TZ": "UTC",
            "LC_ALL": "C.UTF-8",
            **self.runtime,
        }
        known = PLACEHOLDER.sub(lambda found: self.known[found[1]], command)
        return subprocess.run(
            ["sh", "-c", known],
            cwd=self.home,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def match(self, expected: list[str], found: str) -> None:
        """See that an output is what was expected, and learn what its placeholders stand for."""
        lines = found.splitlines()
        for want, line in zip(expected, lines, strict=False):
            matched = re.fullmatch(self.pattern(want), line)
            assert matched, f"expected {want!r}, found {line!r}"
            self.known |= {name.replace("_", "-"): value for name, value in matched.groupdict().items()}
        assert len(lines) == len(expected), f"expected {expected}, found {lines}"

    def pattern(self, line: str) -> str:
        """A line as a regular expression."""
        parts = PLACEHOLDER.split(line)
        named = [self.form(name) if index % 2 else re.escape(name) for index, name in enumerate(parts)]
        return "".join(named)

    def form(self, name: str) -> str:
        """What a placeholder fits: what it stands for, if that is known."""
        kind = name.partition("-")[0]
        if kind in NEVER_THE_SAME:
            return FORMS[kind]
        return re.escape(self.known[name]) if name in self.known else f"(?P<{name.replace('-', '_')}>{FORMS[kind]})"


def steps_of_tutorial(text: str) -> list[Step]:
    """The steps of a tutorial: those of its console blocks, and the making of its files."""
    found: list[Step] = []
    for block in BLOCK.finditer(text):
        line = text.count("\n", 0, block.start()) + 1
        if block["file"]:
            found.append(Step(line, f"cat > {block['file']} <<'END'\n{block['text']}END"))
        else:
            found += steps(block["text"], line + 1)
    return found


@EITHER_WAY
@pytest.mark.parametrize("path", TRANSCRIPTS, ids=lambda path: path.stem)
def test_a_transcript_is_what_happens(own_home: Path, runtime_either_way: Path | None, path: Path) -> None:
    """Each command of a transcript has the output, the errors and the exit code that stand there."""
    play(Terminal(own_home, runtime_either_way), path, steps(path.read_text()))


@EITHER_WAY
@pytest.mark.parametrize("path", TUTORIALS, ids=lambda path: path.stem)
def test_a_tutorial_is_what_happens(own_home: Path, runtime_either_way: Path | None, path: Path) -> None:
    """The same for the commands in a tutorial."""
    play(Terminal(own_home, runtime_either_way), path, steps_of_tutorial(path.read_text()))


def play(terminal: Terminal, path: Path, shown: list[Step]) -> None:
    """Run the steps that a file shows, and see that each comes to what stands there."""
    for step in shown:
        done = terminal.run(step.command)
        try:
            terminal.match(step.stderr, done.stderr)
            assert done.returncode == step.exit_code
            terminal.match(step.stdout, done.stdout)
        except AssertionError as error:
            raise AssertionError(
                f"{path.name}:{step.line}: {step.command}: {error}\n{done.stdout}{done.stderr}"
            ) from None


def test_every_operation_is_in_a_transcript() -> None:
    """Each operation is shown where it succeeds, and where the service refuses it."""
    shown = [step for path in TRANSCRIPTS for step in steps(path.read_text())]
    for exit_code in (0, 254):
        commands = {word for step in shown if step.exit_code == exit_code for word in called(step.command)}
        assert {*KMS, *(f"iam {name}" for name in IAM)} - commands == set()


def called(command: str) -> list[str]:
    """The operations that a command line calls."""
    return re.findall(r"\bkmscli ((?:iam )?[a-z-]+)", command)
