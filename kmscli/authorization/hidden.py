"""The refusal that hides whether a thing exists: for what belongs to another account (reference, kms-semantics 6.5)."""

from typing import NoReturn

from kmscli.authorization.caller import Caller
from kmscli.errors import AccessDeniedException

HIDDEN = (
    "because the resource does not exist in this Region, no resource-based policies allow access, "
    "or a resource-based policy explicitly denies access"
)
BY_CIPHERTEXT = "on the resource associated with this ciphertext"


def refuse_hidden(caller: Caller, action: str, resource: str) -> NoReturn:
    """Raises AccessDeniedException. `resource`: its ARN, "" where only a ciphertext names it."""
    on = f"on resource: {resource}" if resource else BY_CIPHERTEXT
    raise AccessDeniedException(f"User: {caller.arn} is not authorized to perform: {action} {on} {HIDDEN}")
