"""Steps 4 to 8 of the road (design, "The road of a call"): targets are found and decided on, and the operation runs."""

from kmscli.errors import KmscliError, ServiceError, VaultDamagedError
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation
from kmscli.operations.recording import Asked, Outcome, note_uses, records_of
from kmscli.operations.service_words import dry_run
from kmscli.operations.shapes import Request
from kmscli.operations.targets import FallenDueError, decide, find
from kmscli.trail.chain import Record
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import ConflictError
from kmscli.vault.transaction import Transaction

NOT_THE_CALLS_OWN = (KmscliError, FallenDueError, RekeyedError)
"""What ends an attempt at a group of calls, whichever of them met it."""


def perform(asked: Asked, transaction: Transaction, keyring: Keyring, now: float, held: float) -> Outcome:
    """What a call comes to. What one has written that is refused, or dry, or that kmscli itself fails on, is undone.

    Raises FallenDueError, RekeyedError.
    """
    outcome = Outcome(asked)
    request = asked.request
    if outcome.error or request is None:
        return outcome
    operation = asked.operation
    undo = transaction.savepoint()
    call = Call(asked.caller, operation.name, now, held, transaction, keyring, remembered=asked.remembered)
    try:
        call.sought, call.weighed = outcome.sought, outcome.weighed
        for target in operation.targets:
            outcome.sought.append(find(target, call, request))
        decide(operation, call, request, outcome.sought)
        outcome.response = operation.function(call, request, *[sought.thing for sought in outcome.sought])
        _refuse_dry_run(operation, request)
        note_uses(outcome, transaction, now)
    except (ServiceError, VaultDamagedError) as error:
        undo()
        outcome.error, outcome.response = error, None
        outcome.principal_id = call.principal_id
        return outcome
    except NOT_THE_CALLS_OWN:
        raise
    except Exception as fault:  # noqa: BLE001  the others of its group are answered all the same
        undo()
        asked.fail(fault)
        return Outcome(asked)
    outcome.principal_id = call.principal_id
    outcome.additional, outcome.made = call.additional, call.made
    outcome.elsewhere, outcome.happened = call.elsewhere, call.happened
    return outcome


def _refuse_dry_run(operation: Operation, request: Request) -> None:
    if request.__dict__.get("dry_run"):
        raise dry_run(operation.service)


def recorded(outcomes: list[Outcome], now: float) -> list[Record]:
    """The events of calls. Raises ConflictError: kmscli fails on one, which the next attempt finds failed already."""
    records: list[Record] = []
    for outcome in outcomes:
        try:
            records += records_of(outcome, now)
        except Exception as fault:
            if outcome.asked.fault:
                raise
            outcome.asked.fail(fault)
            raise ConflictError from None
    return records
