"""What the local commands share that make KMS calls: their options, the caller, and groups of calls on his vault."""

import os
from collections.abc import Sequence
from typing import Annotated, Any

import typer

from kmscli.cli.call import settled
from kmscli.cli.session import calling, open_engine, warn
from kmscli.cli.settings import Settings
from kmscli.engine import Engine
from kmscli.errors import KmscliError, ServiceError, VaultDamagedError
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Outcome

CALLER: dict[str, Any] = {
    "profile": Annotated[str | None, typer.Option(metavar="NAME", help="The profile of the configuration to use.")],
    "region": Annotated[str | None, typer.Option(metavar="REGION", help="The Region to call.")],
    "principal": Annotated[
        str | None, typer.Option("--as", metavar="ARN", help="Who calls: an ARN, an account's id, or a service's name.")
    ],
    "via_endpoint": Annotated[
        str | None, typer.Option(metavar="ID", help="The VPC endpoint through which the calls come, by id.")
    ],
    "via_service": Annotated[
        str | None, typer.Option(metavar="SERVICE", help="The service through which the calls come: s3, say.")
    ],
}
"""The options that say who calls, by name."""

Asking = tuple[Operation, dict[str, Any]]
"""An operation and the raw members of its request."""


class CallSession:
    """A caller and his vault, which is unlocked by the first call."""

    def __init__(self, options: dict[str, Any]) -> None:
        self.options = options
        self.settings = Settings(options, os.environ)
        self.settings.stay_here()
        self.caller = self.settings.caller()
        self._engine: Engine | None = None
        self._warnings: set[str] = set()

    def engine(self, command: str = "") -> Engine:
        """The engine. `command`: what is called first; a `create-key` may make the vault. Raises KmscliError."""
        if self._engine is None:
            self._engine = open_engine(self.settings, command)
            self.caller = calling(self._engine, self.settings)
        return self._engine

    def close(self) -> None:
        """Close the vault; the next call opens it again, as a process has to that was forked."""
        if self._engine:
            self._engine.vault.close()
            self._engine = None

    def outcomes(self, calls: Sequence[Asking]) -> list[Outcome]:
        """Answer calls, in order, in one group: all are durable by then, with their events. Raises KmscliError."""
        if not calls:
            return []
        engine = self.engine(calls[0][0].command)
        return engine.group([(self.caller, operation.name, raw) for operation, raw in calls])

    def settle(self) -> None:
        """Let the log follow what was answered. A warning is said once, however often there is a reason for it."""
        for warning in settled(self._engine, self.settings.environment) if self._engine else ():
            if warning not in self._warnings:
                self._warnings.add(warning)
                warn(warning)


def failure(error: KmscliError) -> dict[str, str]:
    """How an error is answered among answers: its code and its message.

    What the command line refuses by itself has one code; what is no answer of the service is an internal failure, as
    in the trail.
    """
    if isinstance(error, ServiceError):
        return {"Code": error.code, "Message": error.message}
    code = "KMSInternalException" if isinstance(error, VaultDamagedError) else "ParamValidation"
    return {"Code": code, "Message": error.message}
