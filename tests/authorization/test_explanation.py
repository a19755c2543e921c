"""An explanation shows what the decision looked at."""

from typing import Any

import pytest

from kmscli.authorization.decision import Policies, decide
from kmscli.authorization.explanation import explained
from tests.authorization.documents import (
    ACCOUNT,
    ADMIN,
    ALICE,
    KEY,
    OTHER,
    about,
    identity_policy,
    key_policy,
    question,
    statement,
)


def test_an_explanation_says_what_did_not_fit() -> None:
    """For each statement that did not match, the explanation names the element and both values."""
    policy = key_policy(
        about(ALICE, Sid="Decrypting", Action=["kms:Decrypt"]),
        about(ADMIN, Sid="Admin"),
        about(ALICE, Sid="Here", Condition={"StringEquals": {"kms:CallerAccount": [OTHER]}}),
        about(ALICE, Sid="Other", Resource="arn:aws:kms:eu-west-1:*:key/*"),
        about(ALICE),
    )
    asked = question(context={"kms:CallerAccount": (ACCOUNT,)})
    told = explained(asked, decide(asked, Policies(resource=[policy])))
    assert told["Decision"] == "allowed"
    assert told["DecidedBy"] == {"Kind": "resource-based", "Policy": "default", "Statement": "#5"}
    assert [one.get("Failed") for one in told["Policies"][0]["Statements"]] == [
        {"Element": "Action", "Policy": ["kms:Decrypt"], "Request": "kms:Encrypt"},
        {"Element": "Principal", "Policy": {"AWS": [ADMIN]}, "Request": ALICE},
        {"Element": "Condition", "Policy": {"StringEquals": {"kms:CallerAccount": [OTHER]}}, "Request": [ACCOUNT]},
        {"Element": "Resource", "Policy": ["arn:aws:kms:eu-west-1:*:key/*"], "Request": KEY},
        None,
    ]


VARIABLES: list[tuple[dict[str, Any], dict[str, str | None]]] = [
    ({"Condition": {"StringLike": {"kms:CallerAccount": ["${aws:username}", "a${*}"]}}}, {"aws:username": "alice"}),
    ({"Condition": {"StringEquals": {"kms:CallerAccount": "${aws:PrincipalTag/a}"}}}, {"aws:PrincipalTag/a": None}),
    ({"Resource": "${aws:PrincipalTag/a, 'b'}/${aws:username"}, {"aws:PrincipalTag/a, 'b'": "b"}),
    ({"Resource": ["arn:aws:s3:::", "${aws:username}"]}, {"aws:username": "alice"}),
]


@pytest.mark.parametrize(("members", "variables"), VARIABLES)
def test_an_explanation_says_what_variables_stand_for(
    members: dict[str, Any], variables: dict[str, str | None]
) -> None:
    """Where what did not fit has variables, the explanation has their values, or that there are none."""
    asked = question(context={"kms:CallerAccount": (ACCOUNT,), "aws:username": ("alice",)})

    def failed(version: str) -> Any:
        policy = identity_policy(statement(**members), version=version)
        told = explained(asked, decide(asked, Policies(identity=[policy])))
        return told["Policies"][0]["Statements"][0]["Failed"]

    assert failed("2012-10-17")["Variables"] == variables
    assert "Variables" not in failed("2008-10-17")
