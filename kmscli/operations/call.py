"""A call in progress: what an operation's function may use besides its request and its targets."""

from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.keys.key import Happened, Key
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction


class Call:
    """`now`: the call's time. `transaction`: the vault's snapshot, and what is written over it."""

    def __init__(
        self, caller: Caller, name: str, now: float, held: float, transaction: Transaction, keyring: Keyring
    ) -> None:
        self.caller = caller
        self.name = name
        self.now = now
        self.held = held
        self.transaction = transaction
        self.keyring = keyring
        self.additional: dict[str, Any] = {}
        """The event's `additionalEventData`."""
        self.happened: list[Happened] = []
        """Service events that this call brings about."""
        self.made: list[Key] = []
        """Keys that this call makes; the event names them."""

    @property
    def scope(self) -> str:
        """The caller's account and Region, as a scope of rows."""
        return f"{self.caller.account} {self.caller.region}"
