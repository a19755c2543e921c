"""IAM's policy simulator decides as calls are decided on."""

import json
from typing import Any

import pytest

from kmscli.engine import Caller
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, REGION, House, arn
from tests.operations.identities import statement
from tests.operations.organizing import SCP, Organized, member

BOB = f"arn:aws:iam::{ACCOUNT}:user/bob"
KEY = arn("12345678-90ab-cdef-1234-567890abcdef")
ENCRYPT = {"ActionNames": ["kms:Encrypt"]}
ALLOW, DENY = statement(), statement(Effect="Deny")
TO_ACCOUNT = statement(Principal={"AWS": ACCOUNT}, Action="kms:*")
TO_BOB = statement(Principal={"AWS": BOB})


def custom(house: House, **members: Any) -> list[dict[str, Any]]:
    """What SimulateCustomPolicy shows."""
    answer = house.call("iam:SimulateCustomPolicy", **{"PolicyInputList": [ALLOW], **ENCRYPT, **members})
    results: list[dict[str, Any]] = answer["EvaluationResults"]
    return results


def decision(house: House, **members: Any) -> str:
    """The one decision of SimulateCustomPolicy."""
    [result] = custom(house, **members)
    return str(result["EvalDecision"])


def of_principal(house: House, source: str = BOB, /, **members: Any) -> dict[str, Any]:
    """The one result of SimulatePrincipalPolicy."""
    given = {"PolicySourceArn": source, **ENCRYPT, **members}
    [result] = house.call("iam:SimulatePrincipalPolicy", **given)["EvaluationResults"]
    return dict(result)


def entries(**values: Any) -> list[dict[str, Any]]:
    """Context entries by the names of condition keys, `_` for `:`."""
    return [
        {
            "ContextKeyName": name.replace("_", ":"),
            "ContextKeyValues": value if isinstance(value, list) else [value],
            "ContextKeyType": "stringList" if isinstance(value, list) else "string",
        }
        for name, value in values.items()
    ]


def test_the_example_of_aws(house: House) -> None:
    """The AWS CLI's own example, of a policy with a date."""
    text = (
        '{"Version":"2012-10-17","Statement":{"Effect":"Allow","Action":"dynamodb:*","Resource":"*",'
        '"Condition":{"DateGreaterThan":{"aws:CurrentTime":"2018-08-16T12:00:00Z"}}}}'
    )
    given = {"PolicyInputList": [text], "ActionNames": ["dynamodb:CreateBackup"]}
    matched = {
        "SourcePolicyId": "PolicyInputList.1",
        "StartPosition": {"Line": 1, "Column": 38},
        "EndPosition": {"Line": 1, "Column": 167},
    }
    for date, said, statements in (("2019", "allowed", [matched]), ("2014", "implicitDeny", [])):
        assert custom(house, **given, ContextEntries=entries(aws_CurrentTime=f"{date}-04-25T11:00:00Z")) == [
            {
                "EvalActionName": "dynamodb:CreateBackup",
                "EvalResourceName": "*",
                "EvalDecision": said,
                "MatchedStatements": statements,
                "MissingContextValues": [],
            }
        ]


@pytest.mark.parametrize(
    ("policies", "said"),
    [
        ([ALLOW], "allowed"),
        ([statement(Action="kms:Decrypt")], "implicitDeny"),
        ([DENY], "explicitDeny"),
        ([ALLOW, DENY], "explicitDeny"),
        ([statement(Action="kms:Decrypt"), statement(Action="*")], "allowed"),
        ([], "implicitDeny"),
    ],
)
def test_policies_together(house: House, policies: list[str], said: str) -> None:
    """One allows unless one denies."""
    assert decision(house, PolicyInputList=policies) == said


def test_the_statements_that_matched(house: House) -> None:
    """All that allow, in all policies; but where one denies, that one alone."""
    both = json.dumps({"Statement": [json.loads(ALLOW)["Statement"][0], json.loads(DENY)["Statement"][0]]})
    [allowed] = custom(house, PolicyInputList=[ALLOW, ALLOW])
    names = [matched["SourcePolicyId"] for matched in allowed["MatchedStatements"]]
    assert names == ["PolicyInputList.1", "PolicyInputList.2"]
    [denied] = custom(house, PolicyInputList=[ALLOW, both])
    [matched] = denied["MatchedStatements"]
    assert matched["SourcePolicyId"] == "PolicyInputList.2"
    assert matched["StartPosition"] == {"Line": 1, "Column": both.index("}, {") + 3}


