"""Names, policies and shorthands for the tests of IAM's operations."""

import json
from typing import Any

from tests.operations.house import ACCOUNT, House

MALFORMED = "MalformedPolicyDocument"
MISSING = "NoSuchEntity"
CONFLICT = "DeleteConflict"
BEYOND = "LimitExceeded"
ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def statement(times: int = 1, **members: Any) -> str:
    """A policy of one statement, or the same `times`; it allows Encrypt with every key unless it says otherwise."""
    usual = {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}
    said = {name: value for name, value in {**usual, **members}.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [said] * times})


ALLOW = statement()
OTHER = statement(Action="kms:Decrypt")


def trust(principal: Any = None, **members: Any) -> str:
    """A trust policy, of the account unless it says otherwise."""
    named = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"} if principal is None else principal
    return statement(**{"Action": "sts:AssumeRole", "Resource": None, "Principal": named, **members})


TRUST = trust()


def arn_of(kind: str, name: str) -> str:
    """The ARN of an identity, by its path and name."""
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def new_user(house: House, name: str = "bob", **members: Any) -> dict[str, Any]:
    """A new user, as CreateUser answers."""
    made: dict[str, Any] = house.call("iam:CreateUser", UserName=name, **members)["User"]
    return made


def new_role(house: House, name: str = "bob", **members: Any) -> dict[str, Any]:
    """A new role, as CreateRole answers."""
    given = {"AssumeRolePolicyDocument": TRUST, **members}
    made: dict[str, Any] = house.call("iam:CreateRole", RoleName=name, **given)["Role"]
    return made


def new_group(house: House, name: str = "bob", **members: Any) -> dict[str, Any]:
    """A new group, as CreateGroup answers."""
    made: dict[str, Any] = house.call("iam:CreateGroup", GroupName=name, **members)["Group"]
    return made


MAKING = {"User": new_user, "Role": new_role, "Group": new_group}
"""How each kind of identity is made."""


def new_policy(house: House, name: str = "p", **members: Any) -> str:
    """A new managed policy's ARN."""
    given = {"PolicyDocument": ALLOW, **members}
    return str(house.call("iam:CreatePolicy", PolicyName=name, **given)["Policy"]["Arn"])
