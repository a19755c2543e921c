import json
from typing import Any

import pytest

from kmscli.identities.aws_policies import aws_policies
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, START, House, caller
from tests.operations.identities import (
    ADMINISTRATOR,
    ALLOW,
    BEYOND,
    CONFLICT,
    MISSING,
    OTHER,
    arn_of,
    new_policy,
    new_role,
    new_user,
    statement,
)

SEVERAL = (
    "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
    "The default version is deleted with the policy."
)
POWER_USER = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"


def test_a_policy_is_made_and_shown(house: House) -> None:
    """A new policy has one version, in force; its description is shown by GetPolicy alone."""
    tags = [{"Key": "a", "Value": "b"}]
    given = {"PolicyName": "P", "Path": "/x/", "PolicyDocument": ALLOW, "Description": "for größe", "Tags": tags}
    made = house.call("iam:CreatePolicy", **given)["Policy"]
    listed = {
        "PolicyName": "P",
        "PolicyId": made["PolicyId"],
        "Arn": arn_of("policy", "x/P"),
        "Path": "/x/",
        "DefaultVersionId": "v1",
        "AttachmentCount": 0,
        "PermissionsBoundaryUsageCount": 0,
        "IsAttachable": True,
        "CreateDate": START,
        "UpdateDate": START,
    }
    assert made["PolicyId"].startswith("ANPA")
    assert made == listed | {"Tags": tags}
    shown = house.call("iam:GetPolicy", PolicyArn=made["Arn"])["Policy"]
    assert shown == listed | {"Tags": tags, "Description": "for größe"}
    assert house.call("iam:ListPolicies", Scope="Local") == {"Policies": [listed], "IsTruncated": False}
    version = {"Document": ALLOW, "VersionId": "v1", "IsDefaultVersion": True, "CreateDate": START}
    answer = house.call("iam:GetPolicyVersion", PolicyArn=made["Arn"], VersionId="v1")
    assert answer == {"PolicyVersion": version}


def test_a_name_is_given_once(house: House) -> None:
    """No two policies of an account have one name, whatever their paths."""
    new_policy(house, "p", Path="/x/")
    taken = ("EntityAlreadyExists", "A policy called P already exists. Duplicate names are not allowed.")
    assert house.refusal("iam:CreatePolicy", PolicyName="P", PolicyDocument=ALLOW) == taken
    house.call("iam:CreatePolicy", caller(OTHER_ACCOUNT), PolicyName="p", PolicyDocument=ALLOW)