def test_each_action_on_each_resource(house: House) -> None:
    """There is a result for each, in order, page by page."""
    resources = [KEY, "*"]
    given = {
        "PolicyInputList": [statement(Resource=KEY)],
        "ActionNames": ["kms:Encrypt", "kms:Decrypt"],
        "ResourceArns": resources,
    }
    wanted = [
        ("kms:Encrypt", KEY, "allowed"),
        ("kms:Encrypt", "*", "implicitDeny"),
        ("kms:Decrypt", KEY, "implicitDeny"),
        ("kms:Decrypt", "*", "implicitDeny"),
    ]
    found: list[dict[str, Any]] = []
    page: dict[str, Any] = {"Marker": None}
    while "Marker" in page:
        page = house.call("iam:SimulateCustomPolicy", **given, MaxItems=3, Marker=page["Marker"])
        found += page["EvaluationResults"]
        assert page["IsTruncated"] == ("Marker" in page)
    assert [(each["EvalActionName"], each["EvalResourceName"], each["EvalDecision"]) for each in found] == wanted


@pytest.mark.parametrize(
    ("condition", "given", "said", "missing"),
    [
        ({"StringEquals": {"kms:EncryptionContext:app": "a"}}, {"kms_EncryptionContext_app": "a"}, "allowed", []),
        ({"StringEquals": {"kms:EncryptionContext:app": "a"}}, {}, "implicitDeny", ["kms:EncryptionContext:app"]),
        ({"StringEquals": {"KMS:KeySpec": "a"}}, {"kms_keyspec": "b"}, "implicitDeny", []),
        ({"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws_TagKeys": ["a", "c"]}, "implicitDeny", []),
        ({"ForAnyValue:StringEquals": {"aws:TagKeys": ["a", "b"]}}, {"aws_TagKeys": ["a", "c"]}, "allowed", []),
        ({"StringNotEquals": {"kms:ViaService": "a"}}, {}, "allowed", ["kms:ViaService"]),
        (
            {"StringEquals": {"aws:username": "bob", "kms:KeySpec": "a"}, "Bool": {"kms:MultiRegion": "true"}},
            {},
            "implicitDeny",
            ["aws:username", "kms:KeySpec", "kms:MultiRegion"],
        ),
    ],
)
def test_conditions(house: House, condition: Any, given: dict[str, Any], said: str, missing: list[str]) -> None:
    """Conditions see what is given; what they ask for besides is named."""
    [result] = custom(house, PolicyInputList=[statement(Condition=condition)], ContextEntries=entries(**given))
    assert (result["EvalDecision"], result["MissingContextValues"]) == (said, missing)


def test_what_is_known_of_the_caller(house: House) -> None:
    """Who calls has a name, an ARN and an account; what is given goes before that."""
    rows = {
        "aws:username": "bob",
        "aws:PrincipalArn": BOB,
        "aws:PrincipalAccount": ACCOUNT,
        "aws:PrincipalType": "User",
    }
    for key, value in rows.items():
        policy = [statement(Condition={"StringEquals": {key: value}})]
        assert decision(house, PolicyInputList=policy, CallerArn=BOB) == "allowed"
        assert decision(house, PolicyInputList=policy) == "implicitDeny"
        given = entries(**{key.replace(":", "_"): "other"})
        assert decision(house, PolicyInputList=policy, CallerArn=BOB, ContextEntries=given) == "implicitDeny"


@pytest.mark.parametrize(
    ("identity", "boundary", "said", "allowed"),
    [
        (ALLOW, ALLOW, "allowed", True),
        (ALLOW, statement(Action="kms:Decrypt"), "implicitDeny", False),
        (ALLOW, DENY, "explicitDeny", False),
        (statement(Action="kms:Decrypt"), ALLOW, "implicitDeny", True),
    ],
)
def test_a_boundary(house: House, identity: str, boundary: str, said: str, *, allowed: bool) -> None:
    """A boundary limits what policies allow, and gives nothing."""
    [result] = custom(house, PolicyInputList=[identity], PermissionsBoundaryPolicyInputList=[boundary])
    detail = {"AllowedByPermissionsBoundary": allowed}
    assert (result["EvalDecision"], result["PermissionsBoundaryDecisionDetail"]) == (said, detail)


@pytest.mark.parametrize(
    ("levels", "said", "allowed"),
    [
        ([[ALLOW], [ALLOW]], "allowed", True),
        ([[ALLOW], [statement(Action="kms:Decrypt"), ALLOW]], "allowed", True),
        ([[ALLOW], [statement(Action="kms:Decrypt")]], "implicitDeny", False),
        ([[ALLOW, DENY], [ALLOW]], "explicitDeny", False),
    ],
)
def test_levels_of_an_organization(house: House, levels: list[list[str]], said: str, *, allowed: bool) -> None:
    """Each level must allow, and none deny."""
    given = [{"ServiceControlPolicyInputList": level} for level in levels]
    [result] = custom(house, OrderedOrganizationPolicyInputList=given)
    assert result["EvalDecision"] == said
    assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": allowed}


