"""`--output table`: boxes of ASCII rules, as AWS draws them and no library does (reference 17.5).

All boxes are stretched to the width of the widest, and each level has one more rule on either side. A row that is
alone under its names is turned upright when the table would be wider than the terminal.
"""

from itertools import cycle, islice
from typing import Any

from kmscli.cli.output.boxes import Box, fill, text_width
from kmscli.cli.output.printable import printable_throughout

_BLUE, _YELLOW, _PLAIN = "\x1b[1m\x1b[34m", "\x1b[2m\x1b[33m", "\x1b[0m"


def as_table(value: Any, *, title: str, terminal: bool, width: int, color: bool) -> str:
    """The table of a value. Nothing at all for an empty value, a title alone for a scalar: so does AWS."""
    boxes: list[Box] = []
    fill(boxes, printable_throughout(value, terminal=terminal), title, 0)
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


def _drawn(box: Box, width: int, *, color: bool) -> list[str]:
    """The lines of a box, stretched to a width."""
    columns = _stretched(box.columns(), width)
    rule = f"+{'+'.join('-' * room for room in _rooms(columns))}+"
    lines = [_row([box.title], [width], centred=True)] if box.title else []
    if box.title and not box.names and not box.rows:
        lines.append(f"+{'-' * (width - 2)}+")
    if box.names:
        lines += [rule, _row(box.names, columns, centred=True)]
    if box.rows and columns:
        paint = _BLUE if color else ""
        lines += [rule, *(_row(row, columns, paint=paint) for row in box.rows), rule]
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


def _row(cells: list[str], columns: list[int], *, centred: bool = False, paint: str = "") -> str:
    """A line of cells; cells that are not there are empty."""
    filled = cells + [""] * (len(columns) - len(cells))
    parts = []
    for text, column, room in zip(filled, columns, _rooms(columns), strict=True):
        taken = text_width(text)
        before = column // 2 - taken // 2 - 1 if centred else _margin(taken, room)
        parts.append(" " * before + _painted(text, paint) + " " * (room - before - taken))
    return f"|{'|'.join(parts)}|"


def _margin(taken: int, room: int) -> int:
    """Two spaces before a value, if they fit."""
    return 2 if taken + 2 <= room else 0


def _painted(text: str, paint: str) -> str:
    return f"{paint}{text}{_PLAIN}" if paint else text
