"""What a user's own policies give: where the key's account delegates, and for what has no key (6.1)."""

import json
from typing import Any

import pytest

from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, House, alias_arn, arn, caller
from tests.operations.test_authorization import (
    ALICE,
    BOB,
    DENIED,
    EVE,
    ROOT,
    by,
    encrypts,
    none_allows,
    policy,
    statement,
    told,
    when,
)

OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"


def own(effect: str = "Allow", **elements: Any) -> str:
    """A policy of somebody's own."""
    said = {"Effect": effect, "Action": "kms:*", "Resource": "*", **elements}
    return json.dumps({"Version": "2012-10-17", "Statement": [said]})


def new_user(house: House, who: str, *policies: str) -> None:
    """A user with inline policies, made by his account's root."""
    root, name = caller(who.split(":")[4]), who.rsplit("/", 1)[-1]
    house.call("iam:CreateUser", root, UserName=name)
    for number, text in enumerate(policies):
        house.call("iam:PutUserPolicy", root, UserName=name, PolicyName=f"p{number}", PolicyDocument=text)


KEY_POLICIES = {
    "delegates": policy(),
    "names her": json.dumps({"Statement": [statement(ALICE), statement(ROOT)]}),
    "says nothing of her": json.dumps({"Statement": [statement(ROOT, Action="kms:*Policy")]}),
    "denies her": policy(statement(ALICE, "Deny")),
}
OWN: dict[str, tuple[list[str], dict[str, bool]]] = {
    "nothing": ([], {"names her": True}),
    "all": ([own()], {"names her": True, "delegates": True}),
    "another action": ([own(Action="kms:Decrypt")], {"names her": True}),
    "two policies": ([own(Action="kms:Decrypt"), own(Action="kms:Enc*")], {"names her": True, "delegates": True}),
    "a denial": ([own(), own("Deny", Action="kms:Encrypt")], {}),
    "another key": ([own(Resource=arn(ABSENT))], {"names her": True}),
    "any key of the account": ([own(Resource=arn("*"))], {"names her": True, "delegates": True}),
    "her name in the context": ([own(**when("kms:EncryptionContext:who", "${aws:username}"))], {"names her": True}),
}


@pytest.mark.parametrize("said", OWN)
def test_key_policy_and_own_policy(house: House, said: str) -> None:
    """A user may where the key policy names her, or delegates to the account and her own policy allows."""
    policies, allowed = OWN[said]
    keys = {name: house.new_key(Policy=text) for name, text in KEY_POLICIES.items()}
    new_user(house, ALICE, *policies)
    assert {name: encrypts(house, ALICE, key) for name, key in keys.items()} == {
        name: allowed.get(name, False) for name in keys
    }


def test_what_is_told_of_own_policies(house: House) -> None:
    """A denial in an inline policy is told without an ARN."""
    key = house.new_key()
    new_user(house, ALICE, own("Deny"))
    refused = house.refusal("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")
    assert refused == told(ALICE, "Encrypt", arn(key), "with an explicit deny in an identity-based policy")


def test_what_has_no_key(house: House) -> None:
    """CreateKey, lists and aliases are given by the caller's own policies; tags of a new key are asked for too."""
    new_user(house, ALICE, own(Action=["kms:CreateKey", "kms:ListKeys", "kms:CreateAlias", "kms:PutKeyPolicy"]))
    key = house.call("CreateKey", by(ALICE))["KeyMetadata"]["KeyId"]
    assert house.call("ListKeys", by(ALICE))["Keys"]
    house.call("CreateAlias", by(ALICE), AliasName="alias/app", TargetKeyId=key)
    why = none_allows("identity-based", "ListAliases")
    assert house.refusal("ListAliases", by(ALICE)) == told(ALICE, "ListAliases", "*", why)
    code, message = house.refusal("CreateKey", by(ALICE), Tags=[{"TagKey": "a", "TagValue": "b"}])
    assert code == DENIED
    assert message.startswith(f"User: {ALICE} is not authorized to perform: kms:TagResource on resource: {arn('')}")


def test_only_some_aliases(house: House) -> None:
    """An alias is a resource of its own, in the policies of whoever gives it."""
    new_user(house, ALICE, own(Resource=[alias_arn("alias/team/*"), arn("*")]))
    key = house.new_key()
    house.call("CreateAlias", by(ALICE), AliasName="alias/team/a", TargetKeyId=key)
    why = none_allows("identity-based", "CreateAlias")
    refused = house.refusal("CreateAlias", by(ALICE), AliasName="alias/b", TargetKeyId=key)
    assert refused == told(ALICE, "CreateAlias", alias_arn("alias/b"), why)


