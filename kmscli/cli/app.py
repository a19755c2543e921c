"""The part of the terminal face that Typer runs: help at every level, and kmscli's own commands.

An operation's call never comes here (`kmscli.cli.main` hands it to the reader of argv). Typer is only imported to run
a local command or to explain one.
"""

import sys
from importlib import import_module
from typing import Any

from kmscli.cli.argv import no_operation, unknown_operation
from kmscli.cli.local.index import LOCAL
from kmscli.errors import UsageError
from kmscli.operations.index import KMS, SERVICES


def asks_for_help(words: list[str]) -> bool:
    """Whether the words after the global options open help: `--help` anywhere, or `help` after command words.

    What follows `--` in a local command belongs to another program.
    """
    if words[0] in LOCAL and "--" in words:
        words = words[: words.index("--")]
    if "--help" in words:
        return True
    return words[-1:] == ["help"] and not any(word.startswith("-") for word in words) and not is_call(words)


def is_call(words: list[str]) -> bool:
    """Whether `help` at the end is a stray word in an operation's call: AWS takes it only right after the command."""
    return (words[0] in KMS and len(words) > 2) or (words[0] in SERVICES and len(words) > 3)


def run(words: list[str], options: dict[str, Any] | None = None) -> int:
    """Show help, or run a local command; the exit code.

    `words`: what follows the global options, the command first. `options`: the global options that stood before it,
    which a local command finds as its context's `obj`.
    Raises UsageError: no such command, or wrong usage of one. KmscliError: whatever the command raises.
    """
    if asks_for_help(words):
        from kmscli.cli.page import rendered

        sys.stdout.write(rendered(help_page([word for word in words if word not in ("--help", "help")])))
        return 0
    if words[0] in SERVICES:
        raise refused_command(words)
    if words[0] not in LOCAL:
        raise unknown_operation(words[0], commands())
    return run_local(words, options)


def help_page(words: list[str]) -> Any:
    """The page for a command's words; what follows the last command among them is ignored."""
    from kmscli.cli.help import operation_named, operation_page, root_page, service_page

    if not words or words[0].startswith("-"):
        return root_page()
    if words[0] in KMS:
        return operation_page(operation_named(words[0]))
    if words[0] in SERVICES and (len(words) == 1 or words[1].startswith("-")):
        return service_page(words[0])
    if words[0] in SERVICES and words[1] in SERVICES[words[0]]:
        return operation_page(operation_named(words[1], words[0]))
    return local_help_page(words)


def local_help_page(words: list[str]) -> Any:
    """The page of a local command. Raises UsageError: the words name no command at all."""
    if words[0] in SERVICES:
        raise refused_command(words)
    if words[0] not in LOCAL:
        raise unknown_operation(words[0], commands())
    from kmscli.cli.local_help import local_page, subcommands

    path, command = f"kmscli {words[0]}", local_command(words[0])
    for word in words[1:]:
        if word not in subcommands(command):
            break
        path, command = f"{path} {word}", subcommands(command)[word]
    return local_page(path, command)


def commands() -> list[str]:
    """All first words that mean something."""
    return [*KMS, *(service for service in SERVICES if service != "kms"), *LOCAL]


def refused_command(words: list[str]) -> UsageError:
    """The refusal of what follows a service's name, or of nothing that does."""
    return unknown_operation(words[1], SERVICES[words[0]]) if len(words) > 1 else no_operation()


def local_command(name: str) -> Any:
    """A local command or group, as Typer makes it of the module's `app`."""
    from typer.main import get_command

    return get_command(import_module(f"kmscli.cli.local.{name.replace('-', '_')}").app)


def run_local(words: list[str], options: dict[str, Any] | None) -> int:
    """Run a local command. Typer's own errors become ours, so that they leave by the same door."""
    from typer import Abort, TyperException

    try:
        code = local_command(words[0]).main(
            words[1:], prog_name=f"kmscli {words[0]}", standalone_mode=False, obj=options or {}
        )
    except TyperException as error:
        raise UsageError(error.format_message(), usage=usage_of(error)) from None
    except Abort:
        raise KeyboardInterrupt from None
    return code if isinstance(code, int) else 0


def usage_of(error: Any) -> str:
    """The usage line of the command that refused, if the refusal knows it."""
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    return f"usage: {context.command_path} [options]\n\nTo see help, run: {context.command_path} help"
