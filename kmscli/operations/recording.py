"""What a call leaves: in the trail its own record and those of what it brought about, on its keys their last use."""

from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.clock import trail_style
from kmscli.errors import KmscliError, KMSInternalException, ServiceError
from kmscli.json_text import written
from kmscli.keys.key import Happened, Key, Use, note_use
from kmscli.names import global_region, new_uuid
from kmscli.operations.call import Elsewhere
from kmscli.operations.fields import Render
from kmscli.operations.operation import Operation
from kmscli.operations.service_words import invalid
from kmscli.operations.shapes import Request, Response, refuse
from kmscli.operations.targets import Sought
from kmscli.trail.chain import Record
from kmscli.trail.event import LOCAL, call_record, copy_for, key_resource, service_record
from kmscli.vault.transaction import Transaction

LENGTHY = ("RSA", "ML_DSA")
"""How the specs and algorithms begin whose private keys take a millisecond or seconds to make or to use."""
_TRAIL_STYLE: Render = {"timestamp": trail_style}


class Asked:
    """A call as it came in, read as far as it could be: its `request`, and the `error` for which it goes no further.

    `fault`: what went wrong in kmscli itself, which is the call's internal error and nobody else's.
    """

    def __init__(self, caller: Caller, operation: Operation, raw: dict[str, Any]) -> None:
        self.caller = caller.at(global_region(caller.region)) if operation.is_global else caller
        self.operation = operation
        self.request_id = new_uuid()
        self.event_id = new_uuid()
        self.request: Request | None = None
        self.error: ServiceError | None = None
        self.fault: Exception | None = None
        self.remembered: dict[str, Any] = {}
        """What an attempt at the call made that the next one need not make again."""
        try:
            violations: list[str] = []
            self.request = operation.request.accept(raw, "", violations)
            refuse(violations, invalid(operation.service))
            self.request.rules()
        except ServiceError as error:
            self.error = error
        except Exception as fault:  # noqa: BLE001  whatever it is, it is this call's alone
            self.fail(fault)

    @property
    def takes_long(self) -> bool:
        """Whether the call computes for so long that others should not wait for it."""
        if self.error or self.request is None:
            return False
        return str(self.request.__dict__.get(self.operation.lengthy)).startswith(LENGTHY)

    def fail(self, fault: Exception) -> None:
        """Take down that kmscli itself has failed; the event shows nothing of the request, on which it may have."""
        self.request, self.error, self.fault = None, KMSInternalException(), fault


class Outcome:
    """What a call came to: a response (None where the operation has none) or an error; and what the trail shows."""

    def __init__(self, asked: Asked) -> None:
        self.asked = asked
        self.response: Response | None = None
        self.error: KmscliError | None = asked.error
        self.sought: list[Sought] = []
        self.made: list[Key] = []
        self.additional: dict[str, Any] = {}
        self.elsewhere: list[Elsewhere] = []
        self.happened: list[Happened] = []
        self.weighed: list[tuple[Any, Any]] = []
        """The decisions that took weighing: each question, and what was decided."""
        self.principal_id = ""
        """The caller's unique id, where his call took weighing and he has one."""

    def answer(self) -> Response | None:
        """The response. Raises what the call came to instead: kmscli's fault itself, for whoever looks for it."""
        error = self.asked.fault or self.error
        if error:
            raise error
        return self.response


def note_uses(outcome: Outcome, transaction: Transaction, now: float) -> None:
    """Note the last use of each key that a call has used: those of which it asked a usage (reference 2.10)."""
    asked = outcome.asked
    for sought in outcome.sought:
        if sought.key and sought.target.usage:
            use = Use(asked.operation.name, now, asked.event_id, asked.request_id)
            note_use(transaction, sought.key, use)


