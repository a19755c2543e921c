import re
from typing import Any

import pytest

from kmscli.identities.finding import find_user, has_identities, policies_of_user, principal_exists
from kmscli.keys.check import inspect
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, START, House, caller
from tests.operations.identities import ALLOW, MALFORMED, MISSING, arn_of, new_user, statement

NOBODY = (MISSING, "The user with name bob cannot be found.")
NAMES = {"UserName": "bob", "PolicyName": "p"}


def test_a_user_is_made_and_shown(house: House) -> None:
    """A new user has a path, an id and an ARN of his own; GetUser and CreateUser say the same, a list without tags."""
    tags = [{"Key": "Team", "Value": "blue größe"}, {"Key": "empty", "Value": ""}]
    made = new_user(house, "Bob", Path="/a/b/", Tags=tags)
    assert re.fullmatch("AIDA[A-Z2-7]{17}", made.pop("UserId"))
    shown = {"Path": "/a/b/", "UserName": "Bob", "Arn": arn_of("user", "a/b/Bob"), "CreateDate": START}
    assert made == shown | {"Tags": tags}
    answered = house.call("iam:GetUser", UserName="bOB")["User"]
    del answered["UserId"]
    assert answered == made
    [listed] = house.call("iam:ListUsers")["Users"]
    del listed["UserId"]
    assert listed == shown


def test_users_are_of_an_account_in_all_regions(house: House) -> None:
    """A user is found from every Region of his account, and from no other account."""
    new_user(house)
    assert house.call("iam:GetUser", caller(region=OTHER_REGION), UserName="bob")["User"]["UserName"] == "bob"
    assert house.refusal("iam:GetUser", caller(OTHER_ACCOUNT), UserName="bob") == NOBODY
    assert house.call("iam:ListUsers", caller(OTHER_ACCOUNT)) == {"Users": [], "IsTruncated": False}


def test_the_arn_is_of_the_partition(house: House) -> None:
    """A user who is made in China has an ARN of that partition, wherever he is looked at from."""
    arn = f"arn:aws-cn:iam::{ACCOUNT}:user/bob"
    assert house.call("iam:CreateUser", caller(region="cn-northwest-1"), UserName="bob")["User"]["Arn"] == arn
    assert house.event()["awsRegion"] == "cn-north-1"
    assert house.call("iam:GetUser", UserName="bob")["User"]["Arn"] == arn


@pytest.mark.parametrize("name", ["bob", "BOB"])
def test_a_name_is_given_once(house: House, name: str) -> None:
    """Two users do not have one name, nor names that differ in capitals only; a name is free when its user is gone."""
    made = new_user(house)
    message = f"User with name {name} already exists."
    assert house.refusal("iam:CreateUser", UserName=name) == ("EntityAlreadyExists", message)
    house.call("iam:DeleteUser", UserName=name)
    assert new_user(house, name)["UserId"] != made["UserId"]


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("GetUser", {}),
        ("DeleteUser", {}),
        ("PutUserPolicy", {"PolicyName": "p", "PolicyDocument": ALLOW}),
        ("GetUserPolicy", {"PolicyName": "p"}),
        ("ListUserPolicies", {}),
        ("DeleteUserPolicy", {"PolicyName": "p"}),
    ],
)
def test_a_user_who_is_not_there(house: House, name: str, members: dict[str, Any]) -> None:
    """Every operation on a user says that there is none."""
    assert house.refusal(f"iam:{name}", UserName="bob", **members) == NOBODY


def test_who_calls_may_ask_for_himself(house: House) -> None:
    """GetUser without a name shows the caller: the root user, or the user that the caller is."""
    root = {"UserId": ACCOUNT, "Arn": f"arn:aws:iam::{ACCOUNT}:root"}
    assert house.call("iam:GetUser") == {"User": root}


@pytest.mark.parametrize(
    ("members", "at"),
    [
        ({"UserName": ""}, "'' at 'userName'"),
        ({"UserName": "a" * 65}, "at 'userName'"),
        ({"UserName": "a b"}, "'a b' at 'userName'"),
        ({"UserName": "bob", "Path": "a/"}, "'a/' at 'path'"),
        ({"UserName": "bob", "Path": "/a"}, "'/a' at 'path'"),
        ({"UserName": "bob", "Tags": [{"Key": "a!", "Value": ""}]}, "'a!' at 'tags.1.member.key'"),
        ({"UserName": "bob", "Tags": [{"Key": "a", "Value": "\n"}]}, "at 'tags.1.member.value'"),
        ({}, "null at 'userName'"),
    ],
)
def test_a_member_that_breaks_a_constraint(house: House, members: dict[str, Any], at: str) -> None:
    """What the model forbids is refused as ValidationError, with AWS's words."""
    code, message = house.refusal("iam:CreateUser", **members)
    assert code == "ValidationError"
    assert re.match(r"\d validation errors? detected: Value ", message)
    assert at in message


