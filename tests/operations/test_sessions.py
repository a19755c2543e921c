"""Roles assumed: who may, what a session may, how long, and what its events say."""

import json
from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.errors import ExpiredTokenException, InvalidSignatureException, UnrecognizedClientException
from kmscli.operations.credentials import Credentials, caller_with
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House, caller
from tests.operations.test_authorization import ALICE, BOB, EVE, by, policy, statement, when
from tests.operations.test_identity_policies import OTHER_ROOT, new_user, own

ROLE = f"arn:aws:iam::{ACCOUNT}:role/team/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/one"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ASSUME = {"RoleArn": ROLE, "RoleSessionName": "one"}


def trust(*who: str, effect: str = "Allow", action: Any = "sts:AssumeRole", **elements: Any) -> str:
    """A trust policy."""
    said = [{"Effect": effect, "Principal": {"AWS": one}, "Action": action, **elements} for one in who]
    return json.dumps({"Version": "2012-10-17", "Statement": said})


def new_role(house: House, trusts: str, *policies: str, **members: Any) -> None:
    """The role, with inline policies."""
    house.call("iam:CreateRole", Path="/team/", RoleName="Deploy", AssumeRolePolicyDocument=trusts, **members)
    for number, text in enumerate(policies):
        house.call("iam:PutRolePolicy", RoleName="Deploy", PolicyName=f"p{number}", PolicyDocument=text)


