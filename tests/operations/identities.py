"""Policies and names for the tests of IAM's operations."""

import json
from typing import Any

from tests.operations.house import ACCOUNT, House

MALFORMED = "MalformedPolicyDocument"
MISSING = "NoSuchEntity"


def statement(**members: Any) -> str:
    """A policy of one statement, which allows Encrypt with every key unless it says otherwise."""
    usual = {"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}
    said = {name: value for name, value in {**usual, **members}.items() if value is not None}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


ALLOW = statement()


def arn_of(kind: str, name: str) -> str:
    """The ARN of an identity, by its path and name."""
    return f"arn:aws:iam::{ACCOUNT}:{kind}/{name}"


def new_user(house: House, name: str = "bob", **members: Any) -> dict[str, Any]:
    """A new user, as CreateUser answers."""
    made: dict[str, Any] = house.call("iam:CreateUser", UserName=name, **members)["User"]
    return made
