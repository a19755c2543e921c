"""What a call answers, as text for stdout: byte for byte what AWS CLI v2 prints (reference 17.5).

An answer is plain: text, numbers, booleans, lists and dicts, in wire names and the API model's order. Each form is a
module of its own, imported when it is asked for; so are jmespath and ruamel.yaml, which cost a third of a call each.
"""

import json
from typing import Any

from kmscli.cli.output.printable import printable
from kmscli.errors import KmscliError

FORMATS = ("json", "text", "table", "yaml", "yaml-stream", "off")
PIPED_WIDTH = 80


def render(
    answer: dict[str, Any],
    *,
    format: str,
    query: str | None = None,
    title: str = "",
    terminal: bool = False,
    width: int = PIPED_WIDTH,
    color: bool = False,
) -> str:
    """An answer, or what a query finds in it, in one of FORMATS; empty where there is nothing to print.

    `title` is the operation's wire name, which heads a table; a table wider than `width` columns stands upright, and
    with `color` its cells are coloured. On a `terminal` control and bidirectional characters are escaped.
    Raises KmscliError: the query cannot be evaluated, or the answer nests too deeply.
    """
    if format == "off":
        return ""
    shown = answer if query is None else _found(query, answer)
    if shown == {}:
        return ""
    try:
        if format == "table":
            from kmscli.cli.output.as_table import as_table

            return as_table(shown, title=title, terminal=terminal, width=width, color=color)
        return _written(shown, format, terminal=terminal)
    except RecursionError:
        raise KmscliError("The output is nested too deeply to be shown") from None


def as_json(value: Any, *, terminal: bool, indent: int | None = 4) -> str:
    """JSON in the given order. A character that may not be shown is escaped the JSON way, so it still parses."""
    return printable(json.dumps(value, indent=indent, ensure_ascii=False), terminal=terminal) + "\n"


def is_scalar(value: Any) -> bool:
    """Whether a value is no list and no structure: what fills one cell."""
    return not isinstance(value, list | dict)


def _found(query: str, answer: Any) -> Any:
    from kmscli.cli.output.query import search

    return search(query, answer)


def _written(value: Any, format: str, *, terminal: bool) -> str:
    if format == "json":
        return as_json(value, terminal=terminal)
    if format == "text":
        from kmscli.cli.output.as_text import as_text

        return printable(as_text(value), terminal=terminal)
    from kmscli.cli.output.as_yaml import as_yaml

    return as_yaml([value] if format == "yaml-stream" else value, terminal=terminal)
