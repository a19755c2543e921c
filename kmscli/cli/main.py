"""The command line: where a process starts and ends. The only place that turns errors into text and exit codes.

An operation's call goes straight to the reader of argv; Typer is imported for help and for local commands only.
"""

import gc
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from typing import Any, NoReturn

from kmscli.errors import KmscliError, ServiceError, UsageError

INTERRUPTED = 130


def console() -> NoReturn:
    """The console script. Leaves without Python's teardown, which costs a script 4 ms a call."""
    os._exit(answered())


def answered() -> int:
    """Run this process's command line; the exit code, once all that it printed is written.

    A call lives for too short a time to be worth collecting garbage in: that would be another 3 ms.
    """
    gc.disable()
    try:
        replace_closed_streams()
        return flushed(main(sys.argv[1:]))
    except KeyboardInterrupt:
        return INTERRUPTED


def main(argv: list[str]) -> int:
    """Run one command line; returns the exit code (reference, kms-semantics 17.1)."""
    spoken: dict[str, Any] = {"operation": "", "options": {}}
    return told(lambda: run(argv, spoken), argv, spoken)


def told(do: Callable[[], int], argv: list[str], spoken: dict[str, Any]) -> int:
    """Do what a command line asks, or a process of it; returns the exit code, and tells of an error."""
    try:
        return do()
    except KmscliError as error:
        show(error, spoken["operation"], spoken["options"])
        return error.exit_code
    except KeyboardInterrupt:
        with suppress(OSError):
            sys.stdout.write("\n")
            sys.stdout.flush()
        return INTERRUPTED
    except (BrokenPipeError, SystemExit):  # whoever read the output is gone; Typer leaves by SystemExit then
        return KmscliError.exit_code
    except OSError as error:
        show_system_error(error)
        return KmscliError.exit_code
    except Exception as error:  # noqa: BLE001  a fault of ours must not show a traceback, which could hold a secret
        show_unexpected(error, argv)
        return KmscliError.exit_code


def replace_closed_streams() -> None:
    """Put a stand-in where the caller closed a standard stream, lest the vault's file takes its place.

    Writing to stdout's fails, since nobody would get the answer; so does reading stdin's. Stderr's swallows.
    """
    stand_ins = (("stdin", "r", os.O_WRONLY), ("stdout", "w", os.O_RDONLY), ("stderr", "w", os.O_WRONLY))
    for descriptor, (name, mode, flags) in enumerate(stand_ins):
        if getattr(sys, name) is None:
            opened = os.open(os.devnull, flags)
            if opened != descriptor:
                os.dup2(opened, descriptor)
                os.close(opened)
            setattr(sys, name, open(descriptor, mode, encoding="utf-8", closefd=False))  # noqa: SIM115


def flushed(code: int) -> int:
    """The exit code once both streams are flushed: 255 for what cannot be written to stdout, never 0."""
    with suppress(OSError):
        sys.stderr.flush()
    try:
        sys.stdout.flush()
    except OSError:
        return code or KmscliError.exit_code
    return code


def complain(text: str) -> None:
    """Write to stderr, if anybody listens there: a failure keeps its exit code where it cannot be told."""
    with suppress(OSError):
        sys.stderr.write(text)


def run(argv: list[str], spoken: dict[str, Any]) -> int:
    """Find out what is asked, and do it. `spoken` learns what an error's text needs."""
    if sys.platform == "win32":
        raise KmscliError("kmscli does not run on Windows: it needs POSIX locks, file modes and descriptors.")
    from kmscli.cli.argv import no_operation, split_globals

    options, name, tokens = split_globals(argv)
    spoken["options"] = options
    if options["version"]:
        return show_version()
    if name is None and "--help" not in argv:
        raise no_operation()
    from kmscli.operations.index import KMS, SERVICES

    service, commands, words = "kms", KMS, [name or "--help"]
    if name not in KMS and name in SERVICES:
        service, commands = str(name), SERVICES[str(name)]
        options, name, tokens = split_globals(tokens, options)
        words += [name] if name else []
    if name not in commands or tokens[:1] == ["help"] or "--help" in tokens:
        from kmscli.cli.app import run as run_app

        gc.enable()
        return run_app([*words, *tokens], options)
    from kmscli.cli.argv import read
    from kmscli.cli.call import profile_binary_format, run_call, standard_input
    from kmscli.engine import find_operation

    operation = find_operation(f"{service}:{commands[name][0]}")
    spoken["operation"] = operation.name
    invocation = read(operation, tokens, options, standard_input, profile_binary_format)
    spoken["options"] = invocation.options
    if invocation.options["version"]:
        return show_version()
    return run_call(operation, invocation, os.environ)


def show_version() -> int:
    """Print the version."""
    from kmscli import __version__

    sys.stdout.write(f"kmscli/{__version__}\n")
    return 0


def show(error: KmscliError, operation: str, options: dict[str, Any]) -> None:
    """An error on stderr, as `aws` writes it; on a terminal, one more line says what to do about it."""
    from kmscli.cli.output.errors import render_error
    from kmscli.cli.output.printable import printable

    terminal = sys.stderr.isatty()
    service = isinstance(error, ServiceError)
    text = render_error(
        code_of(error),
        error.message,
        operation if service else "",
        retries=error.retries if isinstance(error, ServiceError) else None,
        error_format=options.get("cli_error_format") or "enhanced",
        terminal=terminal,
    )
    if isinstance(error, UsageError) and error.usage:
        text = f"\n{error.usage}\n\n{text}" if not error.code else f"{text}\n{error.usage}\n"
    if error.mend and (terminal or not service):
        text += printable(f"{error.mend}\n", terminal=terminal)
    complain(text)


def show_system_error(error: OSError) -> None:
    """What the system refused, in its words, and the file, if it was about one."""
    from kmscli.cli.output.printable import printable

    about = f": {os.fsdecode(error.filename)}" if isinstance(error.filename, str | bytes) else ""
    text = f"\nkmscli: [ERROR]: {error.strerror or type(error).__name__}{about}\n"
    complain(printable(text, terminal=sys.stderr.isatty()))


def code_of(error: KmscliError) -> str:
    """The code in an error's text; none for what has no code at AWS either."""
    return error.code if isinstance(error, ServiceError | UsageError) else ""


def show_unexpected(error: Exception, argv: list[str]) -> None:
    """A fault of kmscli: its kind, never its values, which may be secret. `--debug` adds where it happened."""
    complain(f"\nkmscli: [ERROR]: An unexpected error occurred: {type(error).__name__}. This is a bug.\n")
    if "--debug" in argv:
        import traceback

        for frame in traceback.extract_tb(error.__traceback__):
            complain(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
