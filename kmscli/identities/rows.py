"""The rows that identities are kept in, for a check of the whole vault."""

from collections.abc import Iterator
from typing import Any

from kmscli.identities.access_keys import ACCESS_KEY, HOME, AccessKey
from kmscli.identities.groups import MEMBERSHIP, Group, membership_name
from kmscli.identities.identity import Identity
from kmscli.identities.managed_policies import AWS, USES, ManagedPolicy
from kmscli.identities.resource import Resource
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.vault.transaction import Kind

KINDS = (User.kind, Role.kind, Group.kind, MEMBERSHIP, ManagedPolicy.kind, ACCESS_KEY, USES)

Told = tuple[Kind[Any], str, str, str, bool]
"""A row that a value tells of: kind, scope, name, how people know it, and whether it must be there."""


def rows_of(value: Any) -> Iterator[Told]:
    """The rows that a value tells of: first itself, then those that it cannot be without."""
    if isinstance(value, Resource):
        yield value.kind, value.account, value.name.lower(), value.arn, False
    if isinstance(value, Identity):
        yield from _policies_of(value)
    if isinstance(value, User):
        yield from _of_user(value)
    if isinstance(value, AccessKey):
        yield ACCESS_KEY, HOME, value.key_id, value.key_id, False
        yield User.kind, value.account, value.user_name.lower(), f"{value.user_name} of {value.key_id}", True


def counted_as(value: Any) -> tuple[str, str] | None:
    """The scope and name of the counter that counts a value."""
    return (value.account, value.plural) if isinstance(value, Resource) else None


def _policies_of(identity: Identity) -> Iterator[Told]:
    for arn in {*identity.attached, getattr(identity, "boundary", "")} - {""}:
        account, name = arn.split(":", 5)[4], arn.rpartition("/")[2]
        yield USES, identity.account, arn, f"of {arn} in {identity.account}", True
        if account != AWS:
            yield ManagedPolicy.kind, account, name.lower(), arn, True


def _of_user(user: User) -> Iterator[Told]:
    for name in user.groups:
        membership = membership_name({"group": name, "user": user.name})
        yield MEMBERSHIP, user.account, membership, f"of {user.arn} in {name}", True
        yield Group.kind, user.account, name.lower(), f"{name} of {user.account}", True
    for key_id in user.access_keys:
        yield ACCESS_KEY, HOME, key_id, key_id, True