def test_keys_of_another_account(house: House) -> None:
    """Both accounts have to allow: the key's by its policy, the caller's by a policy of his own on that key."""
    keys = {
        "names him": house.new_key(Policy=policy(statement(EVE))),
        "names his account": house.new_key(Policy=policy(statement(OTHER_ROOT))),
        "names nobody": house.new_key(),
    }
    assert not any(encrypts(house, EVE, key) for key in keys.values())
    assert encrypts(house, OTHER_ROOT, keys["names his account"])
    new_user(house, EVE, own(Action="kms:Encrypt", Resource=arn("*")))
    assert [name for name, key in keys.items() if encrypts(house, EVE, key)] == ["names him", "names his account"]


def test_where_a_policy_holds_only_in_one_region(house: House) -> None:
    """aws:RequestedRegion is the Region of the call."""
    new_user(house, ALICE, own(**when("aws:RequestedRegion", OTHER_REGION)))
    assert house.refusal("CreateKey", by(ALICE))[0] == DENIED
    assert house.call("CreateKey", by(ALICE, OTHER_REGION))


def test_iam_is_decided_on_as_well(house: House) -> None:
    """A user manages identities only where his policies let him; IAM has a code of its own for a refusal."""
    new_user(house, ALICE, own(Action="iam:*User", Resource=f"arn:aws:iam::{ACCOUNT}:user/A*"))
    assert house.call("iam:GetUser", by(ALICE), UserName="Alice")["User"]["Arn"] == ALICE
    house.call("iam:CreateUser", by(ALICE), UserName="Anna")
    code, message = house.refusal("iam:CreateUser", by(ALICE), UserName="Bob")
    bob = f"arn:aws:iam::{ACCOUNT}:user/Bob"
    assert (code, message) == (
        "AccessDenied",
        f"User: {ALICE} is not authorized to perform: iam:CreateUser on resource: {bob} {none_in('iam:CreateUser')}",
    )


def none_in(action: str) -> str:
    """The end of a refusal where no policy of the caller's own allows."""
    return f"because no identity-based policy allows the {action} action"


def test_whom_a_policy_names_has_to_be_there(house: House) -> None:
    """Once an account holds identities, a policy or a grant cannot name one of its users who is not there."""
    nobody = f"arn:aws:iam::{ACCOUNT}:user/Nobody"
    key = house.new_key(Policy=policy(statement(nobody)))
    new_user(house, ALICE)
    house.call("PutKeyPolicy", KeyId=key, Policy=policy(statement(ALICE), statement(EVE)))
    message = "Policy contains a statement with one or more invalid principals."
    for name, given in (("PutKeyPolicy", {"KeyId": key}), ("CreateKey", {})):
        refused = house.refusal(name, Policy=policy(statement(nobody)), **given)
        assert refused == ("MalformedPolicyDocumentException", message)
    refused = house.refusal("CreateGrant", KeyId=key, GranteePrincipal=nobody, Operations=["Encrypt"])
    assert refused == ("InvalidArnException", f"ARN does not refer to a valid principal: {nobody}")
    house.call("CreateGrant", KeyId=key, GranteePrincipal=ALICE, Operations=["Encrypt"])


def test_the_lockout_check_looks_at_own_policies(house: House) -> None:
    """A user whose own policies do not let her put policies cannot make a key that only delegates."""
    new_user(house, ALICE, own(Action="kms:CreateKey"))
    message = "The new key policy will not allow you to update the key policy in the future."
    assert house.refusal("CreateKey", by(ALICE)) == ("MalformedPolicyDocumentException", message)
    assert house.call("CreateKey", by(ALICE), Policy=policy(statement(ALICE)))


def test_both_accounts_have_the_event(house: House) -> None:
    """A call on another account's key leaves an event for each account, which share an id; that of the key's account
    hides who called. A refused one leaves none there.
    """
    key = house.new_key(Policy=policy(statement(OTHER_ROOT)))
    new_user(house, EVE, own())
    assert encrypts(house, EVE, key)
    mine, theirs = house.events()[-2:]
    assert (mine["recipientAccountId"], theirs["recipientAccountId"]) == (OTHER_ACCOUNT, ACCOUNT)
    assert mine["sharedEventID"] == theirs["sharedEventID"]
    assert mine["eventID"] != theirs["eventID"]
    assert mine["requestID"] == theirs["requestID"]
    identity = mine["userIdentity"]
    assert identity["principalId"].startswith("AIDA")
    hidden = {"type": "AWSAccount", "principalId": identity["principalId"], "accountId": OTHER_ACCOUNT}
    assert theirs["userIdentity"] == hidden
    refused = house.new_key()
    count = len(house.events())
    assert not encrypts(house, EVE, refused)
    [event] = house.events()[count:]
    assert event["recipientAccountId"] == OTHER_ACCOUNT
    assert "sharedEventID" not in event


