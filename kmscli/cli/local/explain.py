"""Say why a call would be allowed or refused: policy by policy, statement by statement."""

import os
import sys
from typing import Annotated, Any

import typer

from kmscli.cli.argv import no_operation, read, split_globals, unknown_operation
from kmscli.cli.call import finish, profile_binary_format, standard_input
from kmscli.cli.output import as_json
from kmscli.cli.session import calling, open_engine
from kmscli.cli.settings import Settings
from kmscli.engine import find_operation
from kmscli.operations.call import Call
from kmscli.operations.explaining import Told, explain
from kmscli.operations.index import KMS, SERVICES
from kmscli.operations.operation import Operation
from kmscli.vault.transaction import Transaction

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

AS_TYPED: dict[str, Any] = {"ignore_unknown_options": True, "allow_interspersed_args": False}
"""The words after the command are those of another, which is read by the reader of argv."""


@app.command("explain", context_settings=AS_TYPED)
def explain_call(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="OPERATION", help="The call, as you would make it.")],
) -> None:
    """Say why a call would be allowed or refused: policy by policy, statement by statement.

    Decides as the call would be decided, and calls nothing, changes nothing and leaves no event. Each policy that has a
    say is shown with its statements, and of each statement that does not match the element that does not fit: with the
    policy's value, what variables in it stand for, and the request's. So are the grants to whoever calls, where it came
    to them. To see the same of a call that is made, give it --explain.

    A tree, or JSON with --output json. The exit code is 0 whatever is decided.
    """
    options, operation, rest = named_operation(words, context.obj or {})
    invocation = read(operation, rest, options, standard_input, profile_binary_format)
    settings = Settings(invocation.options, os.environ)
    request = operation.request.parse(invocation.raw)
    engine = open_engine(settings, operation.command)
    caller, keyring = calling(engine, settings), engine.vault.keyring

    def look(transaction: Transaction, now: float, held: float) -> Told:
        call = Call(caller, operation.name, now, held, transaction, keyring, remembered={})
        return explain(call, operation, request)

    try:
        told = engine.look(caller, look)
    finally:
        finish(engine, os.environ)
    sys.stdout.write(shown(told, settings.output if settings.chosen_output else "", terminal=sys.stdout.isatty()))


def named_operation(words: list[str], before: dict[str, Any]) -> tuple[dict[str, Any], Operation, list[str]]:
    """The options before an operation's name, the operation, and the words behind. Raises UsageError: there is none."""
    options, name, rest = split_globals(words, before)
    service, commands = "kms", KMS
    if name in SERVICES and name not in KMS:
        service, commands = str(name), SERVICES[str(name)]
        options, name, rest = split_globals(rest, options)
    if name is None:
        raise no_operation()
    if name not in commands:
        raise unknown_operation(name, commands)
    return options, find_operation(f"{service}:{commands[name][0]}"), rest


def shown(told: dict[str, Any], output: str, *, terminal: bool) -> str:
    """An explanation in an output format: a tree where none was chosen."""
    if output == "json":
        return as_json(told, terminal=terminal)
    from kmscli.cli.output.as_tree import as_tree

    return as_tree(told, terminal=terminal)
