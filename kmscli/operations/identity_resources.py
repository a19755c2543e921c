"""What an operation of IAM acts on, by ARN: the resource of its action (Service Authorization Reference, AWS IAM)."""

from kmscli.identities.groups import Group
from kmscli.identities.managed_policies import ManagedPolicy
from kmscli.identities.resource import Resource, find
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.names import identity_arn, partition_of
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

NAMED: dict[str, type[Resource]] = {
    "role_name": Role,
    "group_name": Group,
    "user_name": User,
    "policy_name": ManagedPolicy,
}
"""The members that name a resource; where several do, the first is what the action is about."""


def resource_of(call: Call, request: Request) -> str:
    """The ARN of what a request names; with its path where that is given, or known; `*` for what names nothing.

    Who could name a user and does not asks for himself.
    """
    given = request.__dict__
    for member, kind in NAMED.items():
        if member in given:
            return _arn(call, kind, given[member], given.get("path"))
    if "UserName" in request.fields:
        return call.caller.arn
    return str(given.get("policy_arn", "*"))


def _arn(call: Call, kind: type[Resource], name: str, path: str | None) -> str:
    account = call.caller.account
    known = find(call.transaction, kind, account, name) if path is None else None
    return known.arn if known else identity_arn(partition_of(call.caller.region), account, kind.word, path or "/", name)
