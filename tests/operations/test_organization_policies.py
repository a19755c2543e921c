"""Service control and resource control policies: what an organization lets its accounts do (6.1, 2 and 3)."""

import json
from typing import Any

import pytest

from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House, arn, caller
from tests.operations.test_authorization import ALICE, DENIED, EVE, by, policy, statement, told, when
from tests.operations.test_identity_policies import OTHER_ROOT, new_user, own

MANAGEMENT = "999988887777"


def organized(house: House, *accounts: str) -> dict[str, str]:
    """An organization of a management account with some others; the ids of its root and its units."""
    head = caller(MANAGEMENT)
    house.call("organizations:CreateOrganization", head, FeatureSet="ALL")
    root = house.call("organizations:ListRoots", head)["Roots"][0]["Id"]
    for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
        enabled = house.call("organizations:ListRoots", head)["Roots"][0]["PolicyTypes"]
        if kind not in [one["Type"] for one in enabled]:
            house.call("organizations:EnablePolicyType", head, RootId=root, PolicyType=kind)
    for account in accounts:
        target = {"Id": account, "Type": "ACCOUNT"}
        asked = house.call("organizations:InviteAccountToOrganization", head, Target=target)
        house.call("organizations:AcceptHandshake", caller(account), HandshakeId=asked["Handshake"]["Id"])
    unit = house.call("organizations:CreateOrganizationalUnit", head, ParentId=root, Name="unit")
    return {"root": root, "unit": unit["OrganizationalUnit"]["Id"]}


def limit(house: House, where: str, kind: str, *, full: bool = True, **elements: Any) -> str:
    """A policy attached somewhere, beside the one that allows everything or in its place. Its ARN."""
    said = {"Effect": "Deny", "Action": "kms:*", "Resource": "*", **elements}
    if kind == "RESOURCE_CONTROL_POLICY":
        said["Principal"] = "*"
    text = json.dumps({"Version": "2012-10-17", "Statement": [said]})
    head = caller(MANAGEMENT)
    given = {"Name": f"p{where}{kind[0]}", "Description": "", "Type": kind, "Content": text}
    made = house.call("organizations:CreatePolicy", head, **given)["Policy"]["PolicySummary"]
    house.call("organizations:AttachPolicy", head, PolicyId=made["Id"], TargetId=where)
    if not full:
        house.call("organizations:DetachPolicy", head, PolicyId="p-FullAWSAccess", TargetId=where)
    return str(made["Arn"])


SCP, RCP = "SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"


def test_an_account_in_no_organization_and_one_without_limits(house: House) -> None:
    """By default nothing is limited."""
    key = house.new_key()
    organized(house, ACCOUNT)
    assert house.encrypted(key)


@pytest.mark.parametrize("place", ["root", "account"])
def test_a_denial_binds_the_root_user_too(house: House, place: str) -> None:
    """A service control policy denies at any level, to the account's root user as to others; its ARN is told."""
    key = house.new_key()
    where = {**organized(house, ACCOUNT), "account": ACCOUNT}[place]
    named = limit(house, where, SCP, Action="kms:Encrypt")
    refused = house.refusal("Encrypt", KeyId=key, Plaintext=b"x")
    root = f"arn:aws:iam::{ACCOUNT}:root"
    why = f"with an explicit deny in a service control policy: {named}"
    assert refused == told(root, "Encrypt", arn(key), why)
    assert house.call("DescribeKey", KeyId=key)


def test_each_level_must_allow(house: House) -> None:
    """Without the policy that allows everything, an account may only what another one allows."""
    key = house.new_key()
    organized(house, ACCOUNT)
    limit(house, ACCOUNT, SCP, full=False, Effect="Allow", Action="kms:Describe*")
    assert house.call("DescribeKey", KeyId=key)
    code, message = house.refusal("Encrypt", KeyId=key, Plaintext=b"x")
    assert code == DENIED
    assert message.endswith("because no service control policy allows the kms:Encrypt action")


def test_the_management_account_is_free(house: House) -> None:
    """Nothing limits the management account."""
    organized(house)
    head = caller(MANAGEMENT)
    root = house.call("organizations:ListRoots", head)["Roots"][0]["Id"]
    limit(house, root, SCP)
    assert house.call("CreateKey", head)


def test_a_resource_control_policy_binds_foreigners(house: House) -> None:
    """What may be done to an organization's keys is limited for callers from anywhere; what it hides is hidden."""
    key = house.new_key(Policy=policy(statement(OTHER_ROOT), statement(ALICE)))
    new_user(house, EVE, own())
    given = {"KeyId": arn(key), "Plaintext": b"x"}
    assert house.result_by(by(EVE), "Encrypt", **given)[0] == ""
    places = organized(house, ACCOUNT)
    head = caller(MANAGEMENT)
    organization = house.call("organizations:DescribeOrganization", head)["Organization"]["Id"]
    limit(house, places["root"], RCP, **when("aws:PrincipalOrgID", organization, "StringNotEquals"))
    assert house.result_by(by(ALICE), "Encrypt", **given)[0] == ""
    code, message = house.refusal("Encrypt", by(EVE), **given)
    assert code == DENIED
    assert "explicitly denies access" in message
    assert house.call("CreateKey", caller(OTHER_ACCOUNT))


def test_which_organization(house: House) -> None:
    """A key policy can ask for the caller's organization."""
    places = organized(house, ACCOUNT)
    head = caller(MANAGEMENT)
    organization = house.call("organizations:DescribeOrganization", head)["Organization"]["Id"]
    path = f"{organization}/{places['root']}/"
    keys = {
        "id": house.new_key(Policy=policy(statement(ALICE, **when("aws:PrincipalOrgID", organization)))),
        "path": house.new_key(
            Policy=policy(statement(ALICE, **when("aws:PrincipalOrgPaths", f"{path}*", "ForAnyValue:StringLike")))
        ),
        "another": house.new_key(Policy=policy(statement(ALICE, **when("aws:PrincipalOrgID", "o-aaaaaaaaaa")))),
    }
    may = [
        name for name, key in keys.items() if not house.result_by(by(ALICE), "Encrypt", KeyId=key, Plaintext=b"x")[0]
    ]
    assert may == ["id", "path"]