def test_the_life_of_versions(house: House) -> None:
    """Up to five versions; one is in force; numbers are never given twice; all others go before the policy does."""
    arn = new_policy(house)
    house.later(hours=1)
    for number, in_force in ((2, True), (3, False), (4, False), (5, False)):
        given = {"PolicyArn": arn, "PolicyDocument": OTHER, "SetAsDefault": in_force}
        made = house.call("iam:CreatePolicyVersion", **given)["PolicyVersion"]
        assert made == {"VersionId": f"v{number}", "IsDefaultVersion": in_force, "CreateDate": START + 3600}
    message = "A managed policy can have up to 5 versions. Before you create a new version, you must delete an existing"
    full = (BEYOND, f"{message} version.")
    assert house.refusal("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=ALLOW) == full
    shown = house.call("iam:GetPolicy", PolicyArn=arn)["Policy"]
    assert (shown["DefaultVersionId"], shown["CreateDate"], shown["UpdateDate"]) == ("v2", START, START + 3600)
    default = (CONFLICT, "Cannot delete the default version of a policy.")
    assert house.refusal("iam:DeletePolicyVersion", PolicyArn=arn, VersionId="v2") == default
    house.call("iam:SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v1")
    house.call("iam:DeletePolicyVersion", PolicyArn=arn, VersionId="v5")
    versions = house.call("iam:ListPolicyVersions", PolicyArn=arn)["Versions"]
    assert [version["VersionId"] for version in versions] == ["v4", "v3", "v2", "v1"]
    assert [version["IsDefaultVersion"] for version in versions] == [False, False, False, True]
    assert "Document" not in versions[0]
    assert house.refusal("iam:DeletePolicy", PolicyArn=arn) == (CONFLICT, SEVERAL)
    made = house.call("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=ALLOW)["PolicyVersion"]
    assert made["VersionId"] == "v6"
    for number in (2, 3, 4, 6):
        house.call("iam:DeletePolicyVersion", PolicyArn=arn, VersionId=f"v{number}")
    house.call("iam:DeletePolicy", PolicyArn=arn)
    assert house.call("iam:ListPolicies", Scope="Local")["Policies"] == []


@pytest.mark.parametrize("operation", ["GetPolicyVersion", "DeletePolicyVersion", "SetDefaultPolicyVersion"])
def test_a_version_that_is_not_there(house: House, operation: str) -> None:
    """A version must be there; what is no version's name is refused as such."""
    arn = new_policy(house)
    none = (MISSING, f"Policy {arn} version v2 does not exist or is not attachable.")
    assert house.refusal(f"iam:{operation}", PolicyArn=arn, VersionId="v2") == none
    assert house.refusal(f"iam:{operation}", PolicyArn=arn, VersionId="2")[0] == "ValidationError"


@pytest.mark.parametrize(
    ("operation", "members"),
    [
        ("GetPolicy", {}),
        ("DeletePolicy", {}),
        ("CreatePolicyVersion", {"PolicyDocument": ALLOW}),
        ("GetPolicyVersion", {"VersionId": "v1"}),
        ("ListPolicyVersions", {}),
        ("DeletePolicyVersion", {"VersionId": "v1"}),
        ("SetDefaultPolicyVersion", {"VersionId": "v1"}),
    ],
)
def test_a_policy_that_is_not_there(house: House, operation: str, members: dict[str, str]) -> None:
    """Every operation on a policy says that there is none, of another account's too, and what is no policy's ARN."""
    house.call("iam:CreatePolicy", caller(OTHER_ACCOUNT), PolicyName="p", PolicyDocument=ALLOW)
    for arn in (arn_of("policy", "p"), f"arn:aws:iam::{OTHER_ACCOUNT}:policy/p"):
        none = (MISSING, f"Policy {arn} was not found.")
        assert house.refusal(f"iam:{operation}", PolicyArn=arn, **members) == none
    invalid = ("InvalidInput", f"ARN {arn_of('role', 'a/b/c')} is not valid.")
    assert house.refusal(f"iam:{operation}", PolicyArn=arn_of("role", "a/b/c"), **members) == invalid


@pytest.mark.parametrize("operation", ["DeletePolicy", "CreatePolicyVersion", "SetDefaultPolicyVersion"])
def test_policies_of_aws_are_not_changed(house: House, operation: str) -> None:
    """A policy that AWS keeps can be looked at and attached, no more."""
    given = {"VersionId": "v1"} if operation.startswith("Set") else {}
    given |= {"PolicyDocument": ALLOW} if operation.startswith("Create") else {}
    kept = f"Policy {ADMINISTRATOR} is kept by AWS, and cannot be changed."
    assert house.refusal(f"iam:{operation}", PolicyArn=ADMINISTRATOR, **given) == ("InvalidInput", kept)


def test_what_policies_of_aws_say(house: House) -> None:
    """The administrator's policy allows everything, the power user's what AWS says of it; all can be stored."""
    version = house.call("iam:GetPolicyVersion", PolicyArn=ADMINISTRATOR, VersionId="v1")["PolicyVersion"]
    everything = {"Effect": "Allow", "Action": "*", "Resource": "*"}
    assert json.loads(version["Document"]) == {"Version": "2012-10-17", "Statement": [everything]}
    version = house.call("iam:GetPolicyVersion", PolicyArn=POWER_USER, VersionId="v1")["PolicyVersion"]
    [said] = json.loads(version["Document"])["Statement"]
    assert {"kms:CreateKey", "kms:TagResource", "iam:ListRoles"} < set(said["Action"])
    assert not {"kms:Decrypt", "kms:ScheduleKeyDeletion"} & set(said["Action"])
    for policy in aws_policies("aws"):
        new_policy(house, policy.name, PolicyDocument=policy.text)


def test_which_policies_are_listed(house: House) -> None:
    """The account's own come first, then AWS's; a scope, a path and a use filter them; pages have each once."""
    names = {f"policy-{number}" for number in range(5)}
    arns = {name: new_policy(house, name, Path="/x/") for name in names}
    new_user(house, PermissionsBoundary=arns["policy-1"])
    new_role(house)
    for arn in (arns["policy-2"], ADMINISTRATOR):
        house.call("iam:AttachRolePolicy", RoleName="bob", PolicyArn=arn)
    of_aws = {policy.name for policy in aws_policies("aws")}

    def listed(**members: object) -> set[str]:
        return {policy["PolicyName"] for policy in house.call("iam:ListPolicies", **members)["Policies"]}

    assert listed() == listed(Scope="All") == names | of_aws
    assert listed(Scope="AWS") == listed(PathPrefix="/", Scope="AWS") == of_aws
    assert listed(Scope="Local") == listed(PathPrefix="/x/") == names
    assert listed(OnlyAttached=True) == {"policy-1", "policy-2", "AdministratorAccess"}
    assert listed(PolicyUsageFilter="PermissionsBoundary") == {"policy-1"}
    assert listed(PolicyUsageFilter="PermissionsPolicy", Scope="AWS") == {"AdministratorAccess"}
    found = []
    answer: dict[str, Any] = {}
    for size in (2, 3, 1, 2):
        answer = house.call("iam:ListPolicies", MaxItems=size, Marker=answer.get("Marker"))
        assert len(answer["Policies"]) == size
        found += [policy["PolicyName"] for policy in answer["Policies"]]
    assert not answer["IsTruncated"]
    assert (len(found), set(found)) == (5 + len(of_aws), names | of_aws)


def test_how_long_a_policy_may_be(house: House) -> None:
    """A managed policy may have 6,144 characters, white space aside."""
    longest = statement(Sid="a" * (6144 - len("".join(statement(Sid="").split()))))
    arn = new_policy(house, PolicyDocument=longest.replace(" ", "   "))
    too_long = (BEYOND, "Cannot exceed quota for PolicySize: 6144")
    longer = longest.replace("aaa", "aaaa", 1)
    assert house.refusal("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=longer) == too_long
    assert house.refusal("iam:CreatePolicy", PolicyName="other", PolicyDocument=longer) == too_long


def test_the_event_of_a_version(house: House) -> None:
    """An event names the policy and shows what was made of it."""
    arn = new_policy(house)
    house.call("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=OTHER, SetAsDefault=True)
    event = house.event()
    assert event["requestParameters"] == {"policyArn": arn, "policyDocument": OTHER, "setAsDefault": True}
    assert event["responseElements"]["policyVersion"]["versionId"] == "v2"
    assert event["recipientAccountId"] == ACCOUNT