@pytest.mark.parametrize("identity", [ALLOW, DENY, statement(Action="kms:Decrypt")], ids=["allow", "deny", "silent"])
@pytest.mark.parametrize(
    "resource",
    [TO_ACCOUNT, TO_BOB, statement(Principal={"AWS": BOB}, Effect="Deny"), statement(Principal="*", Action="kms:Sign")],
    ids=["account", "bob", "not bob", "other"],
)
def test_a_key_policy_is_weighed_as_in_a_call(house: House, identity: str, resource: str) -> None:
    """With a key's policy and a user's the simulator says what comes of the user's call."""
    house.call("iam:CreateUser", UserName="bob")
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=identity)
    key = house.new_key(Policy=resource, BypassPolicyLockoutSafetyCheck=True)
    bob = Caller(ACCOUNT, REGION, arn=BOB, agent="kmscli/test", door="test", uid=1000, user="alice")
    code, _ = house.result_by(bob, "Encrypt", KeyId=key, Plaintext=b"x")
    given = {"ResourceArns": [arn(key)], "ResourcePolicy": resource}
    assert (decision(house, PolicyInputList=[identity], CallerArn=BOB, **given) == "allowed") == (code == "")
    assert (of_principal(house, **given)["EvalDecision"] == "allowed") == (code == "")


def test_other_services_need_no_door(house: House) -> None:
    """Only KMS asks that the resource's own policy allows; elsewhere one of both does, within an account."""
    bucket = "arn:aws:s3:::bucket/a"
    to_eve = statement(Action="s3:*", Principal={"AWS": BOB.replace("bob", "eve")})
    given = {"CallerArn": BOB, "ActionNames": ["s3:GetObject"], "ResourceArns": [bucket], "ResourcePolicy": to_eve}
    allow, silent = statement(Action="s3:*"), ALLOW
    assert decision(house, PolicyInputList=[allow], **given) == "allowed"
    assert decision(house, PolicyInputList=[silent], **given) == "implicitDeny"
    foreign = given | {"ResourceOwner": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}
    assert decision(house, PolicyInputList=[allow], **foreign) == "implicitDeny"
    both = foreign | {"ResourcePolicy": statement(Action="s3:*", Principal={"AWS": ACCOUNT})}
    assert decision(house, PolicyInputList=[allow], **both) == "allowed"
    assert decision(house, PolicyInputList=[silent], **both) == "implicitDeny"


def test_a_role_is_bounded_where_its_session_is_not(house: House) -> None:
    """A key policy that names a role allows its sessions what a boundary allows too."""
    role = f"arn:aws:iam::{ACCOUNT}:role/admin"
    given = {
        "CallerArn": role,
        "PolicyInputList": [],
        "ResourceArns": [KEY],
        "ResourcePolicy": statement(Principal={"AWS": role}),
    }
    assert decision(house, **given) == "allowed"
    bound = [statement(Action="kms:Decrypt")]
    assert decision(house, **given, PermissionsBoundaryPolicyInputList=bound) == "implicitDeny"


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"ActionNames": ["Encrypt"]}, "Invalid Entity Action: Encrypt"),
        ({"ActionNames": ["kms:*"]}, "Invalid Entity Action: kms:*"),
        ({"ActionNames": ["kms:"]}, None),
        ({"PolicyInputList": ["{"]}, "The policy is not a valid JSON document."),
        ({"PolicyInputList": [TO_ACCOUNT]}, "Policy document should not specify a principal."),
        ({"ResourcePolicy": ALLOW, "CallerArn": BOB}, "Policy contains a statement with no principal."),
        ({"ResourcePolicy": TO_ACCOUNT}, "CallerArn is required when a ResourcePolicy is specified."),
        (
            {"PermissionsBoundaryPolicyInputList": [ALLOW, ALLOW]},
            "Only one permissions boundary policy can be specified.",
        ),
        ({"ResourceOwner": "bob"}, "Invalid Entity Arn: bob"),
        (
            {"ActionNames": ["kms:Encrypt"] * 101, "ResourceArns": ["*"] * 100},
            "Only 10000 calls can be simulated: actions times resources.",
        ),
        *(
            ({"CallerArn": other}, f"Invalid Entity Arn: {other} does not clearly define entity type and name.")
            for other in (
                "bob",
                f"arn:aws:iam::{ACCOUNT}:root",
                f"arn:aws:iam::{ACCOUNT}:user/",
                f"arn:aws:sts::{ACCOUNT}:assumed-role/a/b",
            )
        ),
    ],
)
def test_what_cannot_be_simulated(house: House, members: dict[str, Any], message: str | None) -> None:
    """Input that makes no sense is refused."""
    given = {"PolicyInputList": [ALLOW], **ENCRYPT, **members}
    code, said = house.refusal("iam:SimulateCustomPolicy", **given)
    assert (code, said) == ("InvalidInput", message or f"Invalid Entity Action: {members['ActionNames'][0]}")


