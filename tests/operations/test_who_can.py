"""`kmscli who-can`: who may do an action on a key, by what, and on what that depends."""

from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.cli.local.who_can import action_on_key, default_request
from kmscli.errors import NotFoundException, UsageError
from kmscli.operations.call import Call
from kmscli.operations.who_can import who_can
from kmscli.vault.transaction import Transaction
from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, House, arn, caller
from tests.operations.identities import ALLOW, OTHER, arn_of, new_policy, new_role, new_user
from tests.operations.identities import statement as identity_policy
from tests.operations.organizing import SCP, Organized, policy_text
from tests.operations.test_authorization import (
    ALICE,
    BOB,
    EVE,
    ROLE,
    ROOT,
    SESSION,
    by,
    encrypts,
    policy,
    statement,
    when,
)

Ways = dict[str, dict[str, Any]]

OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
ANY_USER = arn_of("user", "*")
ANY_ROOT = "arn:aws:iam::*:root"
SERVICE = "logs.amazonaws.com"
DELEGATION = {"Policy": "key policy", "Statement": "account"}
SECOND = {"By": {"Kind": "resource-based", "Policy": "key policy", "Statement": "#2"}}
INLINE = {"Kind": "identity-based", "Policy": "inline policy p", "Statement": "#1", "Delegation": DELEGATION}
SHOP = when("kms:EncryptionContext:app", "shop")
IN_SHOP = {"kms:EncryptionContext:app": "shop"}
OF_OTHER = when("kms:CallerAccount", OTHER_ACCOUNT)
BY_NAME: Ways = {
    ALICE: SECOND,
    ANY_USER: {
        **SECOND,
        "If": [
            {"Policy": "key policy", "Statement": "#2", "Condition": {"StringEquals": {"aws:PrincipalArn": [ALICE]}}}
        ],
    },
}
ELSEWHERE = {"StringNotEquals": {"kms:EncryptionContext:app": ["shop"]}}
NOT_SHOP = when("kms:EncryptionContext:app", "shop", "StringNotEquals")


def told(house: House, action: str, key: str, context: str = "", asker: Caller | None = None) -> dict[str, Any]:
    """What who-can says."""
    operation, target = action_on_key(action)
    request = default_request(operation, target, key, context)
    asking = asker or house.caller

    def look(transaction: Transaction, now: float, held: float) -> dict[str, Any]:
        keyring = house.engine.vault.keyring
        return who_can(Call(asking, operation.name, now, held, transaction, keyring, remembered={}), target, request)

    return house.engine.look(asking, look)


def ways(house: House, key: str, action: str = "Encrypt", context: str = "") -> Ways:
    """By what each principal may, the account's root user aside; each must be there once."""
    found = told(house, action, key, context)["Principals"]
    by_name = {one.pop("Principal"): one for one in found}
    assert len(by_name) == len(found)
    by_name.pop(ROOT, None)
    return by_name


def shop(statement: str, policy: str = "key policy", operator: str = "StringEquals") -> list[dict[str, Any]]:
    """What depends on a statement's condition on the application."""
    condition = {operator: {"kms:EncryptionContext:app": ["shop"]}}
    return [{"Policy": policy, "Statement": statement, "Condition": condition}]


