"""What was answered once and is refused now: the calls that the trail tells of, each decided on anew.

A vault from before decisions were made has key policies that nobody was held to; this shows whom they keep out.
"""

from collections.abc import Callable, Iterable
from typing import Any

from kmscli.authorization.refusal import reason
from kmscli.errors import ServiceError, UnknownOperationException
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation
from kmscli.operations.remembered import caller_of, request_of
from kmscli.operations.targets import decide, named
from kmscli.trail.past_calls import Answered, PastCall

KEPT = 4096
"""Of how many calls the decisions are kept before they are made anew."""

Told = dict[str, Any]
Denied = tuple[str, str, str, str]
MEMBERS = ("Principal", "Action", "Resource", "Reason")
"""Of what is denied: who may not do what to what, and why."""


def now_denied(call: Call, answered: Iterable[Answered], find_operation: Callable[[str], Operation]) -> list[Told]:
    """The calls that would be denied now, by principal, action, resource and reason: how many, and when the last was.

    `call`: of whoever asks.
    """
    decided: dict[PastCall, Denied | None] = {}
    found: dict[Denied, tuple[int, str]] = {}
    for past, time, _ in answered:
        if past not in decided:
            if len(decided) >= KEPT:
                decided.clear()
            decided[past] = _denied(call, past, find_operation)
        denied = decided[past]
        if denied:
            count, last = found.get(denied, (0, ""))
            found[denied] = count + 1, max(last, time)
    return [
        {**dict(zip(MEMBERS, denied, strict=True)), "Calls": count, "Last": last}
        for denied, (count, last) in sorted(found.items())
    ]


def _denied(call: Call, past: PastCall, find_operation: Callable[[str], Operation]) -> Denied | None:
    """What of a call would be denied; None: nothing, or it cannot be told any more."""
    try:
        operation = find_operation(past.action)
    except UnknownOperationException:
        return None
    caller, request = caller_of(past, call.transaction), request_of(past, operation)
    if caller is None or request is None or any(target.kind == "grant" for target in operation.targets):
        return None
    asked = Call(caller, operation.name, call.now, call.held, call.transaction, call.keyring, remembered={})
    try:
        asked.sought += [named(target, asked, request) for target in operation.targets]
        decide(operation, asked, request, asked.sought)
    except ServiceError:
        pass
    for question, decision in asked.weighed:
        if not decision.allowed:
            return past.principal, question.action, question.resource, reason(question.action, decision)
    return None
