import json
import re
from typing import Any

import pytest

from tests.operations.house import ACCOUNT, House
from tests.operations.organizing import DENY, FULL, RCP, RCP_FULL, SCP, Organized, policy_text

ABSENT = "p-aaaaaaaa"
MALFORMED = (
    "MalformedPolicyDocumentException",
    "The provided policy document does not meet the requirements of the specified policy type.",
)
DUPLICATE = "A policy with the specified name and type already exists."
NOT_AVAILABLE = "You can't use the specified policy type with the feature set currently enabled for this organization."
NOT_ENABLED = ("PolicyTypeNotEnabledException", "This operation can be performed only for enabled policy types.")
NO_POLICY = ("PolicyNotFoundException", "You specified a policy that doesn't exist.")
NO_TARGET = ("TargetNotFoundException", "You specified a target that doesn't exist.")
IMMUTABLE = ("InvalidInputException", "You specified a policy that is managed by AWS and can't be modified.")

both_types = pytest.mark.parametrize("type", [SCP, RCP])


@both_types
def test_a_type_is_enabled_and_disabled(house: House, type: str) -> None:
    """A type has effect from when it is enabled to when it is disabled, as the root shows."""
    made = Organized(house)
    root = {"Id": made.root, "Arn": made.arn("root", made.root), "Name": "Root"}
    enabled = root | {"PolicyTypes": [{"Type": type, "Status": "ENABLED"}]}
    given = {"RootId": made.root, "PolicyType": type}
    assert made.refusal("DisablePolicyType", **given) == NOT_ENABLED
    assert made.call("EnablePolicyType", **given) == {"Root": enabled}
    assert made.call("ListRoots") == {"Roots": [enabled]}
    again = ("PolicyTypeAlreadyEnabledException", "The specified policy type is already enabled.")
    assert made.refusal("EnablePolicyType", **given) == again
    assert made.call("DisablePolicyType", **given) == {"Root": root | {"PolicyTypes": []}}
    missing = ("RootNotFoundException", "You specified a root that doesn't exist.")
    for name in ("EnablePolicyType", "DisablePolicyType"):
        assert made.refusal(name, RootId="r-aaaaa", PolicyType=type) == missing


@pytest.mark.parametrize(("features", "type"), [("ALL", "TAG_POLICY"), ("CONSOLIDATED_BILLING", SCP)])
def test_a_type_that_cannot_be_enabled(house: House, features: str, type: str) -> None:
    """kmscli has two types of policies, and an organization for billing has none."""
    made = Organized(house, FeatureSet=features)
    said = ("PolicyTypeNotAvailableForOrganizationException", NOT_AVAILABLE)
    assert made.refusal("EnablePolicyType", RootId=made.root, PolicyType=type) == said
    assert made.refusal("CreatePolicy", Name="a", Type=type, Description="", Content=DENY[SCP]) == said
    assert len(made.organization["AvailablePolicyTypes"]) == (features == "ALL")


@both_types
def test_the_life_of_a_policy(house: House, type: str) -> None:
    """A policy is made, shown, listed, changed and deleted."""
    made = Organized(house)
    given = {"Name": "deny", "Type": type, "Description": "No decryption.", "Content": DENY[type]}
    policy = made.call("CreatePolicy", **given)["Policy"]
    summary = policy["PolicySummary"]
    policy_id = summary["Id"]
    assert re.fullmatch("p-[a-z0-9]{8}", policy_id)
    assert policy == {
        "PolicySummary": {
            "Id": policy_id,
            "Arn": made.arn("policy", type.lower(), policy_id),
            "Name": "deny",
            "Description": "No decryption.",
            "Type": type,
            "AwsManaged": False,
        },
        "Content": DENY[type],
    }
    assert made.call("DescribePolicy", PolicyId=policy_id) == {"Policy": policy}
    [managed, listed] = made.call("ListPolicies", Filter=type)["Policies"]
    assert (managed["AwsManaged"], listed) == (True, summary)
    assert made.call("UpdatePolicy", PolicyId=policy_id) == {"Policy": policy}
    text = DENY[type].replace("Decrypt", "Encrypt")
    changed = {"PolicySummary": summary | {"Name": "other", "Description": ""}, "Content": text}
    members = {"Name": "other", "Description": "", "Content": text}
    assert made.call("UpdatePolicy", PolicyId=policy_id, **members) == {"Policy": changed}
    made.call("DeletePolicy", PolicyId=policy_id)
    for name in ("DescribePolicy", "UpdatePolicy", "DeletePolicy", "ListTargetsForPolicy"):
        assert made.refusal(name, PolicyId=policy_id) == NO_POLICY


