"""Who a grant is for, and who may end it: pure functions over what a grant says (reference, kms-semantics 7.2, 7.5)."""

from collections.abc import Collection

from kmscli.authorization.caller import Caller
from kmscli.authorization.decision import refuse

RETIRE = "RetireGrant"


def authorize_retirement(
    caller: Caller, resource: str, *, issuer: str, retiring: str, grantee: str, operations: Collection[str]
) -> None:
    """Raises AccessDeniedException: the caller is not entitled to retire a grant on a key (`resource`, its ARN).

    Entitled are the retiring principal, the grantee of a grant that allows it, and the account that issued the grant
    (`issuer`, its root user's ARN), with those to whom it leaves that.
    """
    is_retiring = covers(retiring, caller.arn)
    is_grantee = RETIRE in operations and covers(grantee, caller.arn)
    if not (is_retiring or is_grantee or account_of(issuer) == caller.account):
        refuse(caller, f"kms:{RETIRE}", resource)


def covers(principal: str, arn: str) -> bool:
    """Whether a principal that a grant names is a caller, its account, or the role behind its session."""
    if principal == arn:
        return True
    if not principal.startswith("arn:") or account_of(principal) != account_of(arn):
        return False
    resource, session = principal.split(":", 5)[5], arn.split(":", 5)[5].split("/")
    if resource == "root":
        return True
    return resource.startswith("role/") and session[0] == "assumed-role" and resource.split("/")[-1] == session[1]


def account_of(principal: str) -> str:
    """The account of a principal's ARN."""
    return principal.split(":", 5)[4]
