"""The reader of argv: from what was typed to the raw members of a request (reference 17.1 to 17.6).

As in `aws`, the line is read twice: first for the options that all operations share, which may stand anywhere, then
what is left for the operation's own. Everything about those follows from the fields of its request.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from kmscli.cli.options import (
    GLOBAL,
    NOTHING_CHOSEN,
    OWN,
    PAGING,
    Option,
    global_options,
    operation_options,
)
from kmscli.cli.raw_request import assemble
from kmscli.cli.tokens import invalid_choice, match, refused, scan, strays
from kmscli.cli.values import decodable
from kmscli.errors import UsageError
from kmscli.operations.operation import Operation

FRONT = (*GLOBAL, *OWN)


class Invocation:
    """A call as it was typed.

    `raw`: the request's members by their wire names, ready for the request's `parse`. `options`: all other options by
    their names, without dashes and with `_` for `-`; `None` where not given.
    """

    def __init__(self, raw: dict[str, Any], options: dict[str, Any]) -> None:
        self.raw = raw
        self.options = options


def split_globals(
    tokens: Sequence[str], before: dict[str, Any] | None = None
) -> tuple[dict[str, Any], str | None, list[str]]:
    """The options before the operation (all of them, `None` where not given), its name, and what follows it.

    `before`: options that stood before a service's name. The name is `None` if there is none. Raises UsageError.
    """
    _refuse_undecodable(tokens)
    end = 0
    while end < len(tokens) and tokens[end] != "--" and (found := match(tokens[end], FRONT)):
        takes_next = found.option and found.option.kind != "flag" and found.value is None
        end += 2 if takes_next else 1
    given, unknown = scan(tokens[:end], FRONT)
    name = tokens[end] if end < len(tokens) else None
    return {**NOTHING_CHOSEN, **(before or {}), **given}, name, [*unknown, *tokens[end + 1 :]]


def wants_help(tokens: Sequence[str]) -> bool:
    """Whether what follows an operation's name asks for its help."""
    return list(tokens[:1]) == ["help"] or "--help" in tokens


def no_operation() -> UsageError:
    """The refusal of a line that names no operation."""
    return refused("the following arguments are required: operation")


def unknown_operation(name: str, operations: Iterable[str]) -> UsageError:
    """The refusal of a name that is no operation's, with those that it may have meant."""
    return invalid_choice("operation", name, operations)


def read(
    operation: Operation,
    tokens: Sequence[str],
    options: dict[str, Any],
    stdin: Callable[[], bytes],
    binary_format: Callable[[dict[str, Any]], str | None] = lambda _: None,
) -> Invocation:
    """The call that the tokens behind an operation's name say. `options`: those that stood before the name.

    `stdin` gives the bytes for the one blob option that may be `-`; `binary_format` says how blobs are given where no
    option does.
    Raises UsageError (252), and KmscliError (255) for a blob that is not base64 and a number that is none.
    """
    _refuse_undecodable(tokens)
    shared, left = scan(tokens, global_options(operation))
    chosen = {**NOTHING_CHOSEN, **options, **shared}
    chosen["cli_binary_format"] = chosen["cli_binary_format"] or binary_format(chosen)
    table = operation_options(operation)
    given, left = scan(left, table)
    members = {key: value for key, value in given.items() if key in operation.request.fields}
    chosen.update((key, value) for key, value in given.items() if key not in members)
    _refuse_missing(table, members, chosen)
    _refuse_strays(operation, chosen, strays(left, table))
    _settle_paging(operation, members, chosen)
    if chosen["generate_cli_skeleton"] in {"input", "yaml-input"}:
        return Invocation({}, chosen)
    return Invocation(assemble(operation, members, chosen, stdin), chosen)


def _refuse_undecodable(tokens: Iterable[str]) -> None:
    if not all(decodable(token) for token in tokens):
        raise UsageError("The command line holds bytes that are not UTF-8.")


def _refuse_missing(table: list[Option], members: dict[str, Any], chosen: dict[str, Any]) -> None:
    if chosen["cli_input_json"] is not None or chosen["cli_input_yaml"] is not None:
        return
    missing = [option.name for option in table if option.required and option.key not in members]
    if missing and chosen["generate_cli_skeleton"] not in {"input", "yaml-input"}:
        raise refused(f"the following arguments are required: {', '.join(missing)}")


def _refuse_strays(operation: Operation, chosen: dict[str, Any], left: list[str]) -> None:
    unfit = [option.name for option in OWN if chosen[option.key] is not None and not option.applies(operation)]
    if unfit or left:
        error = refused(f"Unknown options: {', '.join(unfit + left)}")
        error.code = ""
        raise error


def _settle_paging(operation: Operation, members: dict[str, Any], chosen: dict[str, Any]) -> None:
    """A page asked for by hand switches paging off; `--page-size` is the first page's limit (reference 17.6).

    A service's limit of the name of a paging option is that option, and the service's once paging is off.
    """
    pages = operation.pages
    if not pages:
        return
    if pages.limit in members or pages.marker in members:
        chosen["no_paginate"] = True
    if chosen["no_paginate"] and chosen["max_items"] is not None and pages.limit == "MaxItems":
        members[pages.limit] = str(chosen["max_items"])
        chosen["max_items"] = None
    used = [option.name for option in PAGING if chosen[option.key] is not None]
    if chosen["no_paginate"] and used:
        raise UsageError(f"Cannot specify --no-paginate along with pagination arguments: {', '.join(used)}")