def session_of(house: House, answer: dict[str, Any], **changes: str) -> Caller:
    """Who calls with the credentials of an answer."""
    given = {**answer["Credentials"], **changes}
    credentials = Credentials(given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    transaction = house.transaction()
    try:
        found = caller_with(credentials.claim(), caller(), transaction, house.engine.vault.keyring, house.now)
    finally:
        transaction.close()
    assert found
    return found


def assumed(house: House, who: str = ALICE, **members: Any) -> Caller:
    """A session of the role."""
    return session_of(house, house.call("sts:AssumeRole", by(who), **{**ASSUME, **members}))


MAY = own(Action="sts:AssumeRole")
TRUSTS: dict[str, tuple[str, str, list[str], bool]] = {
    "who is named": (ALICE, trust(ALICE), [], True),
    "another than is named": (BOB, trust(ALICE), [], False),
    "the account, with a policy of her own": (ALICE, trust(ROOT), [MAY], True),
    "the account, without": (ALICE, trust(ROOT), [], False),
    "the account, with one for another role": (ALICE, trust(ROOT), [own(Resource=ROLE + "er")], False),
    "a denial of her own": (ALICE, trust(ALICE), [own("Deny", Action="sts:*")], False),
    "a foreigner who is named and may": (EVE, trust(EVE), [MAY], True),
    "a foreigner who is named": (EVE, trust(EVE), [], False),
    "a foreign account, with a policy of his own": (EVE, trust(OTHER_ROOT), [MAY], True),
}


@pytest.mark.parametrize("case", TRUSTS)
def test_who_may_assume_a_role(house: House, case: str) -> None:
    """The trust policy decides, as a key policy does; across accounts both sides have to allow."""
    who, trusts, policies, allowed = TRUSTS[case]
    for user in (ALICE, BOB, EVE):
        new_user(house, user, *(policies if user == who else []))
    new_role(house, trusts)
    code, answer = house.result_by(by(who), "sts:AssumeRole", **ASSUME)
    if allowed:
        assert answer["AssumedRoleUser"]["Arn"] == SESSION
        return
    message = f"User: {who} is not authorized to perform: sts:AssumeRole on resource: {ROLE}"
    assert (code, answer) == ("AccessDenied", message)


def test_who_never_may(house: House) -> None:
    """A root user assumes no role, and a role that is not there is refused as one that may not be assumed."""
    new_user(house, ALICE, MAY)
    new_role(house, trust(ROOT))
    assert house.refusal("sts:AssumeRole", **ASSUME) == ("AccessDenied", "Roles may not be assumed by root accounts.")
    absent = ROLE.replace("team/", "")
    refused = house.refusal("sts:AssumeRole", by(ALICE), RoleArn=absent, RoleSessionName="one")
    message = f"User: {ALICE} is not authorized to perform: sts:AssumeRole on resource: {absent}"
    assert refused == ("AccessDenied", message)
    for wrong in (ALICE, "arn:aws:iam::12:role/Deploy"):
        assert house.refusal("sts:AssumeRole", by(ALICE), RoleArn=wrong, RoleSessionName="x1")[0] == "ValidationError"


def test_an_external_id(house: House) -> None:
    """A trust policy may ask for what both sides have agreed on, and for a session's name."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE, **when("sts:ExternalId", "42x")))
    assert house.refusal("sts:AssumeRole", by(ALICE), **ASSUME)[0] == "AccessDenied"
    assert assumed(house, ExternalId="42x").arn == SESSION


def test_what_a_session_may(house: House) -> None:
    """A session has the role's policies, bounded by its own: inline and managed ones together."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), own(Action=["kms:Encrypt", "kms:DescribeKey", "kms:ListKeys"]))
    key = house.new_key()
    free = assumed(house)
    bound = assumed(house, Policy=own(Action="kms:DescribeKey"))
    tasks: list[tuple[str, dict[str, Any]]] = [
        ("Encrypt", {"KeyId": key, "Plaintext": b"x"}),
        ("DescribeKey", {"KeyId": key}),
        ("ListKeys", {}),
        ("GetKeyPolicy", {"KeyId": key}),
    ]

    def may(who: Caller) -> list[str]:
        return [name for name, members in tasks if not house.result_by(who, name, **members)[0]]

    assert may(free) == ["Encrypt", "DescribeKey", "ListKeys"]
    assert may(bound) == ["DescribeKey"]
    made = house.call("iam:CreatePolicy", PolicyName="lists", PolicyDocument=own(Action="kms:ListKeys"))
    arns = [{"arn": made["Policy"]["Arn"]}]
    assert may(assumed(house, Policy=own(Action="kms:DescribeKey"), PolicyArns=arns)) == ["DescribeKey", "ListKeys"]


def test_how_a_key_policy_names_a_session(house: House) -> None:
    """Named as a session nothing bounds it; named as a role its session policies do (6.1, 7)."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE))
    by_role, by_session = (house.new_key(Policy=policy(statement(who))) for who in (ROLE, SESSION))
    bound = assumed(house, Policy=own(Action="kms:DescribeKey"))
    given = {"Plaintext": b"x"}
    assert house.result_by(bound, "Encrypt", KeyId=by_session, **given)[0] == ""
    code, message = house.result_by(bound, "Encrypt", KeyId=by_role, **given)
    assert (code, message.partition(" because ")[2]) == (
        "AccessDeniedException",
        "no session policy allows the kms:Encrypt action",
    )
    assert house.result_by(assumed(house), "Encrypt", KeyId=by_role, **given)[0] == ""


def test_tags_of_a_session(house: House) -> None:
    """A session has its role's tags and its own, which need sts:TagSession; the transitive ones go on."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), Tags=[{"Key": "Team", "Value": "blue"}, {"Key": "a", "Value": "b"}])
    tags = [{"Key": "team", "Value": "red"}, {"Key": "project", "Value": "x"}]
    assert house.refusal("sts:AssumeRole", by(ALICE), **ASSUME, Tags=tags)[0] == "AccessDenied"
    both = trust(ALICE, SESSION, action=["sts:AssumeRole", "sts:TagSession"])
    house.call("iam:UpdateAssumeRolePolicy", RoleName="Deploy", PolicyDocument=both)
    first = assumed(house, Tags=tags, TransitiveTagKeys=["project"])
    assert first.session.tags == {"a": "b", "team": "red", "project": "x"}
    key = house.new_key(Policy=policy(statement(ROLE, **when("aws:PrincipalTag/project", "x"))))
    assert house.result_by(first, "Encrypt", KeyId=key, Plaintext=b"x")[0] == ""
    second = session_of(house, house.call("sts:AssumeRole", first, **ASSUME))
    assert second.session.tags == {"Team": "blue", "a": "b", "project": "x"}
    conflict = [{"Key": "Project", "Value": "y"}]
    assert house.refusal("sts:AssumeRole", first, **ASSUME, Tags=conflict)[0] == "ValidationError"


@pytest.mark.parametrize(("longest", "asked", "lasts"), [(3600, None, 3600), (7200, 7200, 7200), (7200, 900, 900)])
def test_how_long_a_session_lasts(house: House, longest: int, asked: int | None, lasts: int) -> None:
    """A session lasts as long as it was asked for, an hour by default, and then nobody calls with it."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), own(), MaxSessionDuration=longest)
    answer = house.call("sts:AssumeRole", by(ALICE), **ASSUME, DurationSeconds=asked)
    assert answer["Credentials"]["Expiration"] == house.now + lasts
    house.later(seconds=lasts - 1)
    assert house.call("ListKeys", session_of(house, answer)) is not None
    house.later(seconds=1)
    with pytest.raises(ExpiredTokenException):
        session_of(house, answer)


def test_a_session_that_is_too_long(house: House) -> None:
    """No session is longer than the role allows, nor one from another session than an hour."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), MaxSessionDuration=7200)
    house.call("iam:UpdateAssumeRolePolicy", RoleName="Deploy", PolicyDocument=trust(ALICE, SESSION))
    refused = house.refusal("sts:AssumeRole", by(ALICE), **ASSUME, DurationSeconds=7201)
    message = "The requested DurationSeconds exceeds the MaxSessionDuration set for this role."
    assert refused == ("ValidationError", message)
    chained = house.refusal("sts:AssumeRole", assumed(house), **ASSUME, DurationSeconds=3601)
    assert "role chaining" in chained[1]


def test_credentials_that_do_not_hold(house: House) -> None:
    """Another secret is refused; a key or a token that the vault does not know names nobody."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE))
    answer = house.call("sts:AssumeRole", by(ALICE), **ASSUME)
    other = house.call("sts:AssumeRole", by(ALICE), **ASSUME)["Credentials"]
    with pytest.raises(InvalidSignatureException):
        session_of(house, answer, SecretAccessKey=other["SecretAccessKey"])
    with pytest.raises(UnrecognizedClientException):
        session_of(house, answer, AccessKeyId=other["AccessKeyId"])
    key = house.call("iam:CreateAccessKey", UserName="Alice")["AccessKey"]
    transaction, keyring = house.transaction(), house.engine.vault.keyring

    def found(key_id: str, secret: str, token: str = "") -> str:
        who = caller_with(Credentials(key_id, secret, token).claim(), caller(), transaction, keyring, house.now)
        return who.arn if who else ""

    assert found(key["AccessKeyId"], key["SecretAccessKey"]) == ALICE
    with pytest.raises(InvalidSignatureException):
        found(key["AccessKeyId"], key["SecretAccessKey"][:-1])
    assert found("AKIAIOSFODNN7EXAMPLE", "x") == ""
    assert found("ASIAIOSFODNN7EXAMPLE", "x", "AAAA") == ""
    transaction.close()


def test_the_events_of_a_session(house: House) -> None:
    """AssumeRole's event shows no secret; those of the session say whose role it is, since when and by which key."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), own())
    answer = house.call("sts:AssumeRole", by(ALICE), **ASSUME)
    credentials = answer["Credentials"]
    event = house.event()
    assert event["eventSource"] == "sts.amazonaws.com"
    assert event["responseElements"]["credentials"]["accessKeyId"] == credentials["AccessKeyId"]
    text = json.dumps(house.events())
    assert credentials["SecretAccessKey"] not in text
    assert credentials["SessionToken"] not in text
    house.call("ListKeys", session_of(house, answer))
    identity = house.event()["userIdentity"]
    role_id = house.call("iam:GetRole", RoleName="Deploy")["Role"]["RoleId"]
    assert identity == {
        "type": "AssumedRole",
        "principalId": f"{role_id}:one",
        "arn": SESSION,
        "accountId": ACCOUNT,
        "accessKeyId": credentials["AccessKeyId"],
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "arn": ROLE,
                "accountId": ACCOUNT,
                "userName": "Deploy",
                "principalId": role_id,
            },
            "attributes": {"creationDate": "2026-01-05T09:00:00Z", "mfaAuthenticated": "false"},
        },
    }


