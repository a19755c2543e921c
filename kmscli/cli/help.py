"""The help pages of the program and of each operation, from the declarations."""

import inspect
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from kmscli.cli.local.index import LOCAL
from kmscli.cli.options import GLOBAL, OWN, Option, member_options, operation_options
from kmscli.cli.page import Entry, Page, Section
from kmscli.operations.fields import Blob, Enum, Field, Integer, Sized
from kmscli.operations.index import KMS, SERVICES
from kmscli.operations.operation import Operation
from kmscli.operations.shapes import List, Map, Structure

EXIT_CODES = (
    Entry("0", "The call succeeded."),
    Entry("130", "Interrupted."),
    Entry("252", "Wrong usage: nothing was called."),
    Entry("253", "The vault, its key or the configuration does not allow a call."),
    Entry("254", "The call was answered with an error."),
    Entry("255", "Anything else: a damaged vault, a file that cannot be written."),
)

GLOBAL_NAMES = f"{', '.join(option.name for option in GLOBAL if not option.ignored)}: see `kmscli help`."

ROOT_SUMMARY = "aws kms, subcommand for subcommand, against an encrypted local vault."


SERVICE_SUMMARIES = {
    "ec2": "A subset of aws ec2: VPC endpoints for KMS, and their policies.",
    "iam": "A subset of aws iam: users, roles and groups, and their policies.",
    "organizations": "A subset of aws organizations: accounts in units, and the policies that limit them.",
    "sts": "A subset of aws sts: who calls, and roles for a while.",
}
"""What `kmscli help` says of another service than KMS."""


def operation_named(command: str, service: str = "kms") -> Operation:
    """The declaration behind a command. Imports its one module."""
    name = command.replace("-", "_")
    declared: Operation = getattr(import_module(f"kmscli.operations.{service}.{name}"), name)
    return declared


def service_page(service: str) -> Page:
    """What `kmscli <service> help` shows."""
    entries = [Entry(f"{service} {name}", summary) for name, (_, summary) in SERVICES[service].items()]
    synopsis = [f"kmscli {service} <command> [parameters]", f"kmscli {service} <command> help"]
    return Page(
        f"kmscli {service}",
        SERVICE_SUMMARIES[service],
        [
            Section("Synopsis", lines=synopsis),
            Section("Operations", entries=entries),
            Section("Global options", text=[GLOBAL_NAMES]),
            Section("Exit codes", entries=EXIT_CODES),
        ],
    )


def root_page() -> Page:
    """What `kmscli help` shows."""
    return Page(
        "kmscli",
        ROOT_SUMMARY,
        [
            Section("Synopsis", lines=["kmscli [options] <command> [parameters]", "kmscli <command> help"]),
            Section("KMS operations", entries=[Entry(name, summary) for name, (_, summary) in KMS.items()]),
            Section("Other services", entries=[Entry(name, it) for name, it in SERVICE_SUMMARIES.items()]),
            Section("Commands of kmscli's own", entries=[Entry(name, summary) for name, summary in LOCAL.items()]),
            Section("kmscli's own options", entries=[option_entry(option) for option in OWN]),
            Section("Options as in aws", entries=[option_entry(option) for option in GLOBAL if not option.ignored]),
            Section("Exit codes", entries=EXIT_CODES),
        ],
    )


def operation_page(operation: Operation) -> Page:
    """What `kmscli <operation> help` shows."""
    summary, _, description = inspect.cleandoc(operation.help).partition("\n")
    members = [option.name for option in member_options(operation)]
    others = [option for option in operation_options(operation) if option.name not in members]
    sections = [
        Section("Synopsis", lines=synopsis(operation)),
        Section("Description", text=paragraphs(description)),
        Section("Options", entries=[field_entry(field) for field in shown_fields(operation)]),
        Section("Options of the command line", entries=[option_entry(option) for option in others]),
        Section("kmscli's own options", entries=[option_entry(option) for option in OWN if option.applies(operation)]),
        Section("Global options", text=[GLOBAL_NAMES]),
        Section("Exit codes", entries=EXIT_CODES),
    ]
    return Page(f"kmscli {operation.command}", summary, [it for it in sections if it.text or it.lines or it.entries])


def shown_fields(operation: Operation) -> list[Field[Any]]:
    """The members that have an option which is not hidden."""
    shown = {option.key for option in member_options(operation) if not option.hidden}
    return [field for wire, field in operation.request.fields.items() if wire in shown]


def paragraphs(text: str) -> list[str]:
    """The paragraphs of a docstring, each on one line."""
    return [" ".join(part.split()) for part in text.strip().split("\n\n") if part.strip()]


def synopsis(operation: Operation) -> list[str]:
    """The command with all its own options, those in brackets that may be left out."""
    spelled = [(field_name(field), field.is_required) for field in shown_fields(operation)]
    options = [name if required else f"[{name}]" for name, required in spelled]
    return [f"kmscli {operation.command}", *(f"    {option}" for option in options)]


def field_name(field: Field[Any]) -> str:
    """An operation's option and what it takes: `--key-id <string>`."""
    option = f"--{field.name.replace('_', '-')}"
    if field.kind == "boolean":
        return f"{option} | --no-{option[2:]}"
    return f"{option} {placeholder(field)}"


def placeholder(field: Field[Any]) -> str:
    """What stands for a value: its kind, or how a compound value is spelled."""
    if isinstance(field, List):
        return f"{placeholder(field.member)} ..."
    if isinstance(field, Map):
        return "<name>=<value>,..."
    if isinstance(field, Structure):
        return ",".join(f"{wire}={placeholder(member)}" for wire, member in field.shape.fields.items())
    return f"<{field.kind}>"


def field_entry(field: Field[Any]) -> Entry:
    """An operation's option, with all that its declaration says."""
    return Entry(field_name(field), " ".join([field.help, *remarks(field)]).strip())


def remarks(field: Field[Any]) -> Iterator[str]:
    """What a declaration adds to a member's help: whether it must be given, its limits, choices and default."""
    if field.is_required:
        yield "Required."
    yield from limits(field)
    if isinstance(field, Blob):
        yield "In base64, or fileb://FILE or - (standard input) for the bytes themselves."
    if field.fallback is not None:
        yield f"Default: {field.fallback}."


def limits(field: Field[Any]) -> Iterator[str]:
    """The values that a member may have, in words."""
    if isinstance(field, Enum):
        yield f"One of: {', '.join(field.choices)}."
    if isinstance(field, Sized) and field.high is not None:
        unit = {"blob": "bytes", "list": "values"}.get(field.kind, "characters")
        yield f"{span(field.low, field.high)} {unit}."
    if isinstance(field, Integer) and field.low is not None and field.high is not None:
        yield f"{span(field.low, field.high)}."
    if isinstance(field, List):
        yield from (f"Each: {words}" for words in limits(field.member))


def span(low: int, high: int) -> str:
    """`1 to 4,096`, `at most 8,192`, `exactly 12`."""
    if low == high:
        return f"Exactly {high:,}"
    return f"{low:,} to {high:,}" if low else f"At most {high:,}"


def option_entry(option: Option) -> Entry:
    """A global option, or one of kmscli's own."""
    value = "|".join(option.choices) or f"<{option.kind}>"
    spelled = {"flag": option.name, "optional": f"{option.name} [{value}]"}
    return Entry(spelled.get(option.kind, f"{option.name} {value}"), option.help)
