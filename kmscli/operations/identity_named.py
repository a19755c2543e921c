"""Finding what a request of IAM names, and making what it asks for."""

from typing import Any

from kmscli.errors import EntityAlreadyExists, NoSuchEntity, ValidationError
from kmscli.identities.groups import Group
from kmscli.identities.resource import R, add, find, new_unique_id
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.names import partition_of
from kmscli.operations.call import Call


def user_named(call: Call, name: str) -> User:
    """A user of the caller's account. Raises NoSuchEntity."""
    return _named(call, User, name)


def role_named(call: Call, name: str) -> Role:
    """A role of the caller's account. Raises NoSuchEntity."""
    return _named(call, Role, name)


def group_named(call: Call, name: str) -> Group:
    """A group of the caller's account. Raises NoSuchEntity."""
    return _named(call, Group, name)


def user_or_self(call: Call, name: str | None) -> User:
    """The user of a name, or, if none is given, the one who calls.

    Raises NoSuchEntity. ValidationError: who calls is no user.
    """
    return user_named(call, own_name(call) if name is None else name)


def own_name(call: Call) -> str:
    """The name of the user who calls. Raises ValidationError: the caller is no user."""
    kind, _, name = call.caller.arn.rpartition(":")[2].partition("/")
    if kind != "user":
        raise ValidationError("Must specify userName when calling with non-User credentials")
    return name.rpartition("/")[2]


def made(call: Call, kind: type[R], name: str, *, taken: str = "", **members: Any) -> R:
    """A new one of the caller's account. `taken`: what is said of a name that another has, if it is nothing usual.

    Raises EntityAlreadyExists, LimitExceeded.
    """
    account = call.caller.account
    if find(call.transaction, kind, account, name):
        raise EntityAlreadyExists(taken or f"{kind.word.capitalize()} with name {name} already exists.")
    new = kind(
        name,
        account=account,
        partition=partition_of(call.caller.region),
        unique_id=new_unique_id(kind.prefix),
        created=int(call.now),
        **members,
    )
    add(call.transaction, new)
    return new


def _named(call: Call, kind: type[R], name: str) -> R:
    found = find(call.transaction, kind, call.caller.account, name)
    if found is None:
        raise NoSuchEntity(f"The {kind.word} with name {name} cannot be found.")
    return found
