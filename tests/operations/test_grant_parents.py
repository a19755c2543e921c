"""Grants that are made by right of another grant: they allow no more than that one (reference, kms-semantics 7.3)."""

import json
from typing import Any

import pytest

from tests.operations.grant_calls import CAROL, by
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House, arn

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
EVE = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Eve"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/one"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
OTHER_TABLE = f"{TABLE}-2"
OPERATIONS = ["Encrypt", "Decrypt", "CreateGrant"]
DENIED = "AccessDeniedException"


def grant(operations: list[str] = OPERATIONS, /, **constraints: Any) -> dict[str, Any]:
    """What a grant allows."""
    return {"Operations": operations, "Constraints": constraints}


def equals(**pairs: str) -> dict[str, Any]:
    """A constraint."""
    return {"EncryptionContextEquals": pairs}


def subset(**pairs: str) -> dict[str, Any]:
    """The other."""
    return {"EncryptionContextSubset": pairs}


FREE = grant()
CHILDREN: dict[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "the same operations": (FREE, FREE, True),
    "fewer operations": (FREE, grant(["Decrypt"]), True),
    "one operation more": (FREE, grant([*OPERATIONS, "DescribeKey"]), False),
    "another operation": (FREE, grant(["GenerateDataKey"]), False),
    "any constraint under none": (FREE, grant(**equals(a="1")), True),
    "no constraint under Equals": (grant(**equals(a="1")), FREE, False),
    "the same Equals": (grant(**equals(a="1", b="2")), grant(**equals(b="2", a="1")), True),
    "the same Equals, names in another case": (grant(**equals(a="1")), grant(**equals(A="1")), True),
    "Equals with another value": (grant(**equals(a="1")), grant(**equals(a="2")), False),
    "Equals with a pair more": (grant(**equals(a="1")), grant(**equals(a="1", b="2")), False),
    "Equals with a pair less": (grant(**equals(a="1", b="2")), grant(**equals(a="1")), False),
    "Subset under Equals": (grant(**equals(a="1")), grant(**subset(a="1")), False),
    "Equals and Subset under Equals": (grant(**equals(a="1")), grant(**equals(a="1"), **subset(a="1")), True),
    "Equals of nothing": (grant(**equals()), grant(**equals()), True),
    "no constraint under Equals of nothing": (grant(**equals()), FREE, False),
    "no constraint under Subset": (grant(**subset(a="1")), FREE, False),
    "the same Subset": (grant(**subset(a="1")), grant(**subset(a="1")), True),
    "Subset with a pair more": (grant(**subset(a="1")), grant(**subset(a="1", b="2")), True),
    "Subset with a pair less": (grant(**subset(a="1", b="2")), grant(**subset(a="1")), False),
    "Subset with another value": (grant(**subset(a="1")), grant(**subset(a="2", b="1")), False),
    "Equals under Subset": (grant(**subset(a="1")), grant(**equals(a="1", b="2")), True),
    "Equals under Subset, without its pair": (grant(**subset(a="1")), grant(**equals(b="2")), False),
    "both under Subset, of which one has its pair": (
        grant(**subset(a="1")), grant(**equals(b="2"), **subset(a="1")), True,
    ),
    "the same source": (grant(SourceArn=TABLE), grant(SourceArn=TABLE), True),
    "another source": (grant(SourceArn=TABLE), grant(SourceArn=OTHER_TABLE), False),
    "no source": (grant(SourceArn=TABLE), FREE, False),
    "a source under none": (FREE, grant(SourceArn=TABLE), True),
    "operations and constraints that fit": (
        grant(**equals(a="1"), SourceArn=TABLE), grant(["Encrypt"], **equals(a="1"), SourceArn=TABLE), True,
    ),
    "operations that fit, constraints that do not": (grant(**equals(a="1")), grant(["Encrypt"]), False),
}  # fmt: skip
"""What the parent allows, what the child would, and whether it may be made."""


@pytest.mark.parametrize(("who", "grantee"), [(ALICE, ALICE), (EVE, EVE), (SESSION, ROLE)])
@pytest.mark.parametrize("case", CHILDREN)
def test_a_child(shared: House, case: str, who: str, grantee: str) -> None:
    """A grant that is made by right of another is as strict as that one, or is refused and not made."""
    parent, child, allowed = CHILDREN[case]
    key = shared.new_key()
    shared.call("CreateGrant", KeyId=key, GranteePrincipal=grantee, **parent)
    source = parent["Constraints"].get("SourceArn", "")
    asked = {"KeyId": arn(key), "GranteePrincipal": CAROL, **child}
    code, answer = shared.result_by(by(who, source), "CreateGrant", **asked)
    assert code == ("" if allowed else DENIED)
    assert allowed or f"perform: kms:CreateGrant on resource: {arn(key)} because the grant" in answer
    assert len(shared.call("ListGrants", KeyId=key)["Grants"]) == 1 + allowed