POLICIES: dict[str, tuple[list[dict[str, Any]], Ways]] = {
    "delegation alone": ([], {}),
    "a user, whom the vault does not know": ([statement()], {ALICE: SECOND}),
    "a user of another account, whose policies say nothing": ([statement(EVE)], {}),
    "another account": ([statement(OTHER_ROOT)], {OTHER_ROOT: SECOND}),
    "another account, by its id": ([statement(OTHER_ACCOUNT)], {OTHER_ROOT: SECOND}),
    "a role": ([statement(ROLE)], {ROLE: SECOND}),
    "a session": ([statement(SESSION)], {SESSION: SECOND}),
    "everybody": ([statement("*")], {ANY_USER: SECOND, ANY_ROOT: SECOND}),
    "a service": ([statement(Principal={"Service": SERVICE})], {SERVICE: SECOND}),
    "a user, for something else": ([statement(Action="kms:Decrypt")], {}),
    "a user, in one application": ([statement(**SHOP)], {ALICE: {**SECOND, "If": shop("#2")}}),
    "two users, of whom one is denied": ([statement(), statement(BOB), statement(BOB, "Deny")], {ALICE: SECOND}),
    "a user, denied but in one application": (
        [statement(), statement(effect="Deny", **NOT_SHOP)],
        {ALICE: {**SECOND, "Unless": shop("#3", operator="StringNotEquals")}},
    ),
    "a user, in one application and denied there": ([statement(**SHOP), statement(effect="Deny")], {}),
    "a user, in one application and denied elsewhere": (
        [statement(**SHOP), statement(effect="Deny", **NOT_SHOP)],
        {ALICE: {**SECOND, "If": shop("#2"), "Unless": shop("#3", operator="StringNotEquals")}},
    ),
    "everybody of an account, by a condition": ([statement("*", **OF_OTHER)], {OTHER_ROOT: SECOND}),
    "a user, by a condition on his name": ([statement("*", **when("aws:PrincipalArn", ALICE))], BY_NAME),
    "everybody but a user": (
        [statement(ALICE), statement(BOB), statement("*", "Deny", **when("aws:PrincipalArn", BOB, "StringEquals"))],
        {ALICE: SECOND},
    ),
    "a user, denied elsewhere than by another name and in one application": (
        [statement(), statement(effect="Deny", Condition={"StringNotEquals": {**IN_SHOP, "aws:PrincipalArn": BOB}})],
        {ALICE: {**SECOND, "Unless": shop("#3", operator="StringNotEquals")}},
    ),
    "a user, by two conditions of which one is met": (
        [statement(Condition={"StringEquals": {"kms:EncryptionContext:app": "shop", "kms:KeyOrigin": "AWS_KMS"}})],
        {ALICE: {**SECOND, "If": shop("#2")}},
    ),
}


@pytest.mark.parametrize("case", POLICIES)
def test_whom_a_key_policy_lets(house: House, case: str) -> None:
    """Those whom a key policy names may, by its statement; who only lacks its condition is told with that."""
    statements, expected = POLICIES[case]
    key = house.new_key(Policy=policy(*statements))
    assert ways(house, key) == expected


TOLD_AS = {
    ROOT: {ROOT},
    ALICE: {ALICE, ANY_USER},
    BOB: {BOB, ANY_USER},
    SESSION: {SESSION, ROLE, ANY_USER},
    OTHER_ROOT: {OTHER_ROOT, ANY_ROOT},
    EVE: {EVE},
}
"""By which names a principal is told."""


@pytest.mark.parametrize("case", POLICIES)
def test_what_is_told_is_what_happens(house: House, case: str) -> None:
    """Who is told without a condition is let in when he calls; who is told with one, or not at all, is refused."""
    key = house.new_key(Policy=policy(*POLICIES[case][0]))
    found = told(house, "Encrypt", key)["Principals"]
    may = {one["Principal"] for one in found if "If" not in one and "Unless" not in one}
    assert {who: bool(names & may) for who, names in TOLD_AS.items()} == {
        who: encrypts(house, who, key) for who in TOLD_AS
    }


def test_two_ways_are_two_rows(house: House) -> None:
    """Who may on one of two conditions is told with each."""
    key = house.new_key(Policy=policy(statement(**SHOP), statement(**when("kms:ViaService", "s3"))))
    found = [one["If"] for one in told(house, "Encrypt", key)["Principals"] if one["Principal"] == ALICE]
    assert [condition["Statement"] for [condition] in found] == ["#2", "#3"]


def test_the_encryption_context_that_is_given_counts(house: House) -> None:
    """What depends on a context is met by the one that is given, of ReEncrypt for each of its actions."""
    key = house.new_key(Policy=policy(statement(**SHOP)))
    for action in ("Encrypt", "Decrypt", "GenerateDataKey", "ReEncryptFrom", "ReEncryptTo"):
        assert ways(house, key, action, "app=shop") == {ALICE: SECOND}
        assert ways(house, key, action, "app=store") == {ALICE: {**SECOND, "If": shop("#2")}}


