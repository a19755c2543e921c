"""What a grant allows, and to whom: pure functions over what a grant says (reference, kms-semantics 7.2, 7.3, 7.5)."""

from collections.abc import Collection, Mapping
from typing import Any

from kmscli.authorization.principals import Principal

RETIRE = "RetireGrant"
WITHOUT_CONTEXT = frozenset(("CreateGrant", "DescribeKey", "GetPublicKey", RETIRE))
"""Operations that have no encryption context: a constraint on one does not hold them up."""

Pairs = Mapping[str, str]


def grantees(principal: Principal) -> list[str]:
    """Whom a grant may name so that it is for a principal: itself, its role, its account; or the service that it is."""
    if principal.service:
        return [principal.service]
    itself = [principal.arn, principal.role] if principal.role else [principal.arn]
    root = account_root(principal.arn)
    return itself if principal.is_root else [*itself, root]


def covers(named: str, principal: Principal) -> bool:
    """Whether a principal that a grant names is this one, the role behind it, or its account."""
    return named in grantees(principal) or (
        bool(principal.role) and without_path(named) == without_path(principal.role)
    )


def without_path(role: str) -> str:
    """A role's ARN without the role's path, which a session's does not say; a name is an account's only one."""
    start, is_role, name = role.partition(":role/")
    return f"{start}{is_role}{name.rsplit('/', 1)[-1]}"


def account_of(principal: str) -> str:
    """The account of a principal's ARN."""
    return principal.split(":", 5)[4]


def account_root(principal: str) -> str:
    """The ARN of the root user of a principal's account."""
    _, partition, _, _, account, _ = principal.split(":", 5)
    return f"arn:{partition}:iam::{account}:root"


class Misfit:
    """What of a grant does not fit a call: its operations, or a constraint of it; what that says, and the request."""

    def __init__(self, element: str, asked: Any, given: Any) -> None:
        self.element = element
        self.asked = asked
        self.given = given


class Considered:
    """A grant that a decision looked at. `misfit`: None if it allows what was asked."""

    def __init__(self, grant_id: str, grantee: str, misfit: Misfit | None) -> None:
        self.grant_id = grant_id
        self.grantee = grantee
        self.misfit = misfit


def misfit_of(
    operations: Collection[str], constraints: Mapping[str, Any], operation: str, context: Pairs, source_arn: str
) -> Misfit | None:
    """Why a grant does not allow an operation with an encryption context, on behalf of a resource (`source_arn`, or
    ""). None: it allows it. Names of a context are compared without regard to case, values exactly.
    """
    if operation not in operations:
        return Misfit("Operations", list(operations), operation)
    source = constraints.get("source_arn")
    if source is not None and operation != RETIRE and source != source_arn:
        return Misfit("SourceArn", source, source_arn or None)
    if operation in WITHOUT_CONTEXT:
        return None
    equals, subset = constraints.get("encryption_context_equals"), constraints.get("encryption_context_subset")
    if equals is not None and folded(equals) != folded(context):
        return Misfit("EncryptionContextEquals", equals, context or None)
    if subset is not None and not _contains(context, subset):
        return Misfit("EncryptionContextSubset", subset, context or None)
    return None


def as_strict(child: Mapping[str, Any], parent: Mapping[str, Any]) -> bool:
    """Whether a grant's constraints are at least as strict as those of the grant by which it is made."""
    if parent.get("source_arn") not in (None, child.get("source_arn")):
        return False
    equals, subset = parent.get("encryption_context_equals"), parent.get("encryption_context_subset")
    own_equals, own_subset = child.get("encryption_context_equals"), child.get("encryption_context_subset")
    if equals is not None and (own_equals is None or folded(own_equals) != folded(equals)):
        return False
    asked = [own for own in (own_equals, own_subset) if own is not None]
    return subset is None or any(_contains(own, subset) for own in asked)


def _contains(pairs: Pairs, asked: Pairs) -> bool:
    return set(folded(asked)) <= set(folded(pairs))


def folded(pairs: Pairs) -> list[tuple[str, str]]:
    """An encryption context with its names in small letters, in order; one name may be there in several cases."""
    return sorted((name.lower(), value) for name, value in pairs.items())
