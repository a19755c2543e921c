"""What IAM's policy simulator does: it decides on calls that nobody makes (IAM API Reference, SimulateCustomPolicy).

The decision is the one that calls get. What a request's members would give to conditions, the simulator does not know:
it is given the condition keys.
"""

from collections.abc import Iterator
from copy import copy
from typing import Any

from kmscli.authorization.conditions import Condition
from kmscli.authorization.context import Context
from kmscli.authorization.decision import (
    IDENTITY,
    RESOURCE,
    Decision,
    Policies,
    decide,
)
from kmscli.authorization.evaluation import Question, Source, Verdict
from kmscli.authorization.positions import statement_places
from kmscli.authorization.principals import Principal
from kmscli.errors import InvalidInput
from kmscli.names import is_account
from kmscli.operations import simulation_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.simulated import Simulated

PAGES = pages_of("EvaluationResults")
MOST = 10_000


def answered(call: Call, request: Any, principal: Principal, policies: Policies) -> members.SimulationResponse:
    """A page of what would come of each action on each resource. Raises InvalidInput, ValidationError."""
    for action in request.action_names:
        service, _, name = action.partition(":")
        if not (service and name) or "*" in action or "?" in action:
            raise InvalidInput(f"Invalid Entity Action: {action}")
    calls = [(action, resource) for action in request.action_names for resource in request.resource_arns or ["*"]]
    if len(calls) > MOST:
        raise InvalidInput(f"Only {MOST} calls can be simulated: actions times resources.")
    found = identity_page(call, PAGES, request, ranked(calls))
    context = _context(principal, request.context_entries or [])
    results = [
        _result(Question(principal, action, resource, _owner(request, resource, principal), context), policies)
        for action, resource in found.values
    ]
    return members.SimulationResponse(evaluation_results=results, **place_of(found))


def _context(principal: Principal, entries: list[members.ContextEntry]) -> Context:
    """The condition keys: what is known of who calls, and, over it, what is given."""
    known: dict[str, Any] = {}
    if principal.arn:
        known["aws:principalaccount"] = (principal.account,)
        known["aws:principalarn"] = (principal.role or principal.arn,)
        known["aws:principaltype"] = (principal.kind,)
        known.update({f"aws:principaltag/{key.lower()}": (value,) for key, value in principal.tags.items()})
    if principal.name:
        known["aws:username"] = (principal.name,)
    for entry in entries:
        known[(entry.context_key_name or "").lower()] = tuple(entry.context_key_values or ())
    return Context(known)


def _owner(request: Any, resource: str, principal: Principal) -> str:
    """The account that a resource belongs to. Raises InvalidInput: the owner that is given is no account."""
    owner = principal.account
    if request.resource_owner is not None:
        owner = request.resource_owner.removesuffix(":root").rpartition(":")[2]
        if not is_account(owner):
            raise InvalidInput(f"Invalid Entity Arn: {request.resource_owner}")
    parts = resource.split(":", 5)
    return parts[4] if len(parts) == 6 and is_account(parts[4]) else owner


def _decide(question: Question, policies: Policies) -> Decision:
    """The decision. Only of KMS does the resource's own policy have to open the door."""
    decision = decide(question, policies)
    is_foreign = question.owner != question.principal.account
    if policies.resource is None or decision.allowed or decision.explicit or is_foreign:
        return decision
    if question.action.lower().startswith("kms:"):
        return decision
    alone = copy(policies)
    alone.resource = None
    return decide(question, alone)


def _result(question: Question, policies: Policies) -> members.EvaluationResult:
    decision = _decide(question, policies)
    said = "allowed" if decision.allowed else "explicitDeny" if decision.explicit else "implicitDeny"
    result = members.EvaluationResult(
        eval_action_name=question.action,
        eval_resource_name=question.resource,
        eval_decision=said,
        matched_statements=list(_matched(decision)),
        missing_context_values=list(dict.fromkeys(_missing(decision, question.context))),
    )
    verdicts = {id(verdict.source): verdict for verdict in decision.verdicts}
    levels = [[verdicts[id(source)] for source in level] for level in policies.service_control]
    if levels:
        detail = members.OrganizationsDetail(allowed_by_organizations=_allow(levels))
        result.__dict__["organizations_decision_detail"] = detail
    bounds = [verdicts[id(source)] for source in policies.boundary]
    if bounds:
        bound = members.BoundaryDetail(allowed_by_permissions_boundary=_allow([bounds]))
        result.__dict__["permissions_boundary_decision_detail"] = bound
    return result


def _allow(levels: list[list[Verdict]]) -> bool:
    """Whether each level allows, and none denies."""
    return all(any(verdict.allows for verdict in level) for level in levels) and not any(
        verdict.denies for level in levels for verdict in level
    )


def _matched(decision: Decision) -> Iterator[members.MatchedStatement]:
    """The statements that decided: the one that denies, or all that allow."""
    if decision.explicit and decision.verdict and decision.statement:
        yield _shown(decision.verdict.source, decision.statement.place)
    if not decision.allowed:
        return
    for verdict in decision.verdicts:
        if verdict.source.kind in (IDENTITY, RESOURCE):
            for looked in verdict.looked:
                if looked.mismatch is None:
                    yield _shown(verdict.source, looked.statement.place)


def _shown(source: Source, place: int) -> members.MatchedStatement:
    assert isinstance(source, Simulated)
    start, end = (members.Position(line=line, column=column) for line, column in statement_places(source.text)[place])
    return members.MatchedStatement(source_policy_id=source.name, start_position=start, end_position=end)


def _missing(decision: Decision, context: Context) -> Iterator[str]:
    """The condition keys that statements ask for, which fit but for their conditions, and that nobody gave."""
    for verdict in decision.verdicts:
        for looked in verdict.looked:
            if looked.mismatch is None or isinstance(looked.mismatch.part, Condition):
                yield from (each.key for each in looked.statement.conditions if context.get(each.key) is None)
