"""The decision: may this principal do this to this resource.

Every call passes here, for each of its targets. The key's own account may do everything, with an AWS managed key little
more than look at it; others get AWS's refusal, which hides whether the resource exists (reference, kms-semantics 6.5).
"""

from typing import NoReturn

from kmscli.authorization.caller import Caller
from kmscli.errors import AccessDeniedException

_HIDDEN = (
    "because the resource does not exist in this Region, no resource-based policies allow access, "
    "or a resource-based policy explicitly denies access"
)
_DIRECT = ("kms:Describe", "kms:Get", "kms:List", "kms:RevokeGrant")
"""What the policy of an AWS managed key lets its account do by itself: all else only its service does (13.1)."""


def authorize(caller: Caller, action: str, account: str, resource: str, *, managed: bool = False) -> None:
    """Raises AccessDeniedException. `account` owns the resource; `resource` is its ARN, "" for a ciphertext's key.

    `managed`: it is an AWS managed key, and the caller comes to it by himself, not through its service.
    """
    if account != caller.account:
        refuse(caller, action, resource)
    if managed and not action.startswith(_DIRECT):
        if not resource:
            refuse(caller, action, resource)
        raise AccessDeniedException(
            f"User: {caller.arn} is not authorized to perform: {action} on resource: {resource} "
            f"because no resource-based policy allows the {action} action"
        )


def refuse(caller: Caller, action: str, resource: str) -> NoReturn:
    """Raises AccessDeniedException. `resource`: its ARN, "" for a ciphertext's key."""
    on = f"on resource: {resource}" if resource else "on the resource associated with this ciphertext"
    raise AccessDeniedException(f"User: {caller.arn} is not authorized to perform: {action} {on} {_HIDDEN}")
