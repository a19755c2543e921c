"""What a table consists of: boxes, one below the other.

A structure's scalars are a row under its members' names, a list of structures one row each; what nests in them is a
box of its own, one level deeper.
"""

from collections.abc import Iterable
from typing import Any

from kmscli.cli.output import is_scalar

_CELL_PADDING = 4


class Box:
    """A title, column names and rows, `depth` levels inside the table."""

    def __init__(self, title: str, depth: int) -> None:
        self.title = title
        self.depth = depth
        self.names: list[str] = []
        self.rows: list[list[str]] = []

    def add(self, cells: Iterable[Any]) -> None:
        """Add a row."""
        self.rows.append([str(cell) for cell in cells])

    def stand_upright(self) -> None:
        """Turn a single row under its names into a row a name."""
        if self.names and len(self.rows) == 1:
            self.rows = [list(pair) for pair in zip(self.names, self.rows[0], strict=True)]
            self.names = []

    def columns(self) -> list[int]:
        """The width that each column needs, padding included."""
        lines = [self.names, *self.rows]
        count = max(map(len, lines))
        widest = [max(text_width(line[place]) for line in lines if place < len(line)) for place in range(count)]
        return [width + _CELL_PADDING for width in widest]

    def width(self) -> int:
        """The columns that the box needs, those for the rules around it included."""
        return max(text_width(self.title), sum(self.columns())) + 2 + 2 * self.depth


def fill(boxes: list[Box], value: Any, title: str | None, depth: int) -> None:
    """Append the boxes of a value. Without a title it goes on in the last box."""
    if not value:
        return
    if title is not None:
        boxes.append(Box(title, depth))
    if isinstance(value, dict):
        _fill_structure(boxes, value, depth)
    elif isinstance(value, list) and all(isinstance(item, dict) for item in value):
        _fill_rows(boxes, value, boxes[-1].title, depth)
    elif isinstance(value, list):
        for item in value:
            _fill_item(boxes, item)


def _fill_item(boxes: list[Box], item: Any) -> None:
    if is_scalar(item):
        boxes[-1].add([item])
    elif isinstance(item, list) and all(is_scalar(cell) for cell in item):
        boxes[-1].add(item)
    else:
        fill(boxes, item, None, 0)


def _fill_structure(boxes: list[Box], value: dict[str, Any], depth: int) -> None:
    names = sorted(name for name, item in value.items() if is_scalar(item))
    if len(names) == 1:
        boxes[-1].add([names[0], value[names[0]]])
    elif names:
        boxes[-1].names = names
        boxes[-1].add(value[name] for name in names)
    for name in sorted(value.keys() - set(names)):
        fill(boxes, value[name], name, depth + 1)


def _fill_rows(boxes: list[Box], value: list[dict[str, Any]], title: str, depth: int) -> None:
    """Structures as rows under the names of all; a box each, where any of them holds more than scalars."""
    names = sorted({name for item in value for name, inner in item.items() if is_scalar(inner)})
    nested = sorted({name for item in value for name, inner in item.items() if not is_scalar(inner)})
    for number, item in enumerate(value):
        if number and nested:
            boxes.append(Box(title, depth))
        boxes[-1].names = names
        boxes[-1].add(item.get(name, "") for name in names)
        for name in nested:
            fill(boxes, item.get(name), name, depth + 1)


def text_width(text: str) -> int:
    """The columns that a text takes on a terminal: two a wide, full-width or ambiguous character."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