def test_names_of_policies(house: House) -> None:
    """A name is of one policy of a type, AWS's own included."""
    made = Organized(house)
    policy = made.policy("a")
    made.policy("a", RCP)
    other = made.policy("b")
    said = ("DuplicatePolicyException", DUPLICATE)
    for name in ("a", "FullAWSAccess"):
        assert made.refusal("CreatePolicy", Name=name, Type=SCP, Description="", Content=DENY[SCP]) == said
        assert made.refusal("UpdatePolicy", PolicyId=other, Name=name) == said
    made.call("UpdatePolicy", PolicyId=policy, Name="a", Content=DENY[SCP])


@pytest.mark.parametrize(
    ("type", "policy", "name", "description", "principal"),
    [
        (SCP, FULL, "FullAWSAccess", "Allows access to every operation", {}),
        (RCP, RCP_FULL, "RCPFullAWSAccess", "Allows access to every resource", {"Principal": "*"}),
    ],
)
def test_the_policies_of_aws(
    house: House, type: str, policy: str, name: str, description: str, principal: dict[str, str]
) -> None:
    """AWS's own policy of a type allows everything, and is changed by nobody."""
    made = Organized(house)
    found = made.call("DescribePolicy", PolicyId=policy)["Policy"]
    assert found["PolicySummary"] == {
        "Id": policy,
        "Arn": f"arn:aws:organizations::aws:policy/{type.lower()}/{policy}",
        "Name": name,
        "Description": description,
        "Type": type,
        "AwsManaged": True,
    }
    everything = {"Effect": "Allow", **principal, "Action": "*", "Resource": "*"}
    assert json.loads(found["Content"]) == {"Version": "2012-10-17", "Statement": [everything]}
    assert made.refusal("DeletePolicy", PolicyId=policy) == IMMUTABLE
    assert made.refusal("UpdatePolicy", PolicyId=policy, Name="a") == IMMUTABLE


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (SCP, "{"),
        (SCP, policy_text(Principal="*")),
        (SCP, policy_text(Effect="Never")),
        (SCP, policy_text(Action=None)),
        (SCP, policy_text(Resource=None)),
        (SCP, policy_text(Action="Decrypt")),
        (SCP, policy_text(Action="kms:")),
        (SCP, policy_text(Condition={"StringSame": {"aws:a": "b"}})),
        (RCP, policy_text()),
        (RCP, policy_text(Principal="*", Effect="Allow")),
        (RCP, policy_text(Principal={"AWS": ACCOUNT})),
        (RCP, policy_text(Principal={"Service": "s3.amazonaws.com"})),
        (RCP, policy_text(NotPrincipal="*")),
        (RCP, policy_text(Principal="*", Action="*")),
        (RCP, policy_text(Principal="*", Action=["kms:Decrypt", "*"])),
        (RCP, policy_text(Principal="*", Action=None, NotAction="kms:Decrypt")),
        (RCP, policy_text(Principal="*", Resource=None)),
    ],
)
def test_a_policy_that_is_none(house: House, type: str, text: str) -> None:
    """What is no policy of its type is refused, and the one before stays."""
    made = Organized(house)
    assert made.refusal("CreatePolicy", Name="a", Type=type, Description="", Content=text) == MALFORMED
    policy = made.policy("b", type)
    assert made.refusal("UpdatePolicy", PolicyId=policy, Content=text) == MALFORMED
    assert made.call("DescribePolicy", PolicyId=policy)["Policy"]["Content"] == DENY[type]