ROLE_OF_KMS = f"arn:aws:iam::{ACCOUNT}:role/aws-service-role"
MULTI_REGION = f"{ROLE_OF_KMS}/mrk.kms.amazonaws.com/AWSServiceRoleForKeyManagementServiceMultiRegionKeys"
CLUSTER: dict[str, Any] = {
    "CustomKeyStoreName": "hsm",
    "CloudHsmClusterId": "cluster-2a23b4cdefg",
    "TrustAnchorCertificate": "x",
    "KeyStorePassword": "kmsPswd",
}
PROXY: dict[str, Any] = {
    "CustomKeyStoreName": "proxy",
    "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
    "XksProxyUriEndpoint": "https://xks.example.com",
    "XksProxyUriPath": "/kms/xks/v1",
    "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
    "XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.vpce-svc-0123456789abcdef0",
    "XksProxyAuthenticationCredential": {"AccessKeyId": "A" * 20, "RawSecretAccessKey": "s" * 43},
}
DEPENDENT: list[tuple[str, dict[str, Any], str, str]] = [
    ("CreateKey", {"MultiRegion": True}, "iam:CreateServiceLinkedRole", MULTI_REGION),
    ("CreateCustomKeyStore", CLUSTER, "cloudhsm:DescribeClusters", "*"),
    ("CreateCustomKeyStore", PROXY, "ec2:DescribeVpcEndpointServices", "*"),
]


@pytest.mark.parametrize(("name", "members", "action", "resource"), DEPENDENT)
def test_what_an_operation_asks_for_besides(
    house: House, name: str, members: dict[str, Any], action: str, resource: str
) -> None:
    """Some operations need actions of other services as well (6.2); KMS refuses in its own words."""
    new_user(house, ALICE, own())
    user = f"User: {ALICE} is not authorized to perform: {action} on resource: {resource}"
    assert house.refusal(name, by(ALICE), **members) == (DENIED, f"{user} {none_in(action)}")
    new_user(house, BOB, own(), own(Action=[action, "iam:CreateServiceLinkedRole"]))
    assert house.result_by(by(BOB), name, **members)[0] != DENIED
    assert house.result_by(by(ROOT), name, **members)[0] != DENIED


def test_a_role_for_kms_alone(house: House) -> None:
    """A policy can let KMS have its role, and no other service one."""
    only = own(Action="iam:CreateServiceLinkedRole", **when("iam:AWSServiceName", "mrk.kms.amazonaws.com"))
    new_user(house, ALICE, own(**when("kms:MultiRegionKeyType", "PRIMARY")), only)
    new_user(house, BOB, own(), only.replace("mrk.", "other."))
    given = {"MultiRegion": True, "BypassPolicyLockoutSafetyCheck": True}
    assert house.result_by(by(ALICE), "CreateKey", **given)[0] == ""
    assert house.result_by(by(BOB), "CreateKey", **given)[0] == DENIED


def test_a_replica_is_created_where_it_will_be(house: House) -> None:
    """ReplicateKey asks for CreateKey in the replica's Region, of a key like the primary one."""
    key = house.new_key(MultiRegion=True)
    here = own(Action="kms:ReplicateKey")
    like = {
        "kms:MultiRegionKeyType": "REPLICA",
        "kms:KeySpec": "SYMMETRIC_DEFAULT",
        "aws:RequestedRegion": OTHER_REGION,
    }
    there = own(Action=["kms:CreateKey", "kms:PutKeyPolicy"], Condition={"StringEquals": like})
    given = {"KeyId": key, "ReplicaRegion": OTHER_REGION, "BypassPolicyLockoutSafetyCheck": True}
    new_user(house, ALICE, here, there)
    new_user(house, BOB, here, there.replace(OTHER_REGION, "us-east-1"))
    assert house.result_by(by(BOB), "ReplicateKey", **given)[0] == DENIED
    assert house.result_by(by(ALICE), "ReplicateKey", **given)[0] == ""
