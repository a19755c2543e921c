"""Principals: who asks, and whom a policy's `Principal` names (reference, kms-semantics 6.6).

A principal element names accounts, users, roles, sessions, federated users and services; a role stands for all its
sessions, an account for whatever it delegates to.
"""

from collections.abc import Collection, Mapping
from typing import Any

EVERYONE = "*"
AWS = "AWS"
SERVICE = "Service"
KINDS = (AWS, SERVICE, "Federated", "CanonicalUser")
DIRECT = "the principal itself"
ROLE = "the principal's role"
ACCOUNT = "the principal's account"


class Principal:
    """Who asks. `kind`: as `aws:PrincipalType` says it: Account (the root user), User, AssumedRole, FederatedUser,
    Service. `role`: the ARN of the role behind a session. `service`: a service's name, when it is one that asks.
    """

    def __init__(
        self,
        arn: str,
        *,
        account: str,
        kind: str,
        role: str = "",
        service: str = "",
        name: str = "",
        user_id: str = "",
        tags: Mapping[str, str] | None = None,
    ) -> None:
        self.arn = arn
        self.account = account
        self.kind = kind
        self.role = role
        self.service = service
        self.name = name
        self.user_id = user_id
        self.tags = tags or {}

    @property
    def is_root(self) -> bool:
        """Whether it is the account's root user, to whom the account's delegation is enough."""
        return self.kind == "Account"


class Named:
    """A policy's `Principal` or `NotPrincipal`, by kind: `AWS`, `Service`, `Federated`; or everyone."""

    def __init__(self, by_kind: Mapping[str, Collection[str]], *, negated: bool) -> None:
        self.by_kind = by_kind
        self.negated = negated
        self.element = "NotPrincipal" if negated else "Principal"

    def names(self, principal: Principal) -> str:
        """How it names a principal: `DIRECT`, `ROLE`, `ACCOUNT`; "" if it does not."""
        if self.negated:
            return "" if self._spares(principal) else DIRECT
        return self._found(principal)

    def _spares(self, principal: Principal) -> bool:
        """Whether a `NotPrincipal` leaves a principal out: its account must be listed, and itself or its role."""
        aws = self.by_kind.get(AWS, ())
        if EVERYONE in aws or principal.service:
            return bool(self._found(principal))
        of_account = principal.account in aws or any(_is_root_of(arn, principal.account) for arn in aws)
        return of_account and (principal.is_root or principal.arn in aws or principal.role in aws)

    def _found(self, principal: Principal) -> str:
        if principal.service:
            return DIRECT if principal.service in self.by_kind.get(SERVICE, ()) else ""
        aws = self.by_kind.get(AWS, ())
        if EVERYONE in aws or principal.arn in aws:
            return ACCOUNT if principal.is_root and EVERYONE not in aws else DIRECT
        if principal.role and principal.role in aws:
            return ROLE
        names_account = principal.account in aws or any(_is_root_of(arn, principal.account) for arn in aws)
        return ACCOUNT if names_account else ""

    def shown(self) -> Any:
        """The element as an explanation shows it."""
        if self.by_kind.get(AWS) == [EVERYONE]:
            return EVERYONE
        return {kind: list(names) for kind, names in self.by_kind.items()}


def _is_root_of(arn: str, account: str) -> bool:
    return arn.endswith(f":iam::{account}:root")


def is_principal(kind: str, name: str) -> bool:
    """Whether a name may stand in a policy's principal element."""
    if kind == AWS:
        return name == EVERYONE or _is_account(name) or is_principal_arn(name)
    return bool(name) and kind != "CanonicalUser" and "*" not in name


def is_principal_arn(text: str) -> bool:
    """Whether a text is the ARN of an account's root, a user, a role, a session or a federated user."""
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[0] != "arn" or parts[3] or not _is_account(parts[4]) or "*" in text:
        return False
    kind, _, name = parts[5].partition("/")
    if parts[2] == "iam":
        return parts[5] == "root" or (kind in ("user", "role") and bool(name))
    if parts[2] == "sts":
        return (kind == "federated-user" and bool(name)) or (kind == "assumed-role" and name.count("/") == 1)
    return False


def _is_account(text: str) -> bool:
    return len(text) == 12 and text.isascii() and text.isdigit()


def principal_of(arn: str, **members: Any) -> Principal:
    """The principal that an ARN names, as far as the ARN tells; or the service that a service's name is."""
    if not arn.startswith("arn:"):
        return Principal(arn, account="", kind="Service", service=arn, **members)
    _, partition, _, _, account, resource = arn.split(":", 5)
    kind, _, name = resource.partition("/")
    if resource == "root":
        return Principal(arn, account=account, kind="Account", user_id=account, **members)
    if kind == "assumed-role":
        role = f"arn:{partition}:iam::{account}:role/{name.split('/')[0]}"
        return Principal(arn, account=account, kind="AssumedRole", **{"role": role, **members})
    if kind == "federated-user":
        return Principal(arn, account=account, kind="FederatedUser", **members)
    return Principal(arn, account=account, kind="User", **{"name": name.rsplit("/", 1)[-1], **members})
