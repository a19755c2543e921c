"""What a decision asks of the identities: whether a principal is there, and what policies it has.

Nothing here costs more the more identities there are.
"""

from collections.abc import Iterator

from kmscli.identities.access_keys import ACTIVE, find_access_key
from kmscli.identities.groups import Group
from kmscli.identities.identity import Entity, Identity
from kmscli.identities.managed_policies import ManagedPolicy, policy_of
from kmscli.identities.resource import find, must_find
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.vault.transaction import Transaction

INLINE = "inline policy"
MANAGED = "managed policy"
BOUNDARY = "permissions boundary"


class IdentityPolicy:
    """A policy that an entity has. `source`: what it is to it, and of which group. `arn`: empty for an inline one."""

    def __init__(self, source: str, name: str, arn: str, text: str) -> None:
        self.source = source
        self.name = name
        self.arn = arn
        self.text = text


def find_user(transaction: Transaction, account: str, name: str) -> User | None:
    """A user by its name, in capitals or not."""
    return find(transaction, User, account, name)


def find_role(transaction: Transaction, account: str, name: str) -> Role | None:
    """A role by its name, in capitals or not."""
    return find(transaction, Role, account, name)


def principal_of_access_key(transaction: Transaction, key_id: str) -> User | None:
    """The user whose access key this is; None if there is no such key, or it is not active."""
    key = find_access_key(transaction, key_id)
    return find(transaction, User, key.account, key.user_name) if key and key.status == ACTIVE else None


def has_identities(transaction: Transaction, account: str) -> bool:
    """Whether an account has any user or role."""
    return transaction.tally(account, User.plural) > 0 or transaction.tally(account, Role.plural) > 0


def policies_of(transaction: Transaction, entity: Identity) -> list[IdentityPolicy]:
    """The policies that say what a user, a role or a group may: its own, then those of the user's groups.

    Raises VaultDamagedError: one that is attached, or a group, is not there.
    """
    found = list(_policies_of(transaction, entity, ""))
    for name in entity.groups if isinstance(entity, User) else ():
        group = must_find(transaction, Group, entity.account, name)
        found += _policies_of(transaction, group, f" of group {group.name}")
    return found


def boundary_of(transaction: Transaction, entity: Entity) -> IdentityPolicy | None:
    """The permissions boundary of a user or a role. Raises VaultDamagedError: it is not there."""
    return _managed(transaction, entity.boundary, BOUNDARY) if entity.boundary else None


def principal_exists(transaction: Transaction, arn: str) -> bool:
    """Whether the principal of an ARN is there: an account's root user always is, a session if its role is.

    A federated user is taken to be.
    """
    account, resource = arn.split(":", 5)[4:]
    kind, _, name = resource.partition("/")
    if kind == "user":
        return _has_arn(find_user(transaction, account, name.rpartition("/")[2]), arn)
    if kind == "role":
        return _has_arn(find_role(transaction, account, name.rpartition("/")[2]), arn)
    if kind == "assumed-role":
        role = find_role(transaction, account, name.partition("/")[0])
        return role is not None and role.name == name.partition("/")[0]
    return True


def _has_arn(found: Entity | None, arn: str) -> bool:
    return found is not None and found.arn == arn


def _policies_of(transaction: Transaction, identity: Identity, whose: str) -> Iterator[IdentityPolicy]:
    for name, text in identity.policies.items():
        yield IdentityPolicy(INLINE + whose, name, "", text)
    for arn in identity.attached:
        yield _managed(transaction, arn, MANAGED + whose)


def _managed(transaction: Transaction, arn: str, source: str) -> IdentityPolicy:
    policy = policy_of(transaction, arn)
    if policy is None:
        account, name = arn.split(":", 5)[4], arn.rpartition("/")[2]
        raise transaction.missing(ManagedPolicy.kind, account, name.lower())
    return IdentityPolicy(source, policy.name, arn, policy.text)
