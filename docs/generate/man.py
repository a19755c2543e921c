"""The man pages, from the same pages as `help`. The date is that of the release, so that they can be made again."""

import index
import kmscli
from kmscli.cli.app import help_page, local_command
from kmscli.cli.local_help import Command, local_page, subcommands
from kmscli.cli.page import Page, Section

RELEASED = "2026-11-24"


def files() -> dict[str, str]:
    """All man pages, by path."""
    return {f"man/{page.command.replace(' ', '-')}.1": roff(page) for page in all_pages()}


def all_pages() -> list[Page]:
    """The pages of every command, the program's own first."""
    pages = [help_page([]), *(help_page(it.command.split()) for it in index.operations())]
    pages += [help_page([service]) for service in index.services() if service != "kms"]
    for name in index.local_commands():
        pages += local_pages(f"kmscli {name}", local_command(name))
    return pages


def local_pages(path: str, command: Command) -> list[Page]:
    """The page of a local command, and those of the commands below it."""
    below = (page for name, it in subcommands(command).items() for page in local_pages(f"{path} {name}", it))
    return [local_page(path, command), *below]


def roff(page: Page) -> str:
    """A page in man(7)'s macros."""
    name = page.command.replace(" ", "-")
    head = [
        f'.TH "{name.upper()}" "1" "{RELEASED}" "kmscli {kmscli.__version__}" "kmscli"',
        ".SH NAME",
        f"{escaped(name)} \\- {escaped(page.summary.rstrip('.'))}",
    ]
    return "\n".join([*head, *(line for section in page.sections for line in section_lines(section))]) + "\n"


def section_lines(section: Section) -> list[str]:
    """A section: its paragraphs, its fixed lines, its entries."""
    lines = [f'.SH "{escaped(section.title.upper())}"']
    for paragraph in section.text:
        lines += [".PP", escaped(paragraph)]
    if section.lines:
        lines += [".nf", *map(escaped, section.lines), ".fi"]
    for entry in section.entries:
        lines += [".TP", f"\\fB{escaped(entry.name)}\\fR", escaped(entry.text) or "\\&"]
    return lines


def escaped(text: str) -> str:
    """Text that roff takes as it is."""
    plain = text.replace("\\", "\\e").replace("-", "\\-")
    plain = "".join(letter if letter.isascii() else f"\\[u{ord(letter):04X}]" for letter in plain)
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
