"""Print the completion script of a shell, to be sourced in its start-up file."""

import sys
from importlib.metadata import files
from typing import Annotated

import typer

from kmscli.errors import KmscliError, UsageError

app = typer.Typer(add_completion=False, rich_markup_mode=None)

SCRIPTS = {
    "bash": "share/bash-completion/completions/kmscli",
    "zsh": "share/zsh/site-functions/_kmscli",
    "fish": "share/fish/vendor_completions.d/kmscli.fish",
}
"""Where a wheel puts the scripts, below the environment's own folder."""


@app.command()
def completion(shell: Annotated[str, typer.Argument(metavar="bash|zsh|fish", help="The shell.")]) -> None:
    """Print the completion script of a shell, to be sourced in its start-up file.

    For bash and zsh: source <(kmscli completion bash). For fish: kmscli completion fish | source.
    """
    if shell not in SCRIPTS:
        raise UsageError(f"argument shell: Found invalid choice '{shell}'")
    sys.stdout.write(script(SCRIPTS[shell]))


def script(path: str) -> str:
    """The text of an installed file of kmscli's. Raises KmscliError: it is not there."""
    for file in files("kmscli") or []:
        if str(file).endswith(path):
            with open(file.locate(), encoding="utf-8") as opened:
                return opened.read()
    raise KmscliError("The completion scripts were not installed with kmscli.")
