"""The command line: where a process starts and ends. The only place that turns errors into text and exit codes.

An operation's call goes straight to the reader of argv; Typer is imported for help and for local commands only.
"""

import gc
import os
import sys
from typing import Any, NoReturn

from kmscli.errors import KmscliError, ServiceError, UsageError

INTERRUPTED = 130


def console() -> NoReturn:
    """The console script. Leaves without Python's teardown, which costs a script 4 ms a call.

    A call lives for too short a time to be worth collecting garbage in: that would be another 3 ms.
    """
    gc.disable()
    try:
        code = main(sys.argv[1:])
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:
        code = INTERRUPTED
    except OSError:
        code = KmscliError.exit_code
    os._exit(code)


def main(argv: list[str]) -> int:
    """Run one command line; returns the exit code (reference, kms-semantics 17.1)."""
    spoken: dict[str, Any] = {"operation": "", "options": {}}
    try:
        return run(argv, spoken)
    except KmscliError as error:
        show(error, spoken["operation"], spoken["options"])
        return error.exit_code
    except KeyboardInterrupt:
        sys.stdout.write("\n")
        sys.stdout.flush()
        return INTERRUPTED
    except Exception as error:  # noqa: BLE001  a fault of ours must not show a traceback, which could hold a secret
        show_unexpected(error, argv)
        return KmscliError.exit_code


def run(argv: list[str], spoken: dict[str, Any]) -> int:
    """Find out what is asked, and do it. `spoken` learns what an error's text needs."""
    from kmscli.cli.argv import no_operation, split_globals

    options, name, tokens = split_globals(argv)
    spoken["options"] = options
    if options["version"]:
        from kmscli import __version__

        sys.stdout.write(f"kmscli/{__version__}\n")
        return 0
    if name is None:
        raise no_operation()
    from kmscli.operations.index import KMS

    if name not in KMS or tokens[:1] == ["help"] or "--help" in tokens:
        from kmscli.cli.app import run as run_app

        gc.enable()

        return run_app([name, *tokens], options)
    from kmscli.cli.call import run_call
    from kmscli.engine import find_operation

    operation = find_operation(KMS[name][0])
    spoken["operation"] = operation.name
    return run_call(operation, tokens, options, os.environ)


def show(error: KmscliError, operation: str, options: dict[str, Any]) -> None:
    """An error on stderr, as `aws` writes it; on a terminal, one more line says what to do about it."""
    from kmscli.cli.output.errors import render_error

    terminal = sys.stderr.isatty()
    service = isinstance(error, ServiceError)
    text = render_error(
        code_of(error),
        error.message,
        operation if service else "",
        error_format=options.get("cli_error_format") or "enhanced",
        terminal=terminal,
    )
    if isinstance(error, UsageError) and error.usage:
        text = f"\n{error.usage}\n\n{text}" if not error.code else f"{text}\n{error.usage}\n"
    if error.mend and (terminal or not service):
        text += f"{error.mend}\n"
    sys.stderr.write(text)


def code_of(error: KmscliError) -> str:
    """The code in an error's text; none for what has no code at AWS either."""
    return error.code if isinstance(error, ServiceError | UsageError) else ""


def show_unexpected(error: Exception, argv: list[str]) -> None:
    """A fault of kmscli: its kind, never its values, which may be secret. `--debug` adds where it happened."""
    sys.stderr.write(f"\nkmscli: [ERROR]: An unexpected error occurred: {type(error).__name__}. This is a bug.\n")
    if "--debug" in argv:
        import traceback

        for frame in traceback.extract_tb(error.__traceback__):
            sys.stderr.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
