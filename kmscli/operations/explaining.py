"""Why a call is allowed or refused: its decisions told, and the same for a call that is not made.

An explanation is read off the decisions themselves; there is no second evaluator (design, step 5 of the road).
"""

from typing import Any

from kmscli.authorization.explanation import explained
from kmscli.errors import NotFoundException, ServiceError
from kmscli.operations.call import Call
from kmscli.operations.operation import Operation, Target
from kmscli.operations.shapes import Request
from kmscli.operations.targets import Sought, decide, named

Told = dict[str, Any]
"""`Decision`, `Decisions`, and the `Error` of a call that goes no further; all in plain members."""


def told(weighed: list[tuple[Any, Any]], error: Exception | None) -> Told:
    """What was decided on a call, and the error that it came to, if it came to one."""
    decisions = [explained(question, decision) for question, decision in weighed]
    refused = [one["Decision"] for one in decisions if one["Decision"] != "allowed"]
    shown: Told = {"Decision": refused[0] if refused else "allowed" if decisions else "notDecided"}
    if isinstance(error, ServiceError):
        shown["Error"] = {"Code": error.code, "Message": error.message}
    return {**shown, "Decisions": decisions}


def explain(call: Call, operation: Operation, request: Request) -> Told:
    """What would be decided on a call. It is tried out, in a transaction that nobody is to commit: the operation runs
    too, for what it asks on the way, and what it comes to otherwise is no matter here.
    """
    call.explains = True
    error: ServiceError | None = None
    try:
        for target in operation.targets:
            call.sought.append(_named(target, call, request))
        decide(operation, call, request, call.sought)
        operation.function(call, request, *(sought.thing for sought in call.sought))
    except ServiceError as refused:
        error = refused
    return told(call.weighed, error)


def _named(target: Target, call: Call, request: Request) -> Sought:
    """What a target names, as of now, though what is due on it is not done for an explanation's sake."""
    sought = named(target, call, request)
    if sought.key and sought.key.is_gone(call.now, call.held):
        raise NotFoundException(f"Key '{sought.key.arn}' does not exist")
    return sought
