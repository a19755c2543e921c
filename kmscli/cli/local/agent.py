"""The agent: it keeps vaults unlocked and Python warm, so that calls cost little and ask for no key."""

import os
from typing import Annotated, Any

import typer

from kmscli.agent.asking import ask
from kmscli.agent.keys import LOCK_AFTER, LONGEST
from kmscli.agent.place import installation, socket_path
from kmscli.cli.local._agent_process import PROGRAM
from kmscli.cli.local._facts import show
from kmscli.cli.local._vault_session import SHARED, VaultSession, chosen_output, command
from kmscli.cli.session import warn
from kmscli.errors import ConfigurationError, KmscliError

app = typer.Typer(help=__doc__, add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)

NO_VAULT = tuple(option for option in SHARED if option != "output")
"""The options that commands which open no vault have not."""


@command(app, "start")
def start(
    session: VaultSession,
    *,
    lock_after: Annotated[
        int | None,
        typer.Option(
            metavar="SECONDS",
            min=1,
            max=LONGEST,
            help=f"Lock when nothing was called for so long; by default {LOCK_AFTER}.",
        ),
    ] = None,
) -> None:
    """Start an agent, and unlock the vault in it. Where there is one already, it gets this vault as well."""
    from kmscli.agent.starting import start as start_agent

    opened = session.opened()
    vault, path = opened.vault.header.vault, os.path.abspath(opened.vault.path)
    opened.vault.close()
    there = ask(os.environ, b"status")
    if there and there["Installation"] != os.fsdecode(installation(os.environ)):
        warn(f"ended an agent of another installation of kmscli, version {there['Version']}.")
        ask(os.environ, b"stop")
        there = None
    if not there:
        start_agent(os.environ, PROGRAM)
    told = ask(os.environ, b"hold", vault.encode(), os.fsencode(path), opened.root, str(lock_after or "").encode())
    if told is None:
        raise KmscliError("The agent does not answer.")
    show_status(told, session.output)


@command(app, "status", without=NO_VAULT, session=chosen_output)
def status(output: str) -> None:
    """Show the agent: its process, its socket, the vaults that it holds unlocked, and when it locks them."""
    show_status(answered(b"status"), output)


@command(app, "lock", without=NO_VAULT, session=chosen_output)
def lock(output: str) -> None:
    """Have the agent forget the keys of all vaults, at once. Calls under way go on; start unlocks a vault again."""
    show_status(answered(b"lock"), output)


@command(app, "stop", without=NO_VAULT, session=chosen_output)
def stop(output: str) -> None:
    """End the agent. Calls under way go on to their end."""
    told = answered(b"stop")
    show({"Pid": told["Pid"]}, [("ended", f"process {told['Pid']}")], output)


def answered(verb: bytes) -> dict[str, Any]:
    """What the agent answers. Raises ConfigurationError: there is none."""
    told = ask(os.environ, verb)
    if told is None:
        raise ConfigurationError(
            f"There is no agent at {socket_path(os.environ)}.", mend="Start one: kmscli agent start"
        )
    return told


def show_status(told: dict[str, Any], output: str) -> None:
    """Show what the agent tells of itself."""
    facts = {name: value for name, value in told.items() if name != "Installation"}
    locks = "locked" if told["LocksIn"] is None else f"locks in {told['LocksIn']} s"
    vaults = [("vault", f"{vault['VaultId']} {vault['Path']}") for vault in told["Vaults"]]
    lines = [
        ("process", str(told["Pid"])),
        ("socket", told["Socket"]),
        ("version", told["Version"]),
        ("calls", str(told["Calls"])),
        *vaults,
        ("state", locks),
    ]
    show(facts, lines, output)
