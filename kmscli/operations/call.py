"""A call in progress: what an operation's function may use besides its request and its targets."""

from collections.abc import Callable
from typing import Any, TypeVar

from kmscli.authorization.caller import Caller
from kmscli.keys.key import Happened, Key
from kmscli.operations.shapes import Shape
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction

T = TypeVar("T")


class Elsewhere:
    """A call that KMS makes for the caller in another Region, which leaves a record of its own there.

    `parameters`: its requestParameters; None: those of the caller's call. `answer`: what the record shows of it.
    """

    def __init__(
        self,
        name: str,
        region: str,
        *,
        parameters: dict[str, Any] | None = None,
        answer: Shape | None = None,
        made: Key | None = None,
    ) -> None:
        self.name = name
        self.region = region
        self.parameters = parameters
        self.answer = answer
        self.made = made


class Call:
    """`now`: the call's time. `transaction`: the vault's snapshot, and what is written over it.

    `remembered`: what `once` keeps; the same for every attempt at the call.
    """

    def __init__(
        self,
        caller: Caller,
        name: str,
        now: float,
        held: float,
        transaction: Transaction,
        keyring: Keyring,
        *,
        remembered: dict[str, Any],
    ) -> None:
        self.caller = caller
        self.name = name
        self.now = now
        self.held = held
        self.transaction = transaction
        self.keyring = keyring
        self.remembered = remembered
        self.additional: dict[str, Any] = {}
        """The event's `additionalEventData`."""
        self.happened: list[Happened] = []
        """Service events that this call brings about."""
        self.elsewhere: list[Elsewhere] = []
        """Calls in other Regions that this call brings about."""
        self.made: list[Key] = []
        """Keys that this call makes; the event names them."""
        self.sought: list[Any] = []
        """The targets found, as `targets.Sought`."""
        self.explains = caller.explains
        self.weighed: list[tuple[Any, Any]] = []
        """The decisions that took weighing: each question, and what was decided."""
        self.limits: dict[str, Any] = {}
        """What limits the accounts that have a say, by account, once that is looked up."""
        self.standing: Any = None
        """Who calls, with the policies that are his own, once they are looked up: a `standing.Standing`."""
        self.grant = ""
        """The id of the grant by which the call is allowed, if it is by one."""

    @property
    def scope(self) -> str:
        """The caller's account and Region, as a scope of rows."""
        return f"{self.caller.account} {self.caller.region}"

    @property
    def principal_id(self) -> str:
        """The caller's unique id, if he was looked up and has one."""
        return self.standing.principal.user_id if self.standing else ""

    def once(self, what: str, make: Callable[[], T]) -> T:
        """What `make` makes, made once although the call may be attempted again: an RSA key takes seconds."""
        if what not in self.remembered:
            self.remembered[what] = make()
        made: T = self.remembered[what]
        return made

    def show_material(self, **ids: str | None) -> None:
        """Name the key material that the call used in its event, where AWS names it: symmetric keys only (14.2)."""
        self.additional.update({name: material_id for name, material_id in ids.items() if material_id})
