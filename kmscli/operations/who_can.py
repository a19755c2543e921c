"""Who may do an action on a key, and by what: the decision itself, asked for every principal that may be meant.

Who is refused for a condition alone is told too, with what it depends on: the request that is asked about is one of
many that he may make.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from kmscli.authorization import decision as kinds
from kmscli.authorization.decision import Decision, Policies, decide
from kmscli.authorization.evaluation import Question, Verdict
from kmscli.authorization.explanation import decided_by, statement_name
from kmscli.authorization.principals import ACCOUNT, DIRECT, ROLE
from kmscli.authorization.supposing import Holdup, suppositions
from kmscli.errors import NotFoundException
from kmscli.keys.finding import key_by_name
from kmscli.keys.grants import Grant
from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.candidates import calling, candidates, fixed_for
from kmscli.operations.grant_members import GrantConstraints
from kmscli.operations.granting import for_caller
from kmscli.operations.operation import Target
from kmscli.operations.shapes import Request
from kmscli.operations.targets import Sought
from kmscli.operations.weighing import key_question

Told = dict[str, Any]
LIMITS = (kinds.SERVICE_CONTROL, kinds.RESOURCE_CONTROL, kinds.ENDPOINT)
"""Kinds of policies that bound whatever allows."""


def who_can(call: Call, target: Target, request: Request) -> Told:
    """Who may do a target's action on the key that it names. `call`: of whoever asks; the others' are made like it.

    Raises NotFoundException, InvalidArnException.
    """
    caller = call.caller
    name = getattr(request, target.member)
    found = key_by_name(call.transaction, name, caller.account, caller.region, aliases=True)
    if found.key is None:
        raise NotFoundException(f"Key '{found.resource}' does not exist")
    sought = Sought(target, found)
    principals: list[Told] = []
    for candidate in candidates(call.transaction, found.key):
        asked = _asked_by(call, calling(candidate))
        asked.sought = [sought]
        principals += [{"Principal": candidate, **way} for way in _ways(asked, request, target.action, found.key)]
    return {"Action": target.action, "KeyId": found.key.arn, "Principals": principals}


def _asked_by(call: Call, name: str) -> Call:
    """The same call, by another principal: one of an ARN, or a service."""
    caller = call.caller.become(name, access_key="") if name.startswith("arn:") else call.caller.as_service(name, "")
    return Call(caller, call.name, call.now, call.held, call.transaction, call.keyring, remembered={})


def _ways(call: Call, request: Request, action: str, key: Key) -> Iterator[Told]:
    """By what the caller may; or else each way in which he might."""
    question, policies = key_question(call, request, action, key)
    decision = decide(question, policies)
    if decision.allowed:
        yield _way(decision)
        return
    for holdups, supposed in suppositions(question, policies, decision, fixed_for(call.caller.arn)):
        yield {**_way(supposed), **_conditions(holdups)}
    yield from _by_constraints(call, question, policies, key)


def _by_constraints(call: Call, question: Question, policies: Policies, key: Key) -> Iterator[Told]:
    """The grants that would allow it if the request were as their constraints ask."""
    operation = question.action.partition(":")[2]
    for grant, names_account in for_caller(call, question, key):
        if operation not in grant.operations:
            continue
        granted = (grant.grant_id, names_account)
        policies.grant = lambda granted=granted: granted  # type: ignore[misc]
        supposed = decide(question, policies)
        if supposed.allowed:
            yield {**_way(supposed), "If": [_constraints(grant)]}


def _way(decision: Decision) -> Told:
    """What allows, what lets that decide, and what bounds it."""
    by = decided_by(decision)
    if decision.by == kinds.IDENTITY and "GrantId" not in by:
        by["Delegation"] = _delegation(decision.verdicts)
    within = [verdict for verdict in decision.verdicts if _bounds(verdict.source.kind, decision)]
    bounds = [_named(verdict, next(iter(verdict.allows.values()))) for verdict in within if verdict.allows]
    return {"By": by, "Bounds": bounds} if bounds else {"By": by}


def _bounds(kind: str, decision: Decision) -> bool:
    bounds_own = decision.by == kinds.IDENTITY or decision.how == ROLE
    return kind in LIMITS or (bounds_own and kind in (kinds.BOUNDARY, kinds.SESSION))


def _delegation(verdicts: Sequence[Verdict]) -> Told:
    """The statement of the key policy that leaves the decision to identity policies."""
    policies = [verdict for verdict in verdicts if verdict.source.kind == kinds.RESOURCE]
    ways = ((verdict, how) for how in (DIRECT, ROLE, ACCOUNT) for verdict in policies if how in verdict.allows)
    verdict, how = next(ways)
    return _named(verdict, verdict.allows[how])


def _named(verdict: Verdict, statement: Any) -> Told:
    return {"Policy": verdict.source.name, "Statement": statement_name(statement)}


def _conditions(holdups: Sequence[Holdup]) -> Told:
    """What must be so, and what must not."""
    conditions: Told = {"If": [], "Unless": []}
    for holdup in holdups:
        shown = {
            "Policy": holdup.source.name,
            "Statement": statement_name(holdup.statement),
            "Condition": holdup.shown(),
        }
        conditions["If" if holdup.statement.allows else "Unless"].append(shown)
    return {name: shown for name, shown in conditions.items() if shown}


def _constraints(grant: Grant) -> Told:
    return {"GrantId": grant.grant_id, "Constraints": GrantConstraints(**grant.constraints).members({})}
