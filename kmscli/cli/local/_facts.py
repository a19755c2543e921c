"""How facts are shown: JSON for scripts, plain lines when piped, a table by rich on a terminal."""

import sys
from collections.abc import Sequence
from typing import Any

from kmscli.cli.output import as_json
from kmscli.cli.output.printable import printable

Fact = tuple[str, str]
"""What is stated, and what of it."""


def show(facts: dict[str, Any], lines: Sequence[Fact], output: str) -> None:
    """Write `facts` as JSON, or else `lines`, one fact a line."""
    terminal = sys.stdout.isatty()
    if output == "json":
        sys.stdout.write(as_json(facts, terminal=terminal))
    elif terminal:
        _show_table([], lines)
    else:
        sys.stdout.writelines(printable(f"{name}: {value}", terminal=False) + "\n" for name, value in lines)


def show_rows(facts: dict[str, Any], titles: Sequence[str], rows: Sequence[Sequence[str]], output: str) -> None:
    """Write `facts` as JSON, or else `rows`: between tabs when piped, with titles above them on a terminal."""
    terminal = sys.stdout.isatty()
    if output == "json":
        sys.stdout.write(as_json(facts, terminal=terminal))
    elif terminal:
        _show_table(titles, rows)
    else:
        sys.stdout.writelines(printable("\t".join(row), terminal=False) + "\n" for row in rows)


def _show_table(titles: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=None, show_header=bool(titles), header_style="bold", pad_edge=False)
    for title in titles or ("", ""):
        table.add_column(title, overflow="fold")
    for first, *others in rows:
        cells = [Text(printable(cell, terminal=True)) for cell in others]
        table.add_row(Text(printable(first, terminal=True), style="cyan"), *cells)
    Console(highlight=False).print(table)
