"""Policies and questions for tests, made from as little as says something."""

import json
from collections.abc import Mapping
from typing import Any

from kmscli.authorization.context import Context
from kmscli.authorization.decision import IDENTITY, RESOURCE
from kmscli.authorization.document import parse
from kmscli.authorization.evaluation import Question, Source
from kmscli.authorization.principals import Principal, principal_of

ACCOUNT = "111122223333"
OTHER = "444455556666"
KEY = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
BOB = f"arn:aws:iam::{OTHER}:user/bob"
ADMIN = f"arn:aws:iam::{ACCOUNT}:role/admin"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/admin/monday"


def statement(effect: str = "Allow", **members: Any) -> dict[str, Any]:
    """A statement about everything, but for what is said."""
    return {"Effect": effect, "Action": "kms:*", "Resource": "*", **members}


def about(principal: Any, effect: str = "Allow", **members: Any) -> dict[str, Any]:
    """A statement of a key policy about a principal of kind AWS."""
    return statement(effect, Principal={"AWS": principal}, **members)


def document(*statements: dict[str, Any], version: str = "2012-10-17") -> str:
    """A policy's text."""
    return json.dumps({"Version": version, "Statement": list(statements)})


def key_policy(*statements: dict[str, Any]) -> Source:
    """A key policy."""
    return Source(RESOURCE, parse(document(*statements), names_principals=True), name="default")


def identity_policy(
    *statements: dict[str, Any], kind: str = IDENTITY, arn: str = "", version: str = "2012-10-17"
) -> Source:
    """A policy that says nothing of principals."""
    return Source(kind, parse(document(*statements, version=version), names_principals=False), name="test", arn=arn)


def question(
    arn: str = ALICE,
    action: str = "kms:Encrypt",
    resource: str = KEY,
    owner: str = ACCOUNT,
    context: Mapping[str, tuple[str, ...]] | None = None,
    principal: Principal | None = None,
) -> Question:
    """Whether Alice may encrypt under the key, but for what is said."""
    known = {name.lower(): values for name, values in (context or {}).items()}
    return Question(principal or principal_of(arn), action, resource, owner, Context(known))
