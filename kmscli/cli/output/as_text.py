"""`--output text`: lines of tab-separated values, for cut, grep and awk (reference 17.5).

A structure is one line of its scalars, sorted by name and led by the upper-cased name of the member it stands in;
what nests in it follows on lines of its own. Names of scalars are never printed.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from kmscli.cli.output import is_scalar


def as_text(value: Any) -> str:
    """A value as lines, each ended by a line feed."""
    return "".join(f"{line}\n" for line in _lines(value, None))


def _lines(value: Any, name: str | None) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _structure(value, name, sorted(key for key, item in value.items() if is_scalar(item)))
    elif isinstance(value, list):
        yield from _list(value, name)
    else:
        yield str(value)


def _structure(value: dict[str, Any], name: str | None, columns: list[str]) -> Iterator[str]:
    """One line for the columns, an absent one left empty, then everything else by name."""
    if columns:
        yield _line(name, (value.get(column, "") for column in columns))
    for key in sorted(value.keys() - set(columns)):
        yield from _lines(value[key], key)


def _list(value: list[Any], name: str | None) -> Iterator[str]:
    if any(isinstance(item, dict) for item in value):
        yield from _rows(value, name)
        return
    scalars = [item for item in value if is_scalar(item)]
    if name is None and scalars:
        yield _line(None, scalars)
    elif name is not None:
        yield from (_line(name, [item]) for item in scalars)
    for item in value:
        if not is_scalar(item):
            yield from _lines(item, name)


def _rows(value: list[Any], name: str | None) -> Iterator[str]:
    """Structures side by side: every line has the columns of all, so that the fields of a line can be counted."""
    columns = sorted(
        {key for item in value if isinstance(item, dict) for key, inner in item.items() if is_scalar(inner)}
    )
    for item in value:
        if isinstance(item, dict):
            yield from _structure(item, name, columns)
        else:
            yield from _lines(item, name)


def _line(name: str | None, values: Iterable[Any]) -> str:
    head = [] if name is None else [name.upper()]
    return "\t".join(head + [str(value) for value in values])
