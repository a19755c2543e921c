"""Every place on the command line: what may stand there. The completions of all shells are made from this."""

from typing import Any

import index
from kmscli.cli.app import local_command
from kmscli.cli.help import SERVICE_SUMMARIES
from kmscli.cli.local_help import subcommands, visible
from kmscli.cli.options import GLOBAL, OWN, Option, operation_options
from kmscli.operations.operation import Operation


class Word:
    """A command or an option, with one line of help, and the values that an option may have where they are few."""

    def __init__(self, name: str, help: str, choices: tuple[str, ...] = (), *, takes_value: bool = True) -> None:
        self.name = name
        self.help = help.partition(". ")[0].rstrip(".")
        self.choices = choices
        self.takes_value = takes_value


class Place:
    """What may follow the command words `path`. `shares`: the global options may, too."""

    def __init__(self, path: str, commands: list[Word], options: list[Word], *, shares: bool) -> None:
        self.path = path
        self.commands = commands
        self.options = options
        self.shares = shares


def places() -> list[Place]:
    """All places, the root first."""
    operations = index.operations()
    local = index.local_commands()
    top = [Word(it.command, index.summary(it)) for it in operations if it.service == "kms"]
    top += [Word(name, summary) for name, summary in SERVICE_SUMMARIES.items()]
    return [
        Place("", top + [Word(name, summary) for name, summary in local.items()], [], shares=True),
        *(service_place(service) for service in SERVICE_SUMMARIES),
        *map(operation_place, operations),
        *(place for name in local for place in local_places(name, local_command(name))),
    ]


def service_place(service: str) -> Place:
    """The operations of another service than KMS."""
    words = [Word(it.command.split()[-1], index.summary(it)) for it in index.operations_of(service)]
    return Place(service, words, [], shares=True)


def shared_options() -> list[Word]:
    """The options that stand before a command, and after any operation."""
    return [option_word(option) for option in (*OWN, *GLOBAL) if not option.ignored]


def operation_place(operation: Operation) -> Place:
    """The options that an operation has for itself."""
    options = [option_word(option) for option in operation_options(operation) if not option.hidden]
    return Place(operation.command, [], options, shares=True)


def option_word(option: Option) -> Word:
    """An option of the table."""
    return Word(option.name, option.help, tuple(option.choices), takes_value=option.kind != "flag")


def local_places(path: str, command: Any) -> list[Place]:
    """A local command's place, and those below it."""
    below = subcommands(command)
    commands = [Word(name, (it.help or "").partition("\n")[0]) for name, it in below.items()]
    options = [word for it in visible(command) if it.param_type_name == "option" for word in parameter_words(it)]
    here = Place(path, commands, options, shares=False)
    return [here, *(place for name, it in below.items() for place in local_places(f"{path} {name}", it))]


def parameter_words(parameter: Any) -> list[Word]:
    """All spellings of a local command's option."""
    choices = tuple(map(str, getattr(parameter.type, "choices", ())))
    names = (*parameter.opts, *parameter.secondary_opts)
    return [Word(name, parameter.help or "", choices, takes_value=not parameter.is_flag) for name in names]
