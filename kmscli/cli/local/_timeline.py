"""How a replayed event looks: a JSON line, fields between tabs, or a coloured line on a terminal."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from msgspec.json import encode

from kmscli.cli.output.printable import printable
from kmscli.trail.lines import Log
from kmscli.trail.replay import OK, Entry, Key

NOTHING = "-"
NAMED_LINES = 10
_WORTH_A_BAR = 1 << 23
_LAYOUT = str.maketrans({"\t": "\\t", "\n": "\\n"})

Line = Callable[[Entry], str]
Paint = Callable[[str, str], str]


def line_maker(output: str, *, terminal: bool) -> Line:
    """What makes a line of an entry, in `json` or `text`."""
    if output == "json":
        return _terminal_json if terminal else _json
    if not terminal:
        return _fields
    paint = _painter()
    return lambda entry: _coloured(entry, paint)


class Complaints:
    """What was left out of a replay: the first lines are named on stderr, then all are counted."""

    def __init__(self) -> None:
        self.count = 0

    def add(self, complaint: str) -> None:
        """Note one."""
        self.count += 1
        if self.count <= NAMED_LINES:
            self._say(complaint)

    def conclude(self) -> None:
        """Say how many there were."""
        if self.count:
            self._say(f"{self.count} line{'' if self.count == 1 else 's'} left out")

    def _say(self, text: str) -> None:
        sys.stderr.write(f"kmscli: {printable(text, terminal=True)}\n")


@contextmanager
def progress_bar(logs: list[Log]) -> Iterator[Callable[..., object]]:
    """A function to call now and then while logs are read. It moves a bar on stderr, if that is a terminal and there
    is enough to read.
    """
    total = sum(log.size() for log in logs)
    if total < _WORTH_A_BAR or not sys.stderr.isatty():
        yield lambda *_: None
        return
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=not sys.stdout.isatty())
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("reading the trail", total=total)
        yield lambda *_: progress.update(task, completed=sum(log.position() for log in logs))


def _json(entry: Entry) -> str:
    return encode(entry).decode() + "\n"


def _terminal_json(entry: Entry) -> str:
    return printable(encode(entry).decode(), terminal=True) + "\n"


def _fields(entry: Entry) -> str:
    keys = ", ".join(_key(key, key.key) for key in entry.keys)
    fields = (entry.time, entry.principal, entry.operation, keys, entry.outcome)
    return "\t".join(_one_line(field) or NOTHING for field in fields) + "\n"


def _coloured(entry: Entry, paint: Paint) -> str:
    principal = _one_line(entry.principal.rpartition(":")[2]) or NOTHING
    keys = _one_line(", ".join(_key(key, key.key.rpartition(":key/")[2]) for key in entry.keys)) or NOTHING
    parts = (
        paint("dim", _one_line(entry.time)),
        f"{principal:<20}",
        paint("bold", f"{_one_line(entry.operation):<20}"),
        paint("cyan", f"{keys:<36}"),
        paint("green" if entry.outcome == OK else "bold red", _one_line(entry.outcome)),
    )
    return "  ".join(parts) + "\n"


def _key(key: Key, name: str) -> str:
    return f"{name} ({', '.join(key.aliases)})" if key.aliases else name


def _one_line(text: str) -> str:
    """A text that can neither move the cursor nor break a line, be it on a terminal or in a file."""
    return text if text.isprintable() else printable(text, terminal=True).translate(_LAYOUT)


def _painter() -> Paint:
    """What puts a text into a style, with the colours that the terminal has."""
    from rich.color import ColorSystem
    from rich.console import Console
    from rich.style import Style

    console = Console()
    if console.color_system is None or console.no_color:
        return lambda _, text: text
    styles = {name: Style.parse(name) for name in ("dim", "bold", "cyan", "green", "bold red")}
    return lambda name, text: styles[name].render(text, color_system=ColorSystem.STANDARD)