def test_a_foreign_role_acts_in_its_own_account(house: House) -> None:
    """A session belongs to the role's account, whoever assumed it."""
    new_user(house, EVE, MAY)
    new_role(house, trust(EVE), own())
    session = assumed(house, EVE)
    assert session.account == ACCOUNT != OTHER_ACCOUNT
    key = house.call("CreateKey", session)["KeyMetadata"]
    assert key["AWSAccountId"] == ACCOUNT


def test_a_session_ends_with_its_role(house: House) -> None:
    """A session of a role that is gone is nobody's, also when there is another role of the same name."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE))
    answer = house.call("sts:AssumeRole", by(ALICE), **ASSUME)
    assert session_of(house, answer).arn == SESSION
    house.call("iam:DeleteRole", RoleName="Deploy")
    with pytest.raises(UnrecognizedClientException):
        session_of(house, answer)
    new_role(house, trust(ALICE))
    with pytest.raises(UnrecognizedClientException):
        session_of(house, answer)


def test_who_is_behind_a_session(house: House) -> None:
    """A source identity needs a permission of its own, and once set it goes on unchanged from role to role."""
    new_user(house, ALICE)
    new_role(house, trust(ALICE), own(Action="sts:*"))
    named = {**ASSUME, "SourceIdentity": "alice"}
    assert house.refusal("sts:AssumeRole", by(ALICE), **named)[0] == "AccessDenied"
    both = trust(ALICE, SESSION, action=["sts:AssumeRole", "sts:SetSourceIdentity"])
    house.call("iam:UpdateAssumeRolePolicy", RoleName="Deploy", PolicyDocument=both)
    session = assumed(house, SourceIdentity="alice")
    assert house.call("sts:AssumeRole", session, **ASSUME)["SourceIdentity"] == "alice"
    other = {**ASSUME, "SourceIdentity": "bob"}
    assert house.refusal("sts:AssumeRole", session, **other)[0] == "AccessDenied"
    house.call("iam:UpdateAssumeRolePolicy", RoleName="Deploy", PolicyDocument=trust(ALICE, SESSION))
    assert house.refusal("sts:AssumeRole", session, **ASSUME)[0] == "AccessDenied"