def test_a_service_on_the_way_counts(house: House) -> None:
    """The caller's service is that of everybody who is decided on."""
    key = house.new_key(Policy=policy(statement(**when("kms:ViaService", "s3.us-east-1.amazonaws.com"))))
    direct = told(house, "Encrypt", key)["Principals"]
    through = told(house, "Encrypt", key, asker=caller().through("s3"))["Principals"]
    assert [("If" in one) for one in direct if one["Principal"] == ALICE] == [True]
    assert [("If" in one) for one in through if one["Principal"] == ALICE] == [False]


def test_whom_identity_policies_let(house: House) -> None:
    """The vault's users and roles may by their own policies, left to those by the key policy, within their bounds."""
    key = house.new_key(Policy=policy())
    for name in ("Alice", "Bob", "Carol", "Dave"):
        new_user(house, name)
    new_role(house, "Deploy", Path="/team/")
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=ALLOW)
    house.call("iam:PutUserPolicy", UserName="Bob", PolicyName="p", PolicyDocument=OTHER)
    house.call("iam:PutUserPolicy", UserName="Carol", PolicyName="p", PolicyDocument=identity_policy(**SHOP))
    house.call("iam:PutUserPolicy", UserName="Dave", PolicyName="p", PolicyDocument=ALLOW)
    house.call(
        "iam:PutUserPermissionsBoundary",
        UserName="Dave",
        PermissionsBoundary=new_policy(house, "none", PolicyDocument=OTHER),
    )
    house.call("iam:PutUserPermissionsBoundary", UserName="Alice", PermissionsBoundary=new_policy(house, "bound"))
    house.call("iam:PutRolePolicy", RoleName="Deploy", PolicyName="p", PolicyDocument=ALLOW)
    assert ways(house, key) == {
        ALICE: {"By": INLINE, "Bounds": [{"Policy": "permissions boundary bound", "Statement": "#1"}]},
        arn_of("user", "Carol"): {"By": INLINE, "If": shop("#1", "inline policy p")},
        arn_of("role", "team/Deploy"): {"By": INLINE},
    }
    everybody = house.new_key(Policy=policy(statement("*")))
    assert ways(house, everybody).keys() >= {BOB, ANY_USER}


def test_a_boundary_bounds_only_what_it_does(house: House) -> None:
    """A user whom the key policy names is not bounded; a role that it names is."""
    new_user(house, "Alice")
    new_role(house, "Deploy")
    bound = new_policy(house, "bound")
    house.call("iam:PutUserPermissionsBoundary", UserName="Alice", PermissionsBoundary=bound)
    house.call("iam:PutRolePermissionsBoundary", RoleName="Deploy", PermissionsBoundary=bound)
    key = house.new_key(Policy=policy(statement(Principal={"AWS": [ALICE, ROLE]})))
    bounds = {who: way.get("Bounds") for who, way in ways(house, key).items()}
    assert bounds == {ALICE: None, ROLE: [{"Policy": "permissions boundary bound", "Statement": "#1"}]}


def test_whom_another_account_lets(house: House) -> None:
    """The users of an account that the key policy names may by the policies that they have there."""
    key = house.new_key(Policy=policy(statement(OTHER_ROOT)))
    for name in ("Eve", "Mallory"):
        house.call("iam:CreateUser", caller(OTHER_ACCOUNT), UserName=name)
    given = {"PolicyName": "p", "PolicyDocument": ALLOW}
    house.call("iam:PutUserPolicy", caller(OTHER_ACCOUNT), UserName="Eve", **given)
    delegation = {"Policy": "key policy", "Statement": "#2"}
    assert ways(house, key) == {OTHER_ROOT: SECOND, EVE: {"By": {**INLINE, "Delegation": delegation}}}