@pytest.mark.parametrize(
    ("type", "text"),
    [
        (SCP, policy_text(Effect="Allow", Action="*")),
        (
            SCP,
            policy_text(
                Action=None, NotAction=["iam:*", "kms:*"], Condition={"Bool": {"aws:SecureTransport": "false"}}
            ),
        ),
        (SCP, policy_text(Resource=None, NotResource="arn:aws:kms:*:*:key/*")),
        (RCP, policy_text(Principal="*", Action=["kms:*", "s3:GetObject"])),
        (RCP, policy_text(Principal="*", Resource=None, NotResource="arn:aws:kms:*:*:key/*")),
        (RCP, policy_text(Principal="*", Condition={"StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-a"}})),
    ],
)
def test_a_policy_that_is_one(house: House, type: str, text: str) -> None:
    """What each type of policy may say."""
    made = Organized(house)
    assert made.call("DescribePolicy", PolicyId=made.policy("a", type, text))["Policy"]["Content"] == text


def test_how_long_a_policy_may_be(house: House) -> None:
    """A policy has up to 5,120 characters, all counted."""
    made = Organized(house)
    longest = policy_text(Sid="a" * (5120 - len(policy_text(Sid=""))))
    policy = made.policy(text=longest)
    said = ("ConstraintViolationException", "You have exceeded the maximum policy size.")
    assert made.refusal("UpdatePolicy", PolicyId=policy, Content=f"{longest} ") == said
    assert made.refusal("CreatePolicy", Name="b", Type=SCP, Description="", Content=f"{longest} ") == said


def test_what_is_attached_from_the_start(house: House) -> None:
    """AWS's own policy of a type is attached to all there is, and all that comes, while the type is enabled."""
    made = Organized(house)
    unit, account = made.unit(), made.account()
    everything = [made.root, unit, account, ACCOUNT]
    assert [made.attached(target) for target in everything] == [[]] * 4
    assert made.targets(FULL) == []
    made.enable(SCP)
    made.enable(RCP)
    everything.append(made.unit("later", unit))
    assert [made.attached(target, SCP) for target in everything] == [[FULL]] * 5
    assert [made.attached(target, RCP) for target in everything] == [[RCP_FULL]] * 5
    assert made.targets(FULL) == made.targets(RCP_FULL) == sorted(everything)


@both_types
def test_attaching_and_detaching(house: House, type: str) -> None:
    """A policy is attached to the root, to units and to accounts, once each; while it is, it cannot be deleted."""
    made = Organized(house)
    made.enable(type)
    unit, account, policy = made.unit(), made.account(), made.policy(type=type)
    always = {SCP: FULL, RCP: RCP_FULL}[type]
    for target in (made.root, unit, account):
        made.attach(policy, target)
        assert set(made.attached(target, type)) == {always, policy}
        again = ("DuplicatePolicyAttachmentException", DUPLICATE)
        assert made.refusal("AttachPolicy", PolicyId=policy, TargetId=target) == again
    shown = made.call("ListTargetsForPolicy", PolicyId=policy)["Targets"]
    assert sorted(shown, key=lambda target: str(target["Type"])) == [
        {"TargetId": account, "Arn": made.arn("account", account), "Name": "member", "Type": "ACCOUNT"},
        {"TargetId": unit, "Arn": made.arn("ou", unit), "Name": "unit", "Type": "ORGANIZATIONAL_UNIT"},
        {"TargetId": made.root, "Arn": made.arn("root", made.root), "Name": "Root", "Type": "ROOT"},
    ]
    assert made.refusal("DeletePolicy", PolicyId=policy)[0] == "PolicyInUseException"
    for target in (made.root, unit, account):
        made.call("DetachPolicy", PolicyId=policy, TargetId=target)
        assert made.attached(target, type) == [always]
        missing = (
            "PolicyNotAttachedException",
            "The policy isn't attached to the specified target in the specified root.",
        )
        assert made.refusal("DetachPolicy", PolicyId=policy, TargetId=target) == missing
    made.call("DeletePolicy", PolicyId=policy)


