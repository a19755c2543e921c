"""Grants in a decision: one that allows the call; what a grant made by it may allow (reference, kms-semantics 7)."""

from kmscli.authorization.evaluation import Question
from kmscli.authorization.grants import account_root, allows, as_strict, grantees
from kmscli.errors import AccessDeniedException
from kmscli.keys.grants import Grant, find_grant, granted_to
from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.request_context import encryption_context_of
from kmscli.operations.shapes import Request


def grant_for(call: Call, request: Request, question: Question, key: Key) -> tuple[str, bool]:
    """The id of a grant that allows what is asked, "" if none does; and whether that names an account."""
    operation = question.action.partition(":")[2]
    context = encryption_context_of(request, operation)
    for grantee in grantees(question.principal):
        for grant in granted_to(call.transaction, key, grantee):
            if allows(grant.operations, grant.constraints, operation, context, call.caller.source_arn):
                return grant.grant_id, grantee == account_root(grantee) if grantee.startswith("arn:") else False
    return "", False


def check_parent(call: Call, made: Grant) -> None:
    """See that a grant made by right of another allows no more than that one (7.3). Raises AccessDeniedException."""
    parent = find_grant(call.transaction, call.caller.region, call.grant)
    assert parent is not None  # the decision found it in the same snapshot
    if not (set(made.operations) <= set(parent.operations) and as_strict(made.constraints, parent.constraints)):
        raise AccessDeniedException(
            f"User: {call.caller.arn} is not authorized to perform: kms:CreateGrant on resource: {made.key_arn} "
            "because the grant that allows it does not allow all that the new grant would"
        )
