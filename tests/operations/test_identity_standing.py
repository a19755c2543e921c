"""What groups, managed policies, permissions boundaries and roles give to whom (6.1)."""

from collections.abc import Callable

import pytest

from tests.operations.house import ACCOUNT, House, arn
from tests.operations.identities import (
    ADMINISTRATOR,
    ALLOW,
    OTHER,
    arn_of,
    new_group,
    new_policy,
    new_role,
    new_user,
    statement,
)
from tests.operations.test_authorization import ALICE, BOB, SESSION, by, encrypts, told
from tests.operations.test_identity_policies import none_in

DENY = statement(Effect="Deny")
POWER_USER = "arn:aws:iam::aws:policy/AWSKeyManagementServicePowerUser"


def attached(house: House, text: str) -> None:
    """Alice has a managed policy."""
    house.call("iam:AttachUserPolicy", UserName="Alice", PolicyArn=new_policy(house, PolicyDocument=text))


def grouped(house: House, text: str) -> None:
    """Alice is in a group with an inline policy."""
    new_group(house, "Staff")
    house.call("iam:PutGroupPolicy", GroupName="Staff", PolicyName="p", PolicyDocument=text)
    house.call("iam:AddUserToGroup", GroupName="Staff", UserName="Alice")


def attached_to_group(house: House, text: str) -> None:
    """Alice is in a group with a managed policy."""
    new_group(house, "Staff")
    arn = new_policy(house, PolicyDocument=text)
    house.call("iam:AttachGroupPolicy", GroupName="Staff", PolicyArn=arn)
    house.call("iam:AddUserToGroup", GroupName="Staff", UserName="Alice")


@pytest.mark.parametrize("give", [attached, grouped, attached_to_group], ids=lambda give: give.__name__)
@pytest.mark.parametrize(("text", "allowed"), [(ALLOW, True), (OTHER, False), (DENY, False)])
def test_every_way_to_have_a_policy(
    house: House, give: Callable[[House, str], None], text: str, *, allowed: bool
) -> None:
    """A policy decides however a user comes by it; a denial wins over what another policy allows."""
    key = house.new_key()
    new_user(house, "Alice")
    new_user(house, "Bob")
    if text == DENY:
        house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="all", PolicyDocument=ALLOW)
    give(house, text)
    assert encrypts(house, ALICE, key) is allowed
    assert not encrypts(house, BOB, key)


