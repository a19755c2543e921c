"""The configuration: profiles, each with a Region, an account and a principal, an output format, a vault."""

import os
import sys
from collections.abc import Callable, Sequence
from typing import Annotated, Any

import typer

from kmscli.cli.local._facts import show_rows
from kmscli.cli.options import BINARY_FORMATS, OUTPUTS
from kmscli.cli.output.printable import printable
from kmscli.cli.settings import NETWORK, PROFILE_MEMBERS, Settings, aws_profile, config_file, read_config
from kmscli.errors import ConfigurationError, KmscliError, UsageError
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, is_account, is_region
from kmscli.vault.location import make_private_folder

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
