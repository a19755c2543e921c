"""The raw members of a request, from the values of its options and an input document."""

from collections.abc import Callable, Collection, Iterable
from typing import Any

from kmscli.cli.options import option_name
from kmscli.cli.parameters import decoded, is_secret, read
from kmscli.errors import UsageError
from kmscli.operations.operation import Operation


def assemble(
    operation: Operation, members: dict[str, Any], chosen: dict[str, Any], stdin: Callable[[], bytes]
) -> dict[str, Any]:
    """The raw members, with what botocore refuses by itself refused.

    `members`: what the members' options were given, by wire name. `chosen`: all other options.
    Raises UsageError (252), and KmscliError (255).
    """
    fields = operation.request.fields
    once = _Once(stdin)
    typed = {
        wire: read(field, option_name(wire), members[wire], once) for wire, field in fields.items() if wire in members
    }
    if operation.pages and chosen["page_size"] is not None:
        typed[operation.pages.limit] = chosen["page_size"]
    return checked(operation, {**_document(chosen), **typed}, chosen["cli_binary_format"], typed.keys())


def checked(
    operation: Operation, raw: dict[str, Any], binary_format: str | None, shown: Collection[str] = ()
) -> dict[str, Any]:
    """Raw members with their blobs as bytes and their moments as seconds.

    `shown`: those whose values a refusal may show; what came from a document is not among them.
    Raises UsageError: botocore refuses them by itself. KmscliError: a blob is not base64.
    """
    fields = operation.request.fields
    for wire in raw.keys() & fields.keys():
        raw[wire] = decoded(fields[wire], raw[wire], binary_format, hidden=wire not in shown)
    _refuse_faults(operation, raw, raw.keys() - set(shown))
    return raw


class _Once:
    """Standard input, for one option."""

    def __init__(self, stdin: Callable[[], bytes]) -> None:
        self.stdin = stdin
        self.is_read = False

    def __call__(self) -> bytes:
        if self.is_read:
            raise UsageError("Only one option may read standard input (-).")
        self.is_read = True
        return self.stdin()


def _document(chosen: dict[str, Any]) -> dict[str, Any]:
    if chosen["cli_input_json"] is None and chosen["cli_input_yaml"] is None:
        return {}
    from kmscli.cli.input_document import load

    return load(chosen["cli_input_json"], chosen["cli_input_yaml"])


def _refuse_faults(operation: Operation, raw: dict[str, Any], untyped: Iterable[str]) -> None:
    """Refuse what botocore refuses by itself. Values that came from a document, or are secret, are not shown."""
    lines = list(operation.request.faults(raw))
    if not lines:
        return
    fields = operation.request.fields
    secret = {wire for wire in raw.keys() & fields.keys() if is_secret(fields[wire])}
    for wire in (secret | set(untyped)) & fields.keys():
        own = set() if raw[wire] is None else set(fields[wire].faults(raw[wire], wire))
        lines = [_masked(line, names=wire in secret) if line in own else line for line in lines]
    raise UsageError("\n".join(["Parameter validation failed:", *lines]))


def _masked(line: str, *, names: bool) -> str:
    """A fault without the value, and, if `names`, without a name that is perhaps a piece of a value."""
    if line.startswith("Unknown parameter in ") and names:
        return f'{line[: line.index(":")]}: "<sensitive>"{line[line.rindex(", must be one of") :]}'
    head, separator, tail = line.partition(", value: ")
    if not separator or line.startswith("Invalid length"):
        return line
    end = tail.rfind(", type: <class" if line.startswith("Invalid type") else ", valid min")
    return f"{head}, value: <sensitive>{tail[end:]}"