def makes(house: House, key: str, who: str, **child: Any) -> bool:
    """Whether somebody may make a grant."""
    code, _ = house.result_by(by(who), "CreateGrant", KeyId=arn(key), GranteePrincipal=CAROL, **child)
    assert code in ("", DENIED)
    return not code


def test_any_parent_will_do(house: House) -> None:
    """Of several grants to the caller, or to his role, one that allows all that the new one does is enough."""
    narrow, wide = ["CreateGrant", "DescribeKey"], ["CreateGrant", "Encrypt"]
    for order in ((narrow, wide), (wide, narrow)):
        key = house.new_key()
        for grantee, operations in zip((SESSION, ROLE), order, strict=True):
            house.call("CreateGrant", KeyId=key, GranteePrincipal=grantee, Operations=operations)
        assert makes(house, key, SESSION, Operations=["Encrypt"])
        assert makes(house, key, SESSION, Operations=["DescribeKey"])
        assert not makes(house, key, SESSION, Operations=["DescribeKey", "Encrypt"])


def test_children_have_children(house: House) -> None:
    """A grant is handed down, stricter each time; what an upper one allows, a lower one cannot give back."""
    key = house.new_key()
    down = [(ALICE, EVE, subset(a="1")), (EVE, SESSION, subset(a="1", b="2")), (SESSION, CAROL, equals(a="1", b="2"))]
    house.call("CreateGrant", KeyId=key, GranteePrincipal=ALICE, **FREE)
    for who, grantee, constraints in down:
        house.call("CreateGrant", by(who), KeyId=arn(key), GranteePrincipal=grantee, **grant(**constraints))
    assert not makes(house, key, SESSION, **grant(**subset(a="1")))
    assert makes(house, key, EVE, **grant(**subset(a="1", b="2", c="3")))
    given = {"KeyId": key, "Plaintext": b"x"}
    house.call("Encrypt", by(CAROL), **given, EncryptionContext={"a": "1", "b": "2"})
    assert house.refusal("Encrypt", by(CAROL), **given, EncryptionContext={"a": "1"})[0] == DENIED


def test_policies_are_no_parents(house: House) -> None:
    """Who may make grants by a policy, of the key or of his own, makes any, whatever grants he has besides."""
    named = {"Sid": "a", "Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "kms:CreateGrant", "Resource": "*"}
    root = {"Sid": "b", "Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}
    by_key_policy = house.new_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [named, root]}))
    by_his_own = house.new_key()
    for key in (by_key_policy, by_his_own):
        house.call("CreateGrant", KeyId=key, GranteePrincipal=ALICE, Operations=["CreateGrant"])
    assert makes(house, by_key_policy, ALICE, Operations=["Decrypt"])
    assert not makes(house, by_his_own, ALICE, Operations=["Decrypt"])
    for name in ("Alice", "Carol"):
        house.call("iam:CreateUser", UserName=name)
    allow_grants(house)
    assert makes(house, by_his_own, ALICE, Operations=["Decrypt"])


def allow_grants(house: House) -> None:
    """Let Alice make grants, as far as her own policies say."""
    own = {"Effect": "Allow", "Action": "kms:CreateGrant", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [own]})
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=text)


def test_a_grant_to_an_account_is_a_parent(house: House) -> None:
    """Where a grant to the account lets a user make grants that his own policy allows, it bounds them all the same."""
    for name in ("Alice", "Carol"):
        house.call("iam:CreateUser", UserName=name)
    allow_grants(house)
    silent = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": ["kms:Create*", "kms:Put*"], "Resource": "*"}
    key = house.new_key(Policy=json.dumps({"Version": "2012-10-17", "Statement": [silent]}))
    house.call("CreateGrant", KeyId=key, GranteePrincipal=ROOT, Operations=["CreateGrant", "Decrypt"])
    nothing = silent | {"Principal": {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"}}
    text = json.dumps({"Version": "2012-10-17", "Statement": [nothing]})
    house.call("PutKeyPolicy", KeyId=key, Policy=text, BypassPolicyLockoutSafetyCheck=True)
    assert makes(house, key, ALICE, Operations=["Decrypt"])
    assert not makes(house, key, ALICE, Operations=["Encrypt"])
    assert not makes(house, key, CAROL, Operations=["Decrypt"])
