"""A call made anew as the trail remembers it: its caller and its request, as far as a record tells.

What the trail never says is absent: plaintexts, grant tokens, attestation documents, a session's tags and policies.
"""

import time
from calendar import timegm
from typing import Any

from kmscli.authorization.caller import KMS, Caller
from kmscli.errors import ServiceError
from kmscli.limits.endpoints import find_endpoint
from kmscli.names import is_caller_arn, is_region
from kmscli.operations.fields import Field
from kmscli.operations.operation import Operation, Target
from kmscli.operations.shapes import List, Request, Structure
from kmscli.trail.past_calls import PastCall
from kmscli.vault.transaction import Transaction

_TRAIL_STYLE = "%b %d, %Y, %I:%M:%S %p"
_HOST = ".amazonaws.com"


def caller_of(past: PastCall, transaction: Transaction) -> Caller | None:
    """Who called; None where the record names nobody who can call."""
    if not (is_caller_arn(past.principal) and is_region(past.region)):
        return None
    account = past.principal.split(":")[4]
    caller = Caller(account, past.region, arn=past.principal, agent=past.agent, door="trail", uid=0, user="")
    caller.address = past.address
    if past.invoked_by == KMS:
        return caller.through_kms(past.region)
    if past.invoked_by.endswith(_HOST):
        return caller.through(past.invoked_by.removesuffix(_HOST))
    if past.endpoint:
        endpoint = find_endpoint(transaction, past.region, past.endpoint)
        return caller.through_endpoint(past.endpoint, endpoint.vpc if endpoint else "", past.endpoint_account)
    return caller


def request_of(past: PastCall, operation: Operation) -> Request | None:
    """What was asked; None where the record does not tell what it should. Keys are named as the record's resources."""
    shown = past.shown()
    fields = operation.request.fields
    try:
        # A record shows a default too: whether it was given it does not tell, and it need not be.
        told = {wire: field for wire, field in fields.items() if shown.get(field.path) != field.fallback}
        raw = {wire: _raw(field, shown[field.path]) for wire, field in told.items() if field.path in shown}
    except (ValueError, TypeError):
        return None
    raw.update(_keys(past, operation))
    needed = {wire for wire, field in fields.items() if field.is_required and field.logged}
    needed.update(_member(operation, target) for target in operation.targets if not target.optional)
    if any(raw.get(wire) is None for wire in needed):
        return None
    try:
        return operation.request.accept(raw, "", [])
    except ServiceError:
        return None


def _keys(past: PastCall, operation: Operation) -> dict[str, str]:
    """The members that name keys, by the ARNs that the record lists: an alias may lead elsewhere by now."""
    listed = [target for target in operation.targets if target.listed]
    if len(listed) != len(past.resources):
        return {}
    return {
        _member(operation, target): arn
        for target, arn in zip(listed, past.resources, strict=True)
        if target.kind == "key"
    }


def _member(operation: Operation, target: Target) -> str:
    """The wire name of the member that names a target."""
    wire: str = getattr(operation.request, target.member).wire
    return wire


def _raw(field: Field[Any], shown: Any) -> Any:
    """A member's raw value. Raises ValueError, TypeError: it is none."""
    if isinstance(field, Structure):
        members = field.shape.fields
        return {wire: _raw(inner, shown[inner.path]) for wire, inner in members.items() if inner.path in shown}
    if isinstance(field, List):
        return [_raw(field.member, one) for one in shown]
    return timegm(time.strptime(shown, _TRAIL_STYLE)) if field.kind == "timestamp" else shown