def records_of(outcome: Outcome, now: float) -> list[Record]:
    """The events of a call: its own, then those that it brought about."""
    asked = outcome.asked
    operation = asked.operation
    foreign = _foreign_accounts(outcome)
    record = call_record(
        asked.caller,
        operation.name,
        now,
        request_id=asked.request_id,
        event_id=asked.event_id,
        read_only=operation.read_only,
        parameters=_parameters(outcome),
        answer=_answer(outcome),
        additional=outcome.additional,
        resources=_resources(outcome) if operation.service == "kms" else None,
        error=outcome.error,
        source=f"{operation.service}.amazonaws.com",
        principal_id=outcome.principal_id,
        shared_id=new_uuid() if foreign else "",
    )
    own = _encoded(record, asked.caller)
    if not (foreign or outcome.elsewhere or outcome.happened):
        return [own]
    return [
        own,
        *(_encoded(copy_for(record, account), asked.caller) for account in foreign),
        *(_record_elsewhere(one, outcome, now) for one in outcome.elsewhere),
        *(service_record_of(one, asked.caller) for one in outcome.happened),
    ]


def _foreign_accounts(outcome: Outcome) -> list[str]:
    """The other accounts whose keys a call has used: each gets a copy of the event (14.1)."""
    if outcome.error:
        return []
    own = outcome.asked.caller.account
    return list(dict.fromkeys(one.account for one in outcome.sought if one.key and one.account != own))


def _record_elsewhere(elsewhere: Elsewhere, outcome: Outcome, now: float) -> Record:
    """The record of a call that KMS made for the caller in another Region (reference 14.2)."""
    asked, made = outcome.asked, elsewhere.made
    record = call_record(
        asked.caller.through_kms(elsewhere.region),
        elsewhere.name,
        now,
        request_id=new_uuid(),
        event_id=new_uuid(),
        read_only=asked.operation.read_only,
        parameters=elsewhere.parameters or _parameters(outcome),
        answer=elsewhere.answer.logged(_TRAIL_STYLE) if elsewhere.answer else None,
        resources=[key_resource(made.account, made.arn)] if made else None,
    )
    return _encoded(record, asked.caller)


def _parameters(outcome: Outcome) -> dict[str, Any] | None:
    request = outcome.asked.request
    if request is None:
        return None
    shown = request.logged(_TRAIL_STYLE)
    for sought in outcome.sought:
        if sought.target.logs_arn and sought.key and sought.shows:
            path = getattr(type(request), sought.target.member).path
            if path in shown:
                shown[path] = sought.resource
    return shown


def _resources(outcome: Outcome) -> list[dict[str, str]]:
    listed = [key_resource(one.account, one.resource) for one in outcome.sought if one.shows and one.target.listed]
    return listed + [key_resource(key.account, key.arn) for key in outcome.made]


def _answer(outcome: Outcome) -> dict[str, Any] | None:
    logs = outcome.asked.operation.logs
    if outcome.error or not logs:
        return None
    shown = outcome.response.logged(_TRAIL_STYLE) if outcome.response and logs != "key" else {}
    if logs != "response":
        shown["keyId"] = next(sought.resource for sought in outcome.sought if sought.key)
    return shown


def service_record_of(happened: Happened, caller: Caller) -> Record:
    """The record of what the service did by itself, met by a caller."""
    key = happened.key
    request_id = new_uuid() if happened.is_call else ""
    record = service_record(
        happened.name, key.account, key.region, key.arn, happened.when, happened.details, request_id=request_id
    )
    return _encoded(record, caller)


def _encoded(record: dict[str, Any], caller: Caller) -> Record:
    return written(record), caller.really


def local_record(caller: Caller, name: str, parameters: dict[str, Any], now: float) -> Record:
    """The record of what kmscli did to a vault itself, under an event source of its own."""
    record = call_record(
        caller,
        name,
        now,
        request_id=new_uuid(),
        event_id=new_uuid(),
        read_only=False,
        parameters=parameters,
        source=LOCAL,
    )
    return _encoded(record, caller)
