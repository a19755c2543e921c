from typing import Any

import pytest

from tests.operations.house import ACCOUNT, OTHER_REGION, House, caller
from tests.operations.identities import ALLOW, MISSING, new_user

PATHS = ("a/", "/a", "a", "//a b/")


def test_the_root_user_is_shown(house: House) -> None:
    """GetUser without a name shows the root user who calls, who has neither name nor path."""
    root = {"UserId": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    assert house.call("iam:GetUser") == {"User": root}


@pytest.mark.parametrize(
    ("members", "at"),
    [
        ({"UserName": ""}, "'' at 'userName'"),
        ({"UserName": "a" * 65}, "at 'userName'"),
        ({"UserName": "a b"}, "'a b' at 'userName'"),
        *(({"UserName": "bob", "Path": path}, f"'{path}' at 'path'") for path in PATHS),
        ({"UserName": "bob", "Tags": [{"Key": "a!", "Value": ""}]}, "'a!' at 'tags.1.member.key'"),
        ({"UserName": "bob", "Tags": [{"Key": "a", "Value": "\n"}]}, "at 'tags.1.member.value'"),
        ({}, "null at 'userName'"),
    ],
)
def test_a_member_that_breaks_a_constraint(house: House, members: dict[str, Any], at: str) -> None:
    """What the model forbids is refused as ValidationError, with AWS's words."""
    code, message = house.refusal("iam:CreateUser", **members)
    assert code == "ValidationError"
    assert " detected: Value " in message
    assert at in message


def test_the_events(house: House) -> None:
    """IAM's events have its source and its one Region; they show requests, and the answer of what makes something."""
    house.caller = caller(region=OTHER_REGION)
    made = new_user(house)
    event = house.event()
    shown = {key: event[key] for key in ("eventSource", "eventName", "awsRegion", "readOnly", "eventType")}
    assert shown == {
        "eventSource": "iam.amazonaws.com",
        "eventName": "CreateUser",
        "awsRegion": "us-east-1",
        "readOnly": False,
        "eventType": "AwsApiCall",
    }
    assert event["requestParameters"] == {"userName": "bob"}
    answered = {"path": "/", "userName": "bob", "userId": made["UserId"], "arn": made["Arn"]}
    assert event["responseElements"] == {"user": answered | {"createDate": "Jan 5, 2026, 9:00:00 AM"}}
    assert "resources" not in event
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=ALLOW)
    parameters = {"userName": "bob", "policyName": "p", "policyDocument": ALLOW}
    assert house.event()["requestParameters"] == parameters
    house.refusal("iam:GetUser", UserName="eve")
    event = house.event()
    assert (event["errorCode"], event["readOnly"]) == (MISSING, True)
    assert event["errorMessage"] == "The user with name eve cannot be found."
