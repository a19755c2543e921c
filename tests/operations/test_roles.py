import pytest

from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House
from tests.operations.identities import MALFORMED, TRUST, arn_of, new_role, new_user, statement, trust

NOBODY = arn_of("user", "nobody")
OTHER_PATH = arn_of("role", "x/bob")


def test_a_role_with_everything(house: House) -> None:
    """A role has a description and a length of sessions, which only looking at it shows; a list shows them too."""
    made = new_role(house, Description="for größe", MaxSessionDuration=7200)
    assert not {"Description", "MaxSessionDuration"} & made.keys()
    details = {"Description": "for größe", "MaxSessionDuration": 7200}
    assert details.items() <= house.call("iam:GetRole", RoleName="bob")["Role"].items()
    assert details.items() <= house.call("iam:ListRoles")["Roles"][0].items()
    for seconds in (3599, 43_201):
        given = {"RoleName": "eve", "AssumeRolePolicyDocument": TRUST, "MaxSessionDuration": seconds}
        assert house.refusal("iam:CreateRole", **given)[0] == "ValidationError"


@pytest.mark.parametrize(
    "text",
    [
        trust({"Service": "ec2.amazonaws.com"}),
        trust({"AWS": [ACCOUNT, f"arn:aws:iam::{OTHER_ACCOUNT}:root", "*"]}),
        trust(Action=["sts:AssumeRole", "sts:TagSession"]),
        trust({"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:user/anybody"}),
    ],
)
def test_who_may_assume_a_role_is_said_anew(house: House, text: str) -> None:
    """A trust policy names accounts, principals and services, and can be replaced."""
    new_role(house)
    house.call("iam:UpdateAssumeRolePolicy", RoleName="bob", PolicyDocument=text)
    assert house.call("iam:GetRole", RoleName="bob")["Role"]["AssumeRolePolicyDocument"] == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        (trust(Resource="*"), "Has prohibited field Resource"),
        (trust(Action=None), "Policy statement must contain actions."),
        (trust(Action="kms:Encrypt"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (trust(Action="*"), "AssumeRole policy may only specify STS AssumeRole actions."),
        (statement(Action="sts:AssumeRole", Resource=None), "Policy contains a statement with no principal."),
        (trust({"AWS": NOBODY}), f'Invalid principal in policy: "AWS":"{NOBODY}"'),
        (trust({"AWS": [arn_of("role", "bob"), OTHER_PATH]}), f'Invalid principal in policy: "AWS":"{OTHER_PATH}"'),
    ],
)
def test_a_trust_policy_that_is_none(house: House, text: str, message: str) -> None:
    """A trust policy has principals who are there and no resources, and allows roles to be assumed, no more."""
    new_role(house)
    given = {"RoleName": "eve", "AssumeRolePolicyDocument": text}
    assert house.refusal("iam:CreateRole", **given) == (MALFORMED, message)
    assert house.refusal("iam:UpdateAssumeRolePolicy", RoleName="bob", PolicyDocument=text) == (MALFORMED, message)
    assert house.call("iam:GetRole", RoleName="bob")["Role"]["AssumeRolePolicyDocument"] == TRUST


def test_principals_are_looked_for_where_identities_are_kept(house: House) -> None:
    """As long as an account has no users and roles, any of its principals may be named; then those who are there."""
    nobody = trust({"AWS": NOBODY})
    new_role(house, AssumeRolePolicyDocument=nobody)
    given = {"RoleName": "eve", "AssumeRolePolicyDocument": nobody}
    assert house.refusal("iam:CreateRole", **given)[0] == MALFORMED
    new_user(house, "nobody")
    house.call("iam:CreateRole", **given)
