"""The help pages of kmscli's own commands, from what Typer knows of them."""

from collections.abc import Iterator
from typing import Any

from kmscli.cli.help import EXIT_CODES, paragraphs
from kmscli.cli.page import Entry, Page, Section

Command = Any
"""A command or a group as Typer makes it; Typer gives its type no public name."""


def subcommands(command: Command) -> dict[str, Command]:
    """The visible commands of a group, by name; none of a plain command."""
    return {name: it for name, it in getattr(command, "commands", {}).items() if not it.hidden}


def local_page(path: str, command: Command) -> Page:
    """What `<path> help` shows, for a path such as `kmscli vault keyslot`."""
    summary, _, description = (command.help or "").partition("\n")
    commands = [Entry(name, (it.help or "").partition("\n")[0]) for name, it in subcommands(command).items()]
    arguments = [parameter for parameter in visible(command) if parameter.param_type_name == "argument"]
    options = [parameter for parameter in visible(command) if parameter.param_type_name == "option"]
    sections = [
        Section("Synopsis", lines=[" ".join([path, *usage(command)])]),
        Section("Description", text=paragraphs(description)),
        Section("Commands", entries=commands),
        Section("Arguments", entries=[parameter_entry(parameter) for parameter in arguments]),
        Section("Options", entries=[parameter_entry(parameter) for parameter in options]),
        Section("Exit codes", entries=EXIT_CODES),
    ]
    return Page(path, summary, [it for it in sections if it.text or it.lines or it.entries])


def visible(command: Command) -> list[Any]:
    """The parameters that help shows."""
    return [parameter for parameter in command.params if not getattr(parameter, "hidden", False)]


def usage(command: Command) -> Iterator[str]:
    """What follows the command's name."""
    if any(parameter.param_type_name == "option" for parameter in visible(command)):
        yield "[options]"
    if subcommands(command):
        yield "<command>"
    for parameter in visible(command):
        if parameter.param_type_name == "argument":
            name = argument_name(parameter)
            yield name if parameter.required else f"[{name}]"


def argument_name(parameter: Any) -> str:
    """How a page spells an argument: `FILE ...`."""
    name: str = (parameter.metavar or parameter.name or "").upper()
    return f"{name} ..." if parameter.nargs != 1 else name


def parameter_entry(parameter: Any) -> Entry:
    """An option or argument, with its help, choices and default."""
    notes = [parameter.help or ""]
    choices = getattr(parameter.type, "choices", ())
    if choices:
        notes.append(f"One of: {', '.join(str(choice) for choice in choices)}.")
    if parameter.required:
        notes.append("Required.")
    if parameter.default not in (None, False, True, (), "", []) and parameter.show_default:
        notes.append(f"Default: {getattr(parameter.default, 'value', parameter.default)}.")
    return Entry(parameter_name(parameter), " ".join(note for note in notes if note))


def parameter_name(parameter: Any) -> str:
    """`--since <time>`, `--follow`, `FILE ...`."""
    if parameter.param_type_name == "argument":
        return argument_name(parameter)
    spellings = " | ".join([*parameter.opts, *parameter.secondary_opts])
    return spellings if parameter.is_flag else f"{spellings} <{(parameter.metavar or parameter.type.name).lower()}>"