@pytest.mark.parametrize(
    ("tags", "message"),
    [
        (["aws:a"], "Tag keys that begin with aws: are reserved."),
        (["AWS:a"], "Tag keys that begin with aws: are reserved."),
        (["a", "b", "A"], "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        (["a", "a"], "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ],
)
def test_tags_that_may_not_be(house: House, tags: list[str], message: str) -> None:
    """A reserved key and one given twice are refused."""
    given = [{"Key": key, "Value": ""} for key in tags]
    assert house.refusal("iam:CreateUser", UserName="bob", Tags=given) == ("InvalidInput", message)


def test_the_life_of_an_inline_policy(house: House) -> None:
    """A policy is put, shown as it was given, replaced, listed by name and deleted; with it the user can be deleted."""
    new_user(house)
    text = ALLOW.replace(", ", ",\n\t")
    house.call("iam:PutUserPolicy", PolicyDocument=ALLOW, **NAMES)
    house.call("iam:PutUserPolicy", PolicyDocument=text, **NAMES)
    house.call("iam:PutUserPolicy", UserName="BOB", PolicyName="P", PolicyDocument=ALLOW)
    assert house.call("iam:GetUserPolicy", **NAMES) == {**NAMES, "PolicyDocument": text}
    listed = {"PolicyNames": ["P", "p"], "IsTruncated": False}
    assert house.call("iam:ListUserPolicies", UserName="bob") == listed
    conflict = ("DeleteConflict", "Cannot delete entity, must delete policies first.")
    assert house.refusal("iam:DeleteUser", UserName="bob") == conflict
    for name in "pP":
        house.call("iam:DeleteUserPolicy", UserName="bob", PolicyName=name)
        none = (MISSING, f"The user policy with name {name} cannot be found.")
        assert house.refusal("iam:DeleteUserPolicy", UserName="bob", PolicyName=name) == none
        assert house.refusal("iam:GetUserPolicy", UserName="bob", PolicyName=name) == none
    house.call("iam:DeleteUser", UserName="bob")
    assert house.call("iam:ListUsers")["Users"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        ("[]", "The policy must be a JSON object."),
        (ALLOW.replace("2012", "2013"), "The policy must contain a valid version string"),
        (statement(Effect="Maybe"), "Each statement must have an Effect of Allow or Deny."),
        (statement(Principal="*"), "Policy document should not specify a principal."),
        (statement(Action=None), "Policy statement must contain actions."),
        (statement(Action=[]), "Policy statement must contain actions."),
        (statement(Resource=None), "Policy statement must contain resources."),
        (statement(Resource=[]), "Policy statement must contain resources."),
        (statement(Resource="key"), 'Resource key must be in ARN format or "*".'),
        (statement(Resource=["*", "arn:aws:kms"]), 'Resource arn:aws:kms must be in ARN format or "*".'),
        (statement(Action="Encrypt"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (statement(Action="kms:"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (statement(Condition={"StringSame": {"a:b": "c"}}), "Invalid Condition type : StringSame."),
    ],
)
def test_a_policy_that_is_none(house: House, text: str, message: str) -> None:
    """What is no policy of an identity is refused, and the one before it stays."""
    new_user(house)
    house.call("iam:PutUserPolicy", PolicyDocument=ALLOW, **NAMES)
    assert house.refusal("iam:PutUserPolicy", PolicyDocument=text, **NAMES) == (MALFORMED, message)
    assert house.call("iam:GetUserPolicy", **NAMES)["PolicyDocument"] == ALLOW


@pytest.mark.parametrize(
    "text",
    [
        statement(Action="*"),
        statement(Action=None, NotAction=["kms:*", "iam:*"]),
        statement(Resource=None, NotResource="arn:aws:kms:*:*:key/*"),
        statement(Resource=["arn:aws:kms:us-east-1:*:alias/a", "*"]),
        statement(Effect="Deny", Sid="no", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_a_policy_that_is_one(house: House, text: str) -> None:
    """Every form of action and resource is taken."""
    new_user(house)
    house.call("iam:PutUserPolicy", PolicyDocument=text, **NAMES)


def test_how_long_inline_policies_may_be(house: House) -> None:
    """All policies of a user may have 2,048 characters together, white space aside."""
    new_user(house)
    half = statement(Sid="a" * (1024 - len("".join(statement(Sid="").split()))))
    for name in ("a", "b"):
        house.call("iam:PutUserPolicy", UserName="bob", PolicyName=name, PolicyDocument=half.replace(" ", "  "))
    too_long = ("LimitExceeded", "Maximum policy size of 2048 bytes exceeded for user bob")
    longer = half.replace("aaa", "aaaa", 1)
    assert house.refusal("iam:PutUserPolicy", UserName="bob", PolicyName="b", PolicyDocument=longer) == too_long
    assert house.refusal("iam:PutUserPolicy", UserName="bob", PolicyName="c", PolicyDocument=ALLOW) == too_long


def test_paging_through_users(house: House) -> None:
    """Users come in pages of as many as asked for, 100 without a number, each once; a path filters what is listed."""
    made = {f"user-{number}" for number in range(130)}
    house.group(*(("iam:CreateUser", {"UserName": name, "Path": "/x/"}) for name in sorted(made)))
    house.call("iam:CreateUser", UserName="other", Path="/y/")
    first = house.call("iam:ListUsers", PathPrefix="/x/")
    assert first["IsTruncated"]
    second = house.call("iam:ListUsers", PathPrefix="/x/", Marker=first["Marker"])
    assert (second["IsTruncated"], "Marker" in second) == (False, False)
    names = [user["UserName"] for user in (*first["Users"], *second["Users"])]
    assert (len(names), set(names)) == (130, made)
    assert [user["UserName"] for user in house.call("iam:ListUsers", PathPrefix="/y", MaxItems=1000)["Users"]] == [
        "other"
    ]
    bad = ("ValidationError", "Invalid Marker.")
    for members in ({"Marker": "nonsense"}, {"Marker": first["Marker"]}, {"Marker": first["Marker"], "MaxItems": 5}):
        assert house.refusal("iam:ListUsers", **members) == bad
    elsewhere = caller(region=OTHER_REGION)
    assert house.call("iam:ListUsers", elsewhere, PathPrefix="/x/", Marker=first["Marker"]) == second


def test_paging_through_policies(house: House) -> None:
    """Names of policies come in order, and a marker is of one user's."""
    new_user(house)
    new_user(house, "eve")
    short = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    for user in ("bob", "eve"):
        for name in "cab":
            house.call("iam:PutUserPolicy", UserName=user, PolicyName=name, PolicyDocument=short)
    first = house.call("iam:ListUserPolicies", UserName="bob", MaxItems=2)
    assert (first["PolicyNames"], first["IsTruncated"]) == (["a", "b"], True)
    marker = first["Marker"]
    assert house.call("iam:ListUserPolicies", UserName="bob", Marker=marker)["PolicyNames"] == ["c"]
    assert house.refusal("iam:ListUserPolicies", UserName="eve", Marker=marker)[0] == "ValidationError"


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
    house.call("iam:PutUserPolicy", PolicyDocument=ALLOW, **NAMES)
    parameters = {"userName": "bob", "policyName": "p", "policyDocument": ALLOW}
    assert house.event()["requestParameters"] == parameters
    house.refusal("iam:GetUser", UserName="eve")
    event = house.event()
    assert (event["errorCode"], event["readOnly"]) == (MISSING, True)
    assert event["errorMessage"] == "The user with name eve cannot be found."


def test_what_a_decision_finds(house: House) -> None:
    """A user is found by name and by ARN, path and all, with the policies he has; an account's root is always there."""
    transaction = house.transaction()
    assert not has_identities(transaction, ACCOUNT)
    assert principal_exists(transaction, f"arn:aws:iam::{ACCOUNT}:root")
    assert not principal_exists(transaction, arn_of("user", "a/bob"))
    transaction.close()
    new_user(house, Path="/a/")
    house.call("iam:PutUserPolicy", PolicyDocument=ALLOW, **NAMES)
    transaction = house.transaction()
    assert has_identities(transaction, ACCOUNT)
    assert not has_identities(transaction, OTHER_ACCOUNT)
    found = {name: principal_exists(transaction, arn_of("user", name)) for name in ("a/bob", "a/BOB", "bob", "b/bob")}
    assert found == {"a/bob": True, "a/BOB": False, "bob": False, "b/bob": False}
    assert not principal_exists(transaction, arn_of("role", "a/bob"))
    user = find_user(transaction, ACCOUNT, "bob")
    assert user
    policies = policies_of_user(transaction, user)
    assert [(it.source, it.name, it.arn, it.text) for it in policies] == [("inline policy", "p", "", ALLOW)]


def test_a_check_of_the_vault_counts_users(house: House) -> None:
    """A vault with users is sound; a counter that says otherwise is named."""
    for name in ("bob", "eve"):
        new_user(house, name)
    house.call("iam:DeleteUser", UserName="eve")
    found = inspect(house.engine.vault)
    assert (found.counts["user"], found.faults) == (1, [])
    transaction = house.transaction()
    transaction.count(ACCOUNT, "users", 1)
    house.commit(transaction)
    [fault] = inspect(house.engine.vault).faults
    assert fault.name == f"of users in {ACCOUNT}"
