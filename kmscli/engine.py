"""The road that every call travels (design, "The road of a call").

A call comes in as raw members and leaves as a typed response or an error, and in either case as an event. Several
calls may travel as a group: each sees what the earlier ones changed, a failed one leaves only its event, and one
commit makes them all durable before any is answered.
"""

from collections.abc import Callable, Iterable
from importlib import import_module
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.clock import DAY
from kmscli.errors import (
    DryRunOperationException,
    ServiceError,
    UnknownOperationException,
    VaultRolledBackError,
)
from kmscli.keys.due import bring_up_to_date, is_due
from kmscli.keys.finding import Found
from kmscli.keys.key import KEY, Key, find_key
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Asked, Outcome, local_record, records_of, service_record_of
from kmscli.operations.shapes import Response
from kmscli.operations.targets import FallenDueError, decide, find
from kmscli.trail.chain import Record, chained
from kmscli.trail.log import follow
from kmscli.vault.location import Environment
from kmscli.vault.mark import check_mark, write_mark
from kmscli.vault.rows import ConflictError
from kmscli.vault.transaction import Transaction
from kmscli.vault.vault import Chain, Committed, RekeyedError, Vault

__all__ = ["Caller", "Engine", "find_operation"]

DUE_AT_MOST = 64
"""How many keys that a call does not touch it brings up to date."""
STRANGE_LEAP = 7 * DAY
"""A clock that leaps further than this since the vault was last used is not trusted with deletions for a day."""

_OPERATIONS: dict[str, Operation] = {}


def find_operation(name: str) -> Operation:
    """An operation by its wire name; its one module is imported. Raises UnknownOperationException."""
    found = _OPERATIONS.get(name)
    if found is None:
        from kmscli.operations.index import KMS

        command = next((command for command, (wire, _) in KMS.items() if wire == name), None)
        if command is None:
            raise UnknownOperationException
        attribute = command.replace("-", "_")
        found = _OPERATIONS[name] = getattr(import_module(f"kmscli.operations.kms.{attribute}"), attribute)
    return found


class Engine:
    """Answers calls on a vault. `reopen` unlocks it again after somebody rekeyed it."""

    def __init__(self, vault: Vault, clock: Callable[[], float], reopen: Callable[[], Vault]) -> None:
        self.vault = vault
        self.clock = clock
        self.reopen = reopen
        self.committed: Committed | None = None
        """What the newest commit left, for the log to follow."""
        self.warnings: list[str] = []

    def call(self, caller: Caller, name: str, raw: dict[str, Any]) -> Response | None:
        """Answer one call. Raises the ServiceError that it came to; its event is durable all the same."""
        [outcome] = self.group([(caller, name, raw)])
        if outcome.error:
            raise outcome.error
        return outcome.response

    def group(self, calls: Iterable[tuple[Caller, str, dict[str, Any]]]) -> list[Outcome]:
        """Answer several calls, in order, with one commit. Raises UnknownOperationException before any is answered."""
        asked = [Asked(caller, find_operation(name), raw) for caller, name, raw in calls]
        self._bring_others_up_to_date(asked)
        while True:
            transaction = self.vault.transaction()
            try:
                now, held = self._time(transaction)
                outcomes = [self._perform(one, transaction, now, held) for one in asked]
                records = [record for outcome in outcomes for record in records_of(outcome, now)]
                self._commit(transaction, records, now, held)
            except FallenDueError as due:
                transaction.close()
                self._bring_up_to_date(due.key, asked[0].caller)
            except ConflictError:
                continue
            except RekeyedError:
                transaction.close()
                self.vault.close()
                self.vault = self.reopen()
            else:
                return outcomes
            finally:
                transaction.close()

    def settle(self, environment: Environment) -> None:
        """Let the log follow what was committed, and remember how far the vault has come.

        Raises OSError: the log cannot be written; the events wait in the vault.
        """
        if self.committed:
            follow(self.vault, self.committed)
            write_mark(self.vault, self.committed.head, environment)

    def check_mark(self, environment: Environment, caller: Caller, *, accept_rollback: bool = False) -> None:
        """See that the vault is not older than this machine knows it. Accepting a rollback opens a new chain.

        Raises VaultRolledBackError.
        """
        transaction = self.vault.transaction()
        try:
            head = self.vault.head(transaction)
        finally:
            transaction.close()
        try:
            check_mark(self.vault, head, environment)
        except VaultRolledBackError:
            if not accept_rollback:
                raise
            self.record_local(caller, "AcceptRollback", {}, new_chain=True)

    def record_local(self, caller: Caller, name: str, parameters: dict[str, Any], *, new_chain: bool = False) -> None:
        """Commit the event of something that kmscli did to the vault itself."""
        record = local_record(caller, name, parameters, self.clock())
        transaction = self.vault.transaction()
        chain: Chain = lambda end, commit, key: chained([record], end, commit, key)  # noqa: E731
        self.committed = self.vault.commit(transaction, chain, self.clock(), new_chain=new_chain)

    def _time(self, transaction: Transaction) -> tuple[float, float]:
        """Now, never before the latest time that the vault has seen, and until when deletions are held."""
        head = self.vault.head(transaction)
        now = max(self.clock(), head.latest)
        if now - head.latest > STRANGE_LEAP and not self.vault.header.lab:
            self.warnings.append("The clock is more than a week past the vault's last use: deletions wait 24 hours.")
            return now, now + DAY
        return now, head.held

    def _perform(self, asked: Asked, transaction: Transaction, now: float, held: float) -> Outcome:
        outcome = Outcome(asked)
        request = asked.request
        if outcome.error or request is None:
            return outcome
        operation = asked.operation
        undo = transaction.savepoint()
        call = Call(asked.caller, operation.name, now, held, transaction, self.vault.keyring)
        try:
            for target in operation.targets:
                outcome.found += find(target, call, request)
            decide(operation, call, request, outcome.found)
            outcome.response = operation.function(call, request, *(found.thing for found in outcome.found))
            if request.__dict__.get("dry_run"):
                raise DryRunOperationException("The request would have succeeded, but the DryRun option is set.")
        except ServiceError as error:
            undo()
            outcome.error = error
            outcome.response = None
            return outcome
        outcome.additional, outcome.happened = call.additional, call.happened
        outcome.found += [Found(key, account=key.account, resource=key.arn) for key in call.made]
        return outcome

    def _commit(self, transaction: Transaction, records: list[Record], now: float, held: float) -> None:
        self.committed = self.vault.commit(
            transaction, lambda end, commit, key: chained(records, end, commit, key), now, held=held
        )

    def _bring_others_up_to_date(self, asked: list[Asked]) -> None:
        """What has fallen due on keys that the calls do not touch, oldest first, each in a commit of its own."""
        if not asked:
            return
        transaction = self.vault.transaction()
        try:
            now, held = self._time(transaction)
            due = [key for key in transaction.due(KEY, now, DUE_AT_MOST) if is_due(key, now, held)]
        finally:
            transaction.close()
        for key in due:
            self._bring_up_to_date(key, asked[0].caller)

    def _bring_up_to_date(self, key: Key, caller: Caller) -> None:
        """Everything that is due on a key, step by step."""
        while True:
            transaction = self.vault.transaction()
            try:
                now, held = self._time(transaction)
                current = find_key(transaction, key.account, key.region, key.key_id)
                if current is None or not is_due(current, now, held):
                    return
                happened = bring_up_to_date(transaction, current)
                self._commit(transaction, [service_record_of(happened, caller)], now, held)
            except ConflictError:
                continue
            finally:
                transaction.close()