def test_the_policies_of_a_principal(house: House) -> None:
    """A user's policies, inline and managed, those of the groups, and the boundary; and what is given besides."""
    managed = house.call("iam:CreatePolicy", PolicyName="managed", PolicyDocument=statement(Action="kms:Sign"))
    bound = house.call("iam:CreatePolicy", PolicyName="bound", PolicyDocument=statement(Action="kms:*"))
    boundary = bound["Policy"]["Arn"]
    house.call("iam:CreateUser", UserName="bob", PermissionsBoundary=boundary, Tags=[{"Key": "Team", "Value": "a"}])
    house.call("iam:CreateGroup", GroupName="staff")
    house.call("iam:AddUserToGroup", GroupName="staff", UserName="bob")
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="inline", PolicyDocument=ALLOW)
    house.call("iam:AttachUserPolicy", UserName="bob", PolicyArn=managed["Policy"]["Arn"])
    tagged = statement(Action="kms:Verify", Condition={"StringEquals": {"aws:PrincipalTag/team": "a"}})
    house.call("iam:PutGroupPolicy", GroupName="staff", PolicyName="group", PolicyDocument=tagged)
    for action, name in (("Encrypt", "inline"), ("Sign", "managed"), ("Verify", "group")):
        result = of_principal(house, ActionNames=[f"kms:{action}"])
        assert (result["EvalDecision"], result["MatchedStatements"][0]["SourcePolicyId"]) == ("allowed", name)
        assert result["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": True}
    assert of_principal(house, ActionNames=["kms:Decrypt"])["EvalDecision"] == "implicitDeny"
    more = {"PolicyInputList": [statement(Action="*")]}
    assert of_principal(house, ActionNames=["kms:Decrypt"], **more)["EvalDecision"] == "allowed"
    beyond = of_principal(house, ActionNames=["s3:GetObject"], **more)
    assert beyond["PermissionsBoundaryDecisionDetail"] == {"AllowedByPermissionsBoundary": False}
    other = {**more, "PermissionsBoundaryPolicyInputList": [statement(Action="s3:*")]}
    assert of_principal(house, ActionNames=["s3:GetObject"], **other)["EvalDecision"] == "allowed"
    group = of_principal(house, f"arn:aws:iam::{ACCOUNT}:group/staff", ActionNames=["kms:Verify"])
    assert (group["EvalDecision"], group["MissingContextValues"]) == ("implicitDeny", ["aws:PrincipalTag/team"])
    as_eve = of_principal(house, CallerArn=BOB.replace("bob", "eve"), ActionNames=["kms:Verify"])
    assert as_eve["EvalDecision"] == "implicitDeny"


def test_the_limits_of_a_principal(house: House) -> None:
    """Service control policies of the organization have a say where they limit the account."""
    made = Organized(house)
    made.enable(SCP)
    account = made.account()
    by = member(account)
    house.call("iam:CreateUser", by, UserName="bob")
    source = BOB.replace(ACCOUNT, account)
    house.call("iam:PutUserPolicy", by, UserName="bob", PolicyName="p", PolicyDocument=statement(Action="kms:*"))
    made.attach(made.policy(), account)
    rows = {"kms:Encrypt": ("allowed", True), "kms:Decrypt": ("explicitDeny", False)}
    given = {"PolicySourceArn": source, "ActionNames": list(rows)}
    for result in house.call("iam:SimulatePrincipalPolicy", by, **given)["EvaluationResults"]:
        said, allowed = rows[result["EvalActionName"]]
        assert result["EvalDecision"] == said
        assert result["OrganizationsDecisionDetail"] == {"AllowedByOrganizations": allowed}
    house.call("iam:CreateUser", UserName="bob")
    assert "OrganizationsDecisionDetail" not in of_principal(house)


@pytest.mark.parametrize(
    ("source", "code"),
    [
        (BOB, "NoSuchEntity"),
        (f"arn:aws:iam::{ACCOUNT}:group/staff", "NoSuchEntity"),
        (f"arn:aws:iam::{ACCOUNT}:user/path/eve", "NoSuchEntity"),
        (f"arn:aws:iam::{OTHER_ACCOUNT}:user/eve", "NoSuchEntity"),
        (f"arn:aws:iam::{ACCOUNT}:root", "InvalidInput"),
    ],
)
def test_a_principal_that_is_not_there(house: House, source: str, code: str) -> None:
    """Whoever is simulated has to be in the caller's account, by his whole ARN."""
    house.call("iam:CreateUser", UserName="eve")
    assert house.refusal("iam:SimulatePrincipalPolicy", PolicySourceArn=source, **ENCRYPT)[0] == code
