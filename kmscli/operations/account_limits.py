"""What limits the accounts that have a say in a call, each looked up once (reference, kms-semantics 6.1, 2 and 3)."""

from collections.abc import Sequence

from kmscli.authorization.context import Source as ConditionSource
from kmscli.authorization.decision import RESOURCE_CONTROL, SERVICE_CONTROL
from kmscli.authorization.evaluation import Source
from kmscli.limits.finding import LimitingPolicy, Limits, limits_of
from kmscli.operations.call import Call
from kmscli.operations.standing import source_of

Levels = list[list[Source]]
"""Policies by level, from the root of an organization down to the account: each level must allow."""


def service_control(call: Call) -> Levels:
    """What may be done by those of the caller's account. Nothing limits a service."""
    if not call.caller.arn.startswith("arn:"):
        return []
    return _levels(SERVICE_CONTROL, _limits(call, call.caller.account).service_control)


def resource_control(call: Call, account: str) -> Levels:
    """What may be done to what is an account's, whoever does it."""
    return _levels(RESOURCE_CONTROL, _limits(call, account).resource_control)


def organizations(call: Call, whose: str, account: str) -> dict[str, ConditionSource]:
    """The condition keys that say which organization an account is in; `whose`: `principal`, `resource` or `source`."""

    def organization() -> tuple[str, ...] | None:
        found = _limits(call, account).organization
        return (found,) if found else None

    def paths() -> tuple[str, ...] | None:
        found = _limits(call, account).path
        return (found,) if found else None

    return {f"aws:{whose}orgid": organization, f"aws:{whose}orgpaths": paths}


def _limits(call: Call, account: str) -> Limits:
    if account not in call.limits:
        call.limits[account] = limits_of(call.transaction, account)
    found: Limits = call.limits[account]
    return found


def _levels(kind: str, levels: Sequence[Sequence[LimitingPolicy]]) -> Levels:
    names_principals = kind == RESOURCE_CONTROL
    return [
        [source_of(kind, one.text, one.name, arn=one.arn, names_principals=names_principals) for one in level]
        for level in levels
    ]
