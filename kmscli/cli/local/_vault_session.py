"""What every local command on a vault shares: its options, the vault, and the event that a change leaves."""

import inspect
import os
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, NoReturn, TypeVar

import typer
from typer.core import TyperCommand

from kmscli.cli.call import finish
from kmscli.cli.session import unlocking, vault_path
from kmscli.cli.settings import NETWORK, Settings
from kmscli.clock import system_time
from kmscli.engine import Engine
from kmscli.errors import UsageError
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import Opened, open_with_root
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

FORMATS = ("json", "text")

SHARED: dict[str, Any] = {
    "vault": Annotated[str | None, typer.Option(metavar="PATH", help="The vault's file.")],
    "key_file": Annotated[str | None, typer.Option(metavar="PATH", help="A file that holds the vault's key.")],
    "key_fd": Annotated[int | None, typer.Option(metavar="N", help="A descriptor to read the vault's key from.")],
    "passphrase_fd": Annotated[int | None, typer.Option(metavar="N", help="A descriptor to read the passphrase from.")],
    "accept_rollback": Annotated[
        bool | None,
        typer.Option("--accept-rollback", help="Go on with a vault that is older than the mark kept of it."),
    ],
    "output": Annotated[str | None, typer.Option(metavar="FORMAT", help="json, or text, which is the default.")],
}
"""The options of all commands, by name. They may stand before the group's name as well, as for an operation."""

NOTHING: Mapping[str, Any] = {}

Change = Callable[[Opened], tuple[Opened, dict[str, Any]]]
"""Makes of an opened vault the one whose first commit stores the change, and the event's parameters."""

Command = Callable[..., int | None]
"""What a command does; it may have an exit code of its own."""

T = TypeVar("T")


class VaultSession:
    """A caller and his vault, as the options and the environment say."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.output = chosen_output(options)
        self.options = options
        self.environment = {name: value for name, value in os.environ.items() if name not in NETWORK}
        self.settings = Settings({**options, "endpoint_url": None}, self.environment)
        self.caller = self.settings.caller()
        self.path = vault_path(self.settings)
        self.unlocking = unlocking(self.settings)

    def opened(self, *, refuse_rollback: bool = True) -> Opened:
        """The vault with its root key; not rolled back, or accepted as such. Raises KmscliError."""
        opened = open_with_root(self.path, self.unlocking)
        if refuse_rollback:
            engine = self.engine(opened.vault)
            accept = bool(self.options.get("accept_rollback"))
            engine.check_mark(self.environment, self.caller, accept_rollback=accept)
            self.settle(engine)
        return opened

    def read(self, look: Callable[[Opened], T], *, refuse_rollback: bool = True) -> T:
        """Look at the vault; again from the start when others rekey it meanwhile."""
        while True:
            opened = None
            try:
                opened = self.opened(refuse_rollback=refuse_rollback)
                return look(opened)
            except RekeyedError:
                continue
            finally:
                if opened:
                    opened.vault.close()

    def change(self, name: str, change: Change) -> Opened:
        """Change the vault and record that in one commit; again from the start when others rekey it meanwhile."""
        while True:
            try:
                successor, parameters = change(self.opened())
                self.record(successor.vault, name, parameters)
            except RekeyedError:
                continue
            return successor

    def record(self, vault: Vault, name: str, parameters: dict[str, Any]) -> None:
        """Commit an event, with whatever a changed vault's first commit stores. Raises RekeyedError."""
        engine = self.engine(vault)
        engine.record_local(self.caller, name, parameters)
        self.settle(engine)

    def settle(self, engine: Engine) -> None:
        """Let the log follow. When others rekey the vault meanwhile, they do."""
        try:
            finish(engine, self.environment)
        except RekeyedError:
            return

    def time_in(self, vault: Vault) -> float:
        """What time it is in a vault, in seconds since the epoch."""
        return self.engine(vault).look(self.caller, lambda _transaction, now, _held: now)

    def unlocking_with(self, secret: UnlockingSecret) -> Unlocking:
        """The same way of unlocking, which has found its secret already: one that was just made."""
        self.unlocking.found = secret
        return self.unlocking

    def engine(self, vault: Vault) -> Engine:
        """An engine that does not unlock again on its own: what was prepared with the old keys must be made anew."""
        return Engine(vault, system_time, _refuse)


def chosen_output(options: dict[str, Any]) -> str:
    """The output format. Raises UsageError: none of FORMATS."""
    output = str(options.get("output") or "text")
    if output not in FORMATS:
        raise UsageError(f"argument --output: Found invalid choice {output!r}: it is one of {', '.join(FORMATS)}")
    return output


def command(
    group: typer.Typer,
    name: str,
    *,
    without: Collection[str] = (),
    also: Mapping[str, Any] = NOTHING,
    session: Callable[[dict[str, Any]], object] = VaultSession,
    cls: type[TyperCommand] = TyperCommand,
) -> Callable[[Command], Command]:
    """Make a function a command of a group. It is given a session, and what its own parameters say.

    `without`: the shared options that it does not have. `also`: those that it shares with fewer others.
    `session`: makes the session of the options. `cls`: reads the words.
    """
    options = {option: kind for option, kind in {**SHARED, **also}.items() if option not in without}

    def register(function: Command) -> Command:
        def run(context: typer.Context, **given: Any) -> int | None:
            shared = {option: given.pop(option) for option in options}
            said = {option: value for option, value in shared.items() if value is not None}
            return function(session({**(context.obj or {}), **said}), **given)

        keyword = inspect.Parameter.KEYWORD_ONLY
        own = list(inspect.signature(function).parameters.values())[1:]
        shared = [inspect.Parameter(option, keyword, default=None, annotation=kind) for option, kind in options.items()]
        first = inspect.Parameter("context", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=typer.Context)
        parameters = [first, *(parameter.replace(kind=keyword) for parameter in own), *shared]
        run.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
        run.__doc__ = function.__doc__
        group.command(name, cls=cls)(run)
        return function

    return register


def _refuse() -> NoReturn:
    raise RekeyedError
