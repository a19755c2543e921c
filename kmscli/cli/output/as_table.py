"""`--output table`: boxes of ASCII rules, as AWS draws them and no library does (reference 17.5).

An answer becomes a list of boxes, one below the other, all of the same width: a structure's scalars are a row under
its members' names, what nests in it is a box of its own with one more rule on either side. A row that is alone under
its names is turned upright when the table would be wider than the terminal.
"""

from collections.abc import Callable, Iterable
from itertools import cycle, islice
from typing import Any

from kmscli.cli.output.as_text import is_scalar
from kmscli.cli.output.printable import printable_throughout

_CELL_PADDING = 4
_BLUE, _YELLOW, _PLAIN = "\x1b[1m\x1b[34m", "\x1b[2m\x1b[33m", "\x1b[0m"


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
        widest = [max(_size(line[place]) for line in lines if place < len(line)) for place in range(count)]
        return [width + _CELL_PADDING for width in widest]

    def width(self) -> int:
        """The columns that the box needs, those for the rules around it included."""
        return max(_size(self.title), sum(self.columns())) + 2 + 2 * self.depth


def as_table(value: Any, *, title: str, terminal: bool, width: int, color: bool) -> str:
    """The table of a value. Nothing at all for an empty value, a title alone for a scalar: so does AWS."""
    boxes: list[Box] = []
    _fill(boxes, printable_throughout(value, terminal=terminal), title, 0)
    if not boxes:
        return ""
    if max(box.width() for box in boxes) > width:
        for box in boxes:
            box.stand_upright()
    total = max(box.width() for box in boxes)
    lines = ["-" * total]
    for box in boxes:
        rule = _painted("|", _YELLOW if color else "") * box.depth
        lines += [f"{rule}{line}{rule}" for line in _drawn(box, total - 2 * box.depth, color=color)]
    return "".join(f"{line}\n" for line in lines)


def _fill(boxes: list[Box], value: Any, title: str | None, depth: int) -> None:
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
        _fill(boxes, item, None, 0)


def _fill_structure(boxes: list[Box], value: dict[str, Any], depth: int) -> None:
    names = sorted(name for name, item in value.items() if is_scalar(item))
    if len(names) == 1:
        boxes[-1].add([names[0], value[names[0]]])
    elif names:
        boxes[-1].names = names
        boxes[-1].add(value[name] for name in names)
    for name in sorted(value.keys() - set(names)):
        _fill(boxes, value[name], name, depth + 1)


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
            _fill(boxes, item.get(name), name, depth + 1)


def _drawn(box: Box, width: int, *, color: bool) -> list[str]:
    """The lines of a box, stretched to a width."""
    columns = _stretched(box.columns(), width)
    rule = f"+{'+'.join('-' * room for room in _rooms(columns))}+"
    lines = [_row([box.title], [width], _centred)] if box.title else []
    if box.title and not box.names and not box.rows:
        lines.append(f"+{'-' * (width - 2)}+")
    if box.names:
        lines += [rule, _row(box.names, columns, _centred)]
    if box.rows and columns:
        paint = _BLUE if color else ""
        lines += [rule, *(_row(row, columns, _aligned, paint) for row in box.rows), rule]
    return lines


def _stretched(columns: list[int], width: int) -> list[int]:
    """The columns scaled up to fill a width; what rounding leaves over is taken from the left or given to the right."""
    if not columns:
        return []
    scale = width / sum(columns)
    stretched = [round(scale * column) for column in columns]
    surplus = sum(stretched) - width
    places = range(len(columns)) if surplus > 0 else reversed(range(len(columns)))
    for place in islice(cycle(places), abs(surplus)):
        stretched[place] -= 1 if surplus > 0 else -1
    return stretched


def _rooms(columns: list[int]) -> list[int]:
    """What a column holds between its rules: the first pays for the rule on either side, the others for one."""
    return [column - (1 if place else 2) for place, column in enumerate(columns)]


def _row(
    cells: list[str], columns: list[int], placed: Callable[[str, int, int], tuple[int, int]], paint: str = ""
) -> str:
    filled = cells + [""] * (len(columns) - len(cells))
    parts = []
    for text, column, room in zip(filled, columns, _rooms(columns), strict=True):
        before, after = placed(text, column, room)
        parts.append(" " * before + _painted(text, paint) + " " * after)
    return f"|{'|'.join(parts)}|"


def _centred(text: str, column: int, room: int) -> tuple[int, int]:
    before = column // 2 - _size(text) // 2 - 1
    return before, room - before - _size(text)


def _aligned(text: str, column: int, room: int) -> tuple[int, int]:
    """Two spaces before, if they fit."""
    del column
    size = _size(text)
    before = 2 if size + 2 <= room else 0
    return before, room - before - size


def _painted(text: str, paint: str) -> str:
    return f"{paint}{text}{_PLAIN}" if paint else text


def _size(text: str) -> int:
    """The columns that a text takes on a terminal: two a wide, full-width or ambiguous character."""
    if text.isascii():
        return len(text)
    from unicodedata import east_asian_width

    return sum(2 if east_asian_width(character) in "WFA" else 1 for character in text)
