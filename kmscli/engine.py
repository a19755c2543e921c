"""The road that every call travels (design, "The road of a call").

A call comes in as raw members and leaves as a typed response or an error, and in either case as an event. Several
calls may travel as a group: each sees what the earlier ones changed, a failed one leaves only its event, and one
commit makes them all durable before any is answered.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import islice
from typing import Any, TypeVar

from kmscli.authorization.caller import Caller
from kmscli.clock import DAY
from kmscli.errors import KMSInternalException, UnknownOperationException, VaultDamagedError, VaultRolledBackError
from kmscli.keys.key import KEY, Happened, Key
from kmscli.operations.operation import Operation
from kmscli.operations.performing import perform, recorded
from kmscli.operations.recording import Asked, Outcome, local_record, service_record_of
from kmscli.operations.shapes import Response
from kmscli.operations.targets import FallenDueError
from kmscli.trail.chain import Record, chained
from kmscli.trail.log import follow, logged_mark
from kmscli.vault.head import Head
from kmscli.vault.keyring import RekeyedError
from kmscli.vault.location import Environment
from kmscli.vault.mark import check_mark, read_mark, write_mark
from kmscli.vault.rows import BUSY_SECONDS, ConflictError
from kmscli.vault.transaction import Transaction
from kmscli.vault.vault import Committed, Vault

__all__ = ["Caller", "Engine", "find_operation"]

DUE_AT_MOST = 64
"""How many keys that a call does not touch it brings up to date."""
STRANGE_LEAP = 7 * DAY
"""A clock that leaps further than this since the vault was last used is not trusted with deletions for a day."""

MOST_ATTEMPTS = 500

T = TypeVar("T")

_OPERATIONS: dict[str, Operation] = {}


def find_operation(name: str) -> Operation:
    """An operation by its wire name, or by its action if it is none of KMS; its one module is imported.

    Raises UnknownOperationException.
    """
    found = _OPERATIONS.get(name)
    if found is None:
        from kmscli.operations.index import SERVICES

        service, _, wire = ("kms:" + name if ":" not in name else name).partition(":")
        commands = SERVICES.get(service, {})
        command = next((command for command, (known, _) in commands.items() if known == wire), None)
        if command is None:
            raise UnknownOperationException
        attribute = command.replace("-", "_")
        found = _OPERATIONS[name] = getattr(import_module(f"kmscli.operations.{service}.{attribute}"), attribute)
    return found


class OthersDueError(Exception):
    """Something is due on other keys than the calls touch: first that, then the calls."""


class Engine:
    """Answers calls on a vault. `reopen` unlocks it again after somebody rekeyed it."""

    def __init__(self, vault: Vault, clock: Callable[[], float], reopen: Callable[[], Vault]) -> None:
        self.vault = vault
        self.clock = clock
        self.reopen = reopen
        self.committed: Committed | None = None
        """What the newest commit left, for the log to follow."""
        self.warnings: list[str] = []
        self._patience = BUSY_SECONDS

    def call(self, caller: Caller, name: str, raw: dict[str, Any]) -> Response | None:
        """Answer one call. Raises the ServiceError that it came to; its event is durable all the same."""
        [outcome] = self.group([(caller, name, raw)])
        return outcome.answer()

    def group(self, calls: Iterable[tuple[Caller, str, dict[str, Any]]]) -> list[Outcome]:
        """Answer several calls, in order, with one commit. Raises UnknownOperationException before any is answered."""
        return self.answer([Asked(caller, find_operation(name), raw) for caller, name, raw in calls])

    def answer(self, asked: list[Asked]) -> list[Outcome]:
        """Answer calls that were read already, in order, with one commit."""
        return self.answer_admitted(asked[0].caller, lambda _transaction, _now: asked) if asked else []

    def answer_admitted(self, caller: Caller, admitted: Callable[[Transaction, float], list[Asked]]) -> list[Outcome]:
        """Answer the calls that `admitted` tells from a transaction and the time, in order, with one commit.

        After a conflict it is asked again. `caller`: meets what has fallen due before them.
        """
        clock = self.clock()
        due: list[Key] | None = None

        def attempt(transaction: Transaction) -> list[Outcome]:
            nonlocal due
            now, held = self._time(transaction, clock)
            asked = admitted(transaction, now)
            if asked and due is None:
                due = self._due_keys(transaction, now, held)
                if due:
                    raise OthersDueError
            return self._answer(asked, transaction, now, held) if asked else []

        try:
            return self._retried(attempt, caller, clock)
        except OthersDueError:
            for key in due or ():
                self._bring_up_to_date(key, caller, clock, touched=False)
        return self._retried(attempt, caller, clock)

    def record_local(self, caller: Caller, name: str, parameters: dict[str, Any], **options: Any) -> None:
        """Commit the event of something that kmscli did to the vault itself. Options: as the vault's `commit`."""
        self.change_local(caller, name, lambda _transaction, _now: parameters, **options)

    def change_local(
        self,
        caller: Caller,
        name: str,
        change: Callable[[Transaction, float], dict[str, Any] | None],
        *,
        new_chain: bool = False,
        beyond: int = 0,
    ) -> None:
        """Commit a change that is no call, with its event. Options: as the vault's `commit`.

        `change` is given a transaction and the time, and returns the event's parameters, or None: there is nothing to
        change. It may be called again after a conflict.
        """
        clock = self.clock()

        def attempt(transaction: Transaction) -> None:
            now, held = self._time(transaction, clock)
            parameters = change(transaction, now)
            if parameters is not None:
                record = local_record(caller, name, parameters, now)
                self._commit(transaction, [record], now, held, new_chain=new_chain, beyond=beyond)

        self._retried(attempt, caller, clock)

    def look(self, caller: Caller, look: Callable[[Transaction, float, float], T]) -> T:
        """What a look at the vault gives. `look` is given a transaction, the time, and until when deletions wait."""
        clock = self.clock()
        return self._retried(lambda transaction: look(transaction, *self._time(transaction, clock)), caller, clock)

    def check_mark(self, environment: Environment, caller: Caller, *, accept_rollback: bool = False) -> None:
        """See that the vault is not older than this machine knows it, or, without a mark, than the log beside it.

        Accepting a rollback opens a new chain. Raises VaultRolledBackError.
        """
        mark = read_mark(self.vault, environment) or logged_mark(self.vault.path, self.vault.keyring.trail)

        def head_now(transaction: Transaction) -> Head:
            return self.vault.head(transaction)

        head = self._retried(head_now, caller, 0)
        try:
            check_mark(self.vault, head, mark)
        except VaultRolledBackError:
            if not accept_rollback:
                raise
            marks = (mark, logged_mark(self.vault.path, self.vault.keyring.trail))
            seen = max(mark.commit for mark in marks if mark)
            self.record_local(caller, "AcceptRollback", {}, new_chain=True, beyond=seen)

    def settle(self, environment: Environment) -> None:
        """Remember how far the vault has come, and let the log follow what was committed.

        Raises OSError: the log cannot be written; the events wait in the vault.
        """
        if self.committed is None:
            return
        write_mark(self.vault, self.committed.head, environment)
        try:
            follow(self.vault, self.committed)
        except RekeyedError:
            self._reopen()
            follow(self.vault)
        finally:
            self.committed.lines = []

    def _answer(self, asked: list[Asked], transaction: Transaction, now: float, held: float) -> list[Outcome]:
        outcomes = [perform(one, transaction, self.vault.keyring, now, held) for one in asked]
        self._commit(transaction, recorded(outcomes, now), now, held)
        return outcomes

    def _due_keys(self, transaction: Transaction, now: float, held: float) -> list[Key]:
        """Keys on which something has fallen due, oldest first: whether or not the calls touch them."""
        return list(islice((key for key in transaction.due(KEY, now) if key.is_due(now, held)), DUE_AT_MOST))

    def _bring_up_to_date(self, key: Key, caller: Caller, clock: float, *, touched: bool) -> None:
        """Everything that is due on a key and those related to it, step by step.

        What a step without an event leaves is left to later calls if this one does not touch the key.
        """
        due: Key | None = key
        while due:
            happened, due = self.step(due, caller, clock)
            if not (happened or touched):
                return

    def step(
        self, key: Key, caller: Caller, clock: float, *, durable: bool = True
    ) -> tuple[list[Happened], Key | None]:
        """The next thing that is due on a key and those related to it, in a commit of its own with its events.

        Returns what happened, and the key on which more is due. A step of a deletion that has only removed some of many
        grants has no event. Unless it is made `durable`, the vault has to be synced before anybody hears of it.
        """
        from kmscli.keys.due import bring_up_to_date
        from kmscli.keys.multi_region import first_due

        def attempt(transaction: Transaction) -> tuple[list[Happened], Key | None]:
            now, held = self._time(transaction, clock)
            current = first_due(transaction, key, now, held)
            if current is None:
                return [], None
            happened = bring_up_to_date(transaction, current)
            left = first_due(transaction, key, now, held)
            transaction.durable = durable
            self._commit(transaction, [service_record_of(one, caller) for one in happened], now, held)
            return happened, left

        return self._retried(attempt, caller, clock)

    def _retried(self, attempt: Callable[[Transaction], T], caller: Caller, clock: float) -> T:
        """Run an attempt on a fresh snapshot; again after a conflict, a rekeying, or when something falls due first.

        Raises KMSInternalException: others were always faster. VaultDamagedError: a row of a term that never was.
        """
        for _ in range(MOST_ATTEMPTS):
            transaction = self.vault.transaction()
            try:
                return attempt(transaction)
            except ConflictError:
                continue
            except RekeyedError:
                transaction.close()
                self._reopen()
            except FallenDueError as due:
                transaction.close()
                self._bring_up_to_date(due.key, caller, clock, touched=True)
            finally:
                transaction.close()
        raise KMSInternalException("The vault is busy: others changed the same rows again and again.")

    def wait_for_others(self, seconds: float) -> None:
        """From here on, wait for so long for others that write, then raise BusyError."""
        self._patience = seconds
        self.vault.store.wait_for_lock(seconds)

    def _reopen(self) -> None:
        before = self.vault
        before.close()
        self.vault = self.reopen()
        self.vault.store.wait_for_lock(self._patience)
        if self.vault.is_as(before):
            raise VaultDamagedError("A row of the vault names a term that the vault never had.")

    def _time(self, transaction: Transaction, clock: float) -> tuple[float, float]:
        """Now, by the clock but never before the latest time that the vault has seen; until when deletions are held."""
        head = self.vault.head(transaction)
        now = max(clock + head.clock_offset, head.latest)
        if now - head.latest > STRANGE_LEAP and not self.vault.header.lab:
            self._warn("The clock is more than a week past the vault's last use: deletions wait 24 hours.")
            return now, now + DAY
        return now, head.held

    def _warn(self, text: str) -> None:
        if text not in self.warnings:
            self.warnings.append(text)

    def _commit(
        self,
        transaction: Transaction,
        records: list[Record],
        now: float,
        held: float,
        *,
        new_chain: bool = False,
        beyond: int = 0,
    ) -> None:
        committed = self.vault.commit(
            transaction,
            lambda end, commit, key: chained(records, end, commit, key),
            now,
            held=held,
            new_chain=new_chain,
            beyond=beyond,
        )
        self.committed = committed.after(self.committed)
