"""Grants in a decision: one that allows the call; what a grant made by it may allow (reference, kms-semantics 7)."""

from collections.abc import Iterator

from kmscli.authorization.decision import GRANT
from kmscli.authorization.evaluation import Question
from kmscli.authorization.grants import Considered, account_root, as_strict, grantees, misfit_of
from kmscli.errors import AccessDeniedException
from kmscli.keys.grants import Grant, granted_to
from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.request_context import encryption_context_of
from kmscli.operations.shapes import Request

MOST_TOLD = 50
"""How many grants an explanation tells of."""


def grant_for(
    call: Call, request: Request, question: Question, key: Key, considered: list[Considered]
) -> tuple[str, bool]:
    """The id of a grant that allows what is asked, "" if none does; and whether it only names the caller's account.

    `considered`: takes what an explanation is to tell of the grants.
    """
    for grant, names_account in _allowing(call, request, question, key, considered):
        return grant.grant_id, names_account
    return "", False


def check_parents(call: Call, request: Request, key: Key, made: Grant) -> None:
    """See that a grant made by right of others allows no more than one of those (7.3). Raises AccessDeniedException."""
    question, decision = call.weighed[-1]
    of_account = decision.by != GRANT
    for parent, names_account in _allowing(call, request, question, key, []):
        if names_account == of_account and _is_within(made, parent):
            return
    raise AccessDeniedException(
        f"User: {call.caller.arn} is not authorized to perform: kms:CreateGrant on resource: {key.arn} "
        "because the grant that allows it does not allow all that the new grant would"
    )


def _allowing(
    call: Call, request: Request, question: Question, key: Key, considered: list[Considered]
) -> Iterator[tuple[Grant, bool]]:
    """The grants that allow what is asked, those that name the caller's account last; and whether they only do that."""
    operation = question.action.partition(":")[2]
    context = encryption_context_of(request, operation)
    for grant, names_account in for_caller(call, question, key):
        misfit = misfit_of(grant.operations, grant.constraints, operation, context, call.caller.source_arn)
        if call.explains and len(considered) < MOST_TOLD:
            considered.append(Considered(grant.grant_id, grant.grantee, misfit))
        if misfit is None:
            yield grant, names_account


def for_caller(call: Call, question: Question, key: Key) -> Iterator[tuple[Grant, bool]]:
    """The grants of a key that are for the caller, whatever they allow; and whether they only name his account."""
    for grantee in grantees(question.principal):
        names_account = grantee != question.principal.arn and grantee == account_root(question.principal.arn)
        for grant in granted_to(call.transaction, key, grantee):
            yield grant, names_account


def _is_within(made: Grant, parent: Grant) -> bool:
    return set(made.operations) <= set(parent.operations) and as_strict(made.constraints, parent.constraints)
