"""A help page as plain data, and how it looks: on a terminal with rich, else as plain text.

The man pages and the docs pages are made from the same pages.
"""

import shutil
import sys
import textwrap
from collections.abc import Iterable, Iterator

WIDEST = 100
PIPED_WIDTH = 80

Run = tuple[str, str]
"""A style and the text that has it."""


class Entry:
    """A command or an option, with what there is to say of it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text


class Section:
    """A titled part of a page: paragraphs, then lines kept as they are, then entries."""

    def __init__(
        self, title: str, *, text: Iterable[str] = (), lines: Iterable[str] = (), entries: Iterable[Entry] = ()
    ) -> None:
        self.title = title
        self.text = list(text)
        self.lines = list(lines)
        self.entries = list(entries)


class Page:
    """A command's help."""

    def __init__(self, command: str, summary: str, sections: Iterable[Section]) -> None:
        self.command = command
        self.summary = summary
        self.sections = list(sections)


def rendered(page: Page) -> str:
    """A page as stdout wants it: styled by rich for a terminal, plain when piped."""
    if not sys.stdout.isatty():
        return plain(page, PIPED_WIDTH)
    from rich.console import Console
    from rich.text import Text

    width = min(shutil.get_terminal_size().columns, WIDEST)
    console = Console(highlight=False, width=width)
    with console.capture() as styled:
        console.print(Text.assemble(*((text, style) for style, text in layout(page, width))), end="", soft_wrap=True)
    return styled.get()


def plain(page: Page, width: int) -> str:
    """A page as text."""
    return "".join(text for _style, text in layout(page, width))


def layout(page: Page, width: int) -> Iterator[Run]:
    """A page's text, run by run, wrapped to a width."""
    yield "bold", f"{page.command}\n"
    yield "", wrapped(page.summary, width, 2)
    for section in page.sections:
        yield "bold", f"\n{section.title}\n"
        for number, paragraph in enumerate(section.text):
            yield "", ("\n" if number else "") + wrapped(paragraph, width, 2)
        for line in section.lines:
            yield "", f"  {line}\n"
        yield from entries(section.entries, width)


def entries(items: list[Entry], width: int) -> Iterator[Run]:
    """Entries with the text beside the name where all names are short, else below it."""
    longest = max((len(item.name) for item in items), default=0)
    beside = longest <= width // 3
    indent = longest + 4 if beside else 6
    for item in items:
        text = wrapped(item.text, width, indent)
        yield "cyan", f"  {item.name}"
        if not item.text:
            yield "", "\n"
        elif beside:
            yield "", " " * (indent - 2 - len(item.name)) + text[indent:]
        else:
            yield "", f"\n{text}"


def wrapped(text: str, width: int, indent: int) -> str:
    """A paragraph, wrapped and indented, words never broken."""
    blanks = " " * indent
    wrapper = textwrap.TextWrapper(
        width, initial_indent=blanks, subsequent_indent=blanks, break_long_words=False, break_on_hyphens=False
    )
    return wrapper.fill(text) + "\n"
