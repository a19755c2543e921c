"""Changing what only a lab vault has, for learning and testing."""

from collections.abc import Callable
from typing import Any

from kmscli.cli.call import finish
from kmscli.cli.local._vault_session import VaultSession
from kmscli.cli.session import open_engine
from kmscli.errors import ConfigurationError
from kmscli.vault.transaction import Transaction


def change_lab(session: VaultSession, name: str, change: Callable[[Transaction, float], dict[str, Any]]) -> None:
    """Change a lab vault and record that in one commit; `change` as the engine's `change_local` has it.

    Raises ConfigurationError: it is no lab vault.
    """
    engine = open_engine(session.settings, "lab")
    try:
        if not engine.vault.header.lab:
            raise ConfigurationError(
                "Attestation documents and roots of one's own are for lab vaults, and this vault is none.",
                mend="Make one beside it: kmscli --vault PATH vault init --lab",
            )
        engine.change_local(session.caller, name, change)
    finally:
        finish(engine, session.environment)