def test_one_policy_stays(house: House) -> None:
    """Everything always has one service control policy, and AWS's own resource control policy."""
    made = Organized(house)
    made.enable(SCP)
    made.enable(RCP)
    last = (
        "You cannot remove the last policy attached to the specified target. "
        "You must have at least one attached at all times."
    )
    assert made.refusal("DetachPolicy", PolicyId=FULL, TargetId=made.root) == ("ConstraintViolationException", last)
    policy = made.policy()
    made.attach(policy, made.root)
    made.call("DetachPolicy", PolicyId=FULL, TargetId=made.root)
    assert made.attached(made.root) == [policy]
    assert made.refusal("DetachPolicy", PolicyId=policy, TargetId=made.root) == ("ConstraintViolationException", last)
    made.attach(FULL, made.root)
    made.call("DetachPolicy", PolicyId=policy, TargetId=made.root)
    made.attach(made.policy("other", RCP), made.root)
    said = ("InvalidInputException", "You can't detach this AWS Managed Policy.")
    assert made.refusal("DetachPolicy", PolicyId=RCP_FULL, TargetId=made.root) == said


@both_types
def test_how_many_can_be_attached(house: House, type: str) -> None:
    """Five policies of a type, AWS's own included."""
    made = Organized(house)
    made.enable(type)
    policies = [made.policy(name, type) for name in "abcde"]
    for policy in policies[:4]:
        made.attach(policy, made.root)
    said = ("ConstraintViolationException", "You have attached the maximum number of policies to the specified target.")
    assert made.refusal("AttachPolicy", PolicyId=policies[4], TargetId=made.root) == said


def test_what_cannot_be_attached(house: House) -> None:
    """A policy of a type that is not enabled, and one that is not there, to something that is not there."""
    made = Organized(house)
    policy = made.policy()
    for name in (policy, FULL):
        assert made.refusal("AttachPolicy", PolicyId=name, TargetId=made.root) == NOT_ENABLED
    made.enable(SCP)
    for name in ("AttachPolicy", "DetachPolicy"):
        assert made.refusal(name, PolicyId=ABSENT, TargetId=made.root) == NO_POLICY
        for absent in ("r-aaaaa", "ou-aaaa-aaaaaaaa", "123456789012"):
            assert made.refusal(name, PolicyId=policy, TargetId=absent) == NO_TARGET
    assert made.refusal("ListPoliciesForTarget", TargetId="r-aaaaa", Filter=SCP) == NO_TARGET


@both_types
def test_disabling_detaches_for_good(house: House, type: str) -> None:
    """A type that is disabled and enabled again has AWS's own policy attached, and nothing else."""
    made = Organized(house)
    made.enable(type)
    unit, policy = made.unit(), made.policy(type=type)
    made.attach(policy, made.root)
    made.attach(policy, unit)
    if type == SCP:
        made.call("DetachPolicy", PolicyId=FULL, TargetId=unit)
    made.call("DisablePolicyType", RootId=made.root, PolicyType=type)
    assert made.attached(unit, type) == made.targets(policy) == []
    made.enable(type)
    assert made.attached(unit, type) == [{SCP: FULL, RCP: RCP_FULL}[type]]
    made.call("DeletePolicy", PolicyId=policy)


def test_paging_through_policies(house: House) -> None:
    """Policies come in pages, AWS's own first; of types that kmscli has not there are none."""
    made = Organized(house)
    policies = {made.policy(name) for name in "abc"}
    found: list[str] = []
    page: dict[str, Any] = {"NextToken": None}
    while "NextToken" in page:
        page = made.call("ListPolicies", Filter=SCP, MaxResults=1, NextToken=page["NextToken"])
        found += [policy["Id"] for policy in page["Policies"]]
    assert (found[0], len(found), set(found[1:])) == (FULL, 4, policies)
    assert made.call("ListPolicies", Filter="TAG_POLICY") == {"Policies": []}
    bad = ("InvalidInputException", "You specified an invalid value for nextToken.")
    token = made.call("ListPolicies", Filter=SCP, MaxResults=1)["NextToken"]
    assert made.refusal("ListPolicies", Filter=RCP, NextToken=token) == bad


def test_the_events_of_policies(house: House) -> None:
    """An event shows the policy that is made, text and all, and what is attached to what."""
    made = Organized(house)
    made.enable(SCP)
    policy = made.policy()
    assert house.event()["requestParameters"]["content"] == DENY[SCP]
    assert house.event()["responseElements"]["policy"]["policySummary"]["id"] == policy
    made.attach(policy, made.root)
    event = house.event()
    assert event["requestParameters"] == {"policyId": policy, "targetId": made.root}
    assert event["responseElements"] is None
