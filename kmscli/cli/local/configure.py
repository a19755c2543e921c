"""The configuration: profiles, each with a Region, an account and a principal, an output format, a vault."""

from typing import Annotated

import typer

from kmscli.cli.settings import PROFILE_MEMBERS
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

Profile = Annotated[str | None, typer.Option(metavar="NAME", help="The profile; by default the default one.")]
Member = Annotated[str, typer.Argument(metavar="NAME", help=f"One of: {', '.join(PROFILE_MEMBERS)}.")]

ASKED = {
    "account": ("Account id", DEFAULT_ACCOUNT),
    "principal": ("Principal ARN", "the account's root"),
    "region": ("Default region name", DEFAULT_REGION),
    "output": ("Default output format", "json"),
}
"""What `kmscli configure` asks for, and what holds where nothing is set."""