def test_an_organization_bounds_principals(house: House) -> None:
    """The policies of a principal's organization bound what lets him, and deny; services they do not touch."""
    organized = Organized(house)
    organized.enable(SCP)
    member = organized.account()
    text = policy(statement(Principal={"Service": SERVICE})).replace(ACCOUNT, member)
    key = arn(house.new_key(caller(member), Policy=text), member)

    def found() -> dict[str, list[Any]]:
        listed = told(house, "Decrypt", key)["Principals"]
        bounds = [{bound["Policy"] for bound in one.get("Bounds", ())} for one in listed]
        unless = [[denial["Condition"] for denial in one.get("Unless", ())] for one in listed]
        return {one["Principal"]: ways for one, *ways in zip(listed, bounds, unless, strict=True)}

    root = f"arn:aws:iam::{member}:root"
    service: dict[str, list[Any]] = {SERVICE: [set(), []]}
    assert found() == {root: [{"FullAWSAccess"}, []], **service}
    organized.attach(organized.policy(text=policy_text(Condition=NOT_SHOP["Condition"])), member)
    assert found() == {root: [{"FullAWSAccess"}, [ELSEWHERE]], **service}
    organized.attach(organized.policy("all"), member)
    assert found() == service


def test_whom_grants_let(house: House) -> None:
    """A grant lets its grantee; with constraints, in a request that is as they ask; an account by its policies."""
    key = house.new_key(Policy=policy())

    def granted(**members: Any) -> str:
        return str(house.call("CreateGrant", KeyId=key, Operations=["Encrypt"], **members)["GrantId"])

    alice = granted(GranteePrincipal=ALICE)
    subset = {"EncryptionContextSubset": {"app": "shop"}}
    bob = granted(GranteePrincipal=BOB, Constraints=subset)
    source = {"SourceArn": f"arn:aws:logs:us-east-1:{ACCOUNT}:log-group:one"}
    logs = granted(GranteeServicePrincipal=SERVICE, RetiringPrincipal=ROOT, Constraints=source)
    other = granted(GranteePrincipal=OTHER_ROOT)
    assert ways(house, key) == {
        ALICE: {"By": {"Kind": "grant", "GrantId": alice}},
        BOB: {"By": {"Kind": "grant", "GrantId": bob}, "If": [{"GrantId": bob, "Constraints": subset}]},
        SERVICE: {"By": {"Kind": "grant", "GrantId": logs}, "If": [{"GrantId": logs, "Constraints": source}]},
        OTHER_ROOT: {"By": {"Kind": "grant", "GrantId": other}},
    }
    assert ways(house, key, "Encrypt", "app=shop,x=y")[BOB] == {"By": {"Kind": "grant", "GrantId": bob}}
    assert ways(house, key, "Decrypt") == {}


def test_a_key_is_found_by_any_name(house: House) -> None:
    """By id, ARN, alias and alias ARN; the alias counts as the one that the request names; a foreign key by its ARN."""
    key = house.new_key(Policy=policy(statement(**when("kms:RequestAlias", "alias/app"))))
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    alias = arn(key).replace(f"key/{key}", "alias/app")
    assert {name: "If" not in ways(house, name)[ALICE] for name in (key, arn(key), "alias/app", alias)} == {
        key: False,
        arn(key): False,
        "alias/app": True,
        alias: True,
    }
    assert told(house, "Encrypt", arn(key), asker=by(EVE))["KeyId"] == arn(key)
    for name in (ABSENT, arn(ABSENT, OTHER_ACCOUNT), "alias/none"):
        with pytest.raises(NotFoundException):
            told(house, "Encrypt", name)


@pytest.mark.parametrize(
    "action", ["kms:GenerateDataKey", "GenerateDataKey", "generate-data-key", "KMS:generatedatakey"]
)
def test_an_action_however_it_is_spelled(action: str) -> None:
    """An action is the API's name, with or without the service, or the command."""
    assert action_on_key(action)[1].action == "kms:GenerateDataKey"


@pytest.mark.parametrize(
    "action", ["", "kms:*", "Encript", "s3:GetObject", "ReEncrypt", "ListKeys", "CreateKey", "RetireGrant"]
)
def test_what_is_no_action_on_a_key(action: str) -> None:
    """What no key policy could allow is refused."""
    with pytest.raises(UsageError):
        action_on_key(action)


def test_nothing_is_left(house: House) -> None:
    """Asking leaves no event, also where it is about an action that would change the key."""
    key = house.new_key()
    before = house.events()
    for action in ("Encrypt", "ScheduleKeyDeletion", "PutKeyPolicy", "CreateGrant"):
        assert told(house, action, key)["Principals"][0]["Principal"] == ROOT
    assert house.events() == before
    assert house.state_of(key) == "Enabled"
