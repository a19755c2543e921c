"""Why: a decision told, policy by policy and statement by statement, as plain data.

It is read off what the decision itself looked at, so it can never say anything else than what was decided.
"""

from typing import Any

from kmscli.authorization.context import Context
from kmscli.authorization.decision import Decision
from kmscli.authorization.evaluation import ANY_ONE, Looked, Mismatch, Question, Verdict
from kmscli.authorization.grants import Considered
from kmscli.authorization.principals import Named
from kmscli.authorization.variables import stand_for

ALLOWED = "allowed"
EXPLICIT = "explicitDeny"
IMPLICIT = "implicitDeny"
WITH_VARIABLES = ("Resource", "NotResource", "Condition")


def outcome(decision: Decision) -> str:
    """The decision in IAM's words."""
    if decision.allowed:
        return ALLOWED
    return EXPLICIT if decision.explicit else IMPLICIT


def explained(question: Question, decision: Decision) -> dict[str, Any]:
    """All that was asked, consulted and decided."""
    told = {
        "Decision": outcome(decision),
        "Principal": question.principal.arn,
        "Action": question.action,
        "Resource": question.resource,
        "DecidedBy": decided_by(decision),
        "Policies": [_policy(verdict, question.context) for verdict in decision.verdicts],
    }
    return {**told, "Grants": [_grant(one) for one in decision.considered]} if decision.considered else told


def decided_by(decision: Decision) -> dict[str, Any]:
    """What decided: a kind of policy, and of it the statement, or the grant, if it was by one."""
    decided: dict[str, Any] = {"Kind": decision.by}
    if decision.verdict and decision.statement:
        decided.update(Policy=decision.verdict.source.name, Statement=statement_name(decision.statement))
    if decision.grant:
        decided["GrantId"] = decision.grant
    return decided


def _grant(considered: Considered) -> dict[str, Any]:
    misfit = considered.misfit
    shown = {"GrantId": considered.grant_id, "Grantee": considered.grantee, "Matched": misfit is None}
    if misfit is None:
        return shown
    return {**shown, "Failed": {"Element": misfit.element, "Grant": misfit.asked, "Request": misfit.given}}


def _policy(verdict: Verdict, context: Context) -> dict[str, Any]:
    source = verdict.source
    shown: dict[str, Any] = {"Kind": source.kind, "Name": source.name}
    if source.arn:
        shown["Arn"] = source.arn
    # Without variables a text such as ${aws:username} means itself.
    variables = context if source.document.has_variables else None
    return {**shown, "Statements": [_statement(looked, variables) for looked in verdict.looked]}


def _statement(looked: Looked, context: Context | None) -> dict[str, Any]:
    statement, mismatch = looked.statement, looked.mismatch
    shown: dict[str, Any] = {
        "Statement": statement_name(statement),
        "Effect": "Allow" if statement.allows else "Deny",
        "Matched": mismatch is None,
    }
    if mismatch:
        shown["Failed"] = _failed(mismatch, context)
    elif looked.how != ANY_ONE:
        shown["By"] = looked.how
    return shown


def _failed(mismatch: Mismatch, context: Context | None) -> dict[str, Any]:
    """The element that did not match, both values, and what the policy's variables stand for if there are any."""
    part = mismatch.part
    shown = {"Element": part.element, "Policy": part.shown(), "Request": mismatch.given}
    if context is None or isinstance(part, Named) or part.element not in WITH_VARIABLES:
        return shown
    variables: dict[str, str | None] = {}
    for text in part.values:
        variables.update(stand_for(text, context))
    return {**shown, "Variables": variables} if variables else shown


def statement_name(statement: Any) -> str:
    """A statement's Sid, or its place in the policy, counted from 1."""
    return statement.sid or f"#{statement.place + 1}"