def test_the_version_in_force_decides(house: House) -> None:
    """Of a managed policy's versions the default one counts, from the moment that it is."""
    key = house.new_key()
    new_user(house, "Alice")
    attached(house, ALLOW)
    arn = arn_of("policy", "p")
    house.call("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=OTHER)
    assert encrypts(house, ALICE, key)
    house.call("iam:SetDefaultPolicyVersion", PolicyArn=arn, VersionId="v2")
    assert not encrypts(house, ALICE, key)
    house.call("iam:DetachUserPolicy", UserName="Alice", PolicyArn=arn)
    house.call("iam:AttachUserPolicy", UserName="Alice", PolicyArn=ADMINISTRATOR)
    assert encrypts(house, ALICE, key)


@pytest.mark.parametrize(("bound", "allowed"), [(ALLOW, True), (OTHER, False), (DENY, False)])
def test_a_boundary_bounds(house: House, bound: str, *, allowed: bool) -> None:
    """What a user's policies allow he may only within his boundary, which gives nothing by itself."""
    key = house.new_key()
    new_user(house, "Alice", PermissionsBoundary=new_policy(house, PolicyDocument=bound))
    assert not encrypts(house, ALICE, key)
    house.call("iam:AttachUserPolicy", UserName="Alice", PolicyArn=ADMINISTRATOR)
    assert encrypts(house, ALICE, key) is allowed
    if bound == OTHER:
        why = "because no permissions boundary allows the kms:Encrypt action"
        refused = house.refusal("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")
        assert refused == told(ALICE, "Encrypt", arn(key), why)


def test_a_role_decides_for_its_sessions(house: House) -> None:
    """A session may what its role's policies say, within the role's boundary; tags are the role's."""
    key = house.new_key()
    new_role(house, "Deploy", Path="/x/", Tags=[{"Key": "team", "Value": "blue"}])
    assert not encrypts(house, SESSION, key)
    tagged = statement(Condition={"StringEquals": {"aws:PrincipalTag/team": "blue"}})
    house.call("iam:PutRolePolicy", RoleName="Deploy", PolicyName="p", PolicyDocument=tagged)
    assert encrypts(house, SESSION, key)
    assert not encrypts(house, SESSION.replace("Deploy", "DEPLOY"), key)
    house.call("iam:TagRole", RoleName="Deploy", Tags=[{"Key": "team", "Value": "red"}])
    assert not encrypts(house, SESSION, key)
    house.call("iam:AttachRolePolicy", RoleName="Deploy", PolicyArn=ADMINISTRATOR)
    assert encrypts(house, SESSION, key)
    house.call("iam:PutRolePermissionsBoundary", RoleName="Deploy", PermissionsBoundary=POWER_USER)
    assert not encrypts(house, SESSION, key)


MANAGING = {
    "user": ("DeleteUser", {"UserName": "bob"}),
    "role": ("DeleteRole", {"RoleName": "bob"}),
    "group": ("DeleteGroup", {"GroupName": "bob"}),
}


@pytest.mark.parametrize("kind", MANAGING)
def test_who_may_manage_what(house: House, kind: str) -> None:
    """A policy names identities by their ARNs, path and all, whether a request says the path or not."""
    operation, given = MANAGING[kind]
    may = statement(Action="iam:*", Resource=arn_of(kind, "team/*"))
    new_user(house, "Alice")
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=may)
    make = {"user": new_user, "role": new_role, "group": new_group}[kind]
    for path, allowed in (("/team/", True), ("/other/", False)):
        make(house, Path=path)
        if allowed:
            house.call(f"iam:{operation}", by(ALICE), **given)
            continue
        code, message = house.refusal(f"iam:{operation}", by(ALICE), **given)
        named = arn_of(kind, "other/bob")
        wanted = f"User: {ALICE} is not authorized to perform: iam:{operation} on resource: {named}"
        assert (code, message) == ("AccessDenied", f"{wanted} {none_in(f'iam:{operation}')}")


def test_who_may_manage_policies(house: House) -> None:
    """A managed policy is named by its ARN, also where it is made."""
    may = statement(Action=["iam:CreatePolicy", "iam:GetPolicy"], Resource=arn_of("policy", "team/*"))
    new_user(house, "Alice")
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=may)
    given = {"PolicyName": "p", "PolicyDocument": ALLOW}
    made = house.call("iam:CreatePolicy", by(ALICE), Path="/team/", **given)["Policy"]["Arn"]
    assert house.call("iam:GetPolicy", by(ALICE), PolicyArn=made)
    assert house.refusal("iam:CreatePolicy", by(ALICE), Path="/other/", **given)[0] == "AccessDenied"
    assert house.refusal("iam:GetPolicy", by(ALICE), PolicyArn=ADMINISTRATOR)[0] == "AccessDenied"


def test_a_user_looks_after_himself(house: House) -> None:
    """Without a name a user asks for himself: his record, and his access keys."""
    own = f"arn:aws:iam::{ACCOUNT}:user/${{aws:username}}"
    new_user(house, "Alice")
    may = statement(Action=["iam:GetUser", "iam:*AccessKey*"], Resource=own)
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=may)
    assert house.call("iam:GetUser", by(ALICE))["User"]["Arn"] == ALICE
    key = house.call("iam:CreateAccessKey", by(ALICE))["AccessKey"]["AccessKeyId"]
    assert [one["AccessKeyId"] for one in house.call("iam:ListAccessKeys", by(ALICE))["AccessKeyMetadata"]] == [key]
    house.call("iam:UpdateAccessKey", by(ALICE), AccessKeyId=key, Status="Inactive")
    house.call("iam:DeleteAccessKey", by(ALICE), AccessKeyId=key)
    new_user(house, "Bob")
    assert house.refusal("iam:CreateAccessKey", by(ALICE), UserName="Bob")[0] == "AccessDenied"
