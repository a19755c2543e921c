"""The configuration: profiles, each with a Region, an account, a principal, an output format, a vault.

Without a command it asks for what a profile holds, and keeps it in kmscli's config.toml. An empty answer leaves what is
there. Nothing is asked that is secret: a vault's key has a file of its own.
"""

import os
import sys
from typing import Annotated, Any

import typer

from kmscli.cli.local._facts import show_rows
from kmscli.cli.local._profiles import DEFAULTS, Profiles, where_from
from kmscli.cli.output.printable import printable
from kmscli.cli.settings import PROFILE_MEMBERS
from kmscli.errors import KmscliError, UsageError

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

ProfileName = Annotated[str | None, typer.Option("--profile", metavar="NAME", help="The profile to look at or change.")]
Output = Annotated[str | None, typer.Option(metavar="FORMAT", help="json, or text, which is the default.")]
Member = Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(PROFILE_MEMBERS)}.")]

QUESTIONS = {
    "account": "Account id",
    "principal": "Principal ARN",
    "region": "Default region name",
    "output": "Default output format",
}


@app.callback(invoke_without_command=True)
def configure(context: typer.Context, profile: ProfileName = None) -> None:
    """Ask for what a profile holds, unless a command follows."""
    context.obj = {**(context.obj or {}), **({"profile": profile} if profile else {})}
    if context.invoked_subcommand is not None:
        return
    profiles = Profiles(context.obj, os.environ)
    found = profiles.found() if profiles.is_there else {}
    changes = {}
    for member, question in QUESTIONS.items():
        answer = _asked(f"{question} [{found.get(member) or DEFAULTS[member]}]: ")
        if answer:
            changes[member] = answer
    if changes:
        profiles.change(changes)


@app.command("list")
def list_members(context: typer.Context, profile: ProfileName = None, output: Output = None) -> None:
    """List what holds for a profile, and where it comes from: the environment, a configuration file, or kmscli."""
    options = _options(context, profile=profile, output=output)
    profiles = Profiles(options, os.environ)
    sources = {member: where_from(member, profiles, os.environ) for member in PROFILE_MEMBERS}
    facts = {
        "Profile": profiles.name,
        "Members": {
            member: {"Value": source.value, "Type": source.type, "Location": source.location}
            for member, source in sources.items()
        },
    }
    rows = [("profile", profiles.name, "", "")]
    rows += [(member, source.value or "<not set>", source.type, source.location) for member, source in sources.items()]
    show_rows(facts, ("name", "value", "type", "location"), rows, options.get("output") or "text")


@app.command("get")
def get_member(context: typer.Context, name: Member, profile: ProfileName = None) -> None:
    """Print what a configuration file says of a member. Exit code 1: nothing."""
    value = Profiles(_options(context, profile=profile), os.environ).found().get(_known(name))
    if value is None:
        raise typer.Exit(1)
    sys.stdout.write(printable(str(value), terminal=sys.stdout.isatty()) + "\n")


@app.command("set")
def set_member(
    context: typer.Context,
    name: Member,
    value: Annotated[str, typer.Argument(metavar="VALUE", help='What it is to be; "" takes it out.')],
    profile: ProfileName = None,
) -> None:
    """Set a member of a profile, which is made if it is not there."""
    Profiles(_options(context, profile=profile), os.environ).change({_known(name): value})


def _options(context: typer.Context, **given: Any) -> dict[str, Any]:
    options = {**(context.obj or {}), **{name: value for name, value in given.items() if value is not None}}
    if options.get("output") not in (None, "json", "text"):
        raise UsageError(f"argument --output: Found invalid choice {options['output']!r}: it is one of json, text")
    return options


def _known(name: str) -> str:
    if name not in PROFILE_MEMBERS:
        raise UsageError(f"argument NAME: Found invalid choice {name!r}: it is one of {', '.join(PROFILE_MEMBERS)}")
    return name


def _asked(question: str) -> str:
    """An answer, from a terminal or a pipe. Raises KmscliError: the input has ended."""
    sys.stdout.write(printable(question, terminal=sys.stdout.isatty()))
    sys.stdout.flush()
    answer = sys.stdin.readline()
    if not answer:
        raise KmscliError("The input ended before all was answered. Nothing was changed.")
    return answer.strip()
