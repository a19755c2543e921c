"""What an operation of IAM acts on, by ARN: the resource of its action (Service Authorization Reference, AWS IAM)."""

from kmscli.identities.finding import find_user
from kmscli.names import identity_arn, partition_of
from kmscli.operations.call import Call
from kmscli.operations.shapes import Request

NAMED = {"role_name": "role", "group_name": "group", "user_name": "user"}
"""The members that name an identity; where several do, the first is what the action is about."""


def resource_of(call: Call, request: Request) -> str:
    """The ARN of what a request names; with its path where that is given, or known; `*` for what names nothing."""
    given = request.__dict__
    if "policy_arn" in given and not NAMED.keys() & given.keys():
        return str(given["policy_arn"])
    for member, kind in NAMED.items():
        if member in given:
            return _arn(call, kind, given[member], given.get("path"))
    return "*"


def _arn(call: Call, kind: str, name: str, path: str | None) -> str:
    known = find_user(call.transaction, call.caller.account, name) if kind == "user" and path is None else None
    partition = partition_of(call.caller.region)
    return known.arn if known else identity_arn(partition, call.caller.account, kind, path or "/", name)
