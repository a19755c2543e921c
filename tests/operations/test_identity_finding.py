"""What a decision asks of the identities."""

import pytest

from kmscli.errors import VaultDamagedError
from kmscli.identities.finding import (
    boundary_of,
    find_role,
    find_user,
    has_identities,
    policies_of,
    principal_exists,
)
from kmscli.identities.identity import Entity
from kmscli.operations.identity_presence import is_there
from kmscli.vault.transaction import Transaction
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House
from tests.operations.identities import ADMINISTRATOR, ALLOW, OTHER, arn_of, new_group, new_policy, new_role, new_user

ROOT = f"arn:aws:iam::{ACCOUNT}:root"


def session(role: str) -> str:
    """The ARN of a role's session."""
    return f"arn:aws:sts::{ACCOUNT}:assumed-role/{role}/session"


def test_whether_a_principal_is_there(house: House) -> None:
    """A user and a role are there with the path and the capitals that they have, a session with its role."""
    federated = f"arn:aws:sts::{ACCOUNT}:federated-user/anybody"
    names = [
        arn_of("user", "a/bob"),
        arn_of("user", "bob"),
        arn_of("user", "a/BOB"),
        arn_of("user", "größe"),
        arn_of("role", "b/bob"),
        arn_of("role", "a/bob"),
        session("bob"),
        session("BOB"),
        session("eve"),
    ]
    transaction = house.transaction()
    assert not has_identities(transaction, ACCOUNT)
    assert [principal_exists(transaction, name) for name in (ROOT, federated)] == [True, True]
    assert not any(principal_exists(transaction, name) for name in names)
    assert all(is_there(transaction, name) for name in names)
    transaction.close()
    new_user(house, Path="/a/")
    new_role(house, Path="/b/")
    transaction = house.transaction()
    found = [name for name in (ROOT, federated, *names) if principal_exists(transaction, name)]
    assert found == [ROOT, federated, names[0], names[4], names[6]]
    assert [name for name in (ROOT, federated, *names) if is_there(transaction, name)] == found
    elsewhere = arn_of("user", "eve").replace(ACCOUNT, OTHER_ACCOUNT)
    assert (principal_exists(transaction, elsewhere), is_there(transaction, elsewhere)) == (False, True)
    transaction.close()


@pytest.mark.parametrize("kind", ["user", "role"])
def test_whether_an_account_has_identities(house: House, kind: str) -> None:
    """An account has some from its first user or role to its last; groups and policies are none."""
    new_group(house)
    new_policy(house)

    def has(account: str) -> bool:
        transaction = house.transaction()
        found = has_identities(transaction, account)
        transaction.close()
        return found

    assert not has(ACCOUNT)
    {"user": new_user, "role": new_role}[kind](house)
    assert (has(ACCOUNT), has(OTHER_ACCOUNT)) == (True, False)
    house.call(f"iam:Delete{kind.capitalize()}", **{f"{kind.capitalize()}Name": "bob"})
    assert not has(ACCOUNT)


def described(transaction: Transaction, entity: Entity | None) -> list[tuple[str, str, str, str]]:
    """An entity's policies."""
    assert entity
    return [(it.source, it.name, it.arn, it.text) for it in policies_of(transaction, entity)]


def test_the_policies_of_a_user(house: House) -> None:
    """A user has his own policies, inline and attached, then those of his groups, each as it is in force."""
    new_user(house)
    transaction = house.transaction()
    user = find_user(transaction, ACCOUNT, "BOB")
    assert described(transaction, user) == []
    assert user
    assert boundary_of(transaction, user) is None
    transaction.close()
    arn = new_policy(house, "own")
    house.call("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=OTHER, SetAsDefault=True)
    house.call("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=ALLOW)
    new_group(house, "staff")
    house.call("iam:AddUserToGroup", GroupName="staff", UserName="bob")
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=ALLOW)
    house.call("iam:AttachUserPolicy", UserName="bob", PolicyArn=arn)
    house.call("iam:PutGroupPolicy", GroupName="staff", PolicyName="q", PolicyDocument=OTHER)
    house.call("iam:AttachGroupPolicy", GroupName="staff", PolicyArn=arn)
    house.call("iam:PutUserPermissionsBoundary", UserName="bob", PermissionsBoundary=arn)
    transaction = house.transaction()
    user = find_user(transaction, ACCOUNT, "bob")
    assert described(transaction, user) == [
        ("inline policy", "p", "", ALLOW),
        ("managed policy", "own", arn, OTHER),
        ("inline policy of group staff", "q", "", OTHER),
        ("managed policy of group staff", "own", arn, OTHER),
    ]
    assert user
    bound = boundary_of(transaction, user)
    assert bound
    assert (bound.source, bound.name, bound.arn, bound.text) == ("permissions boundary", "own", arn, OTHER)
    transaction.close()


def test_the_policies_of_a_role(house: House) -> None:
    """A role has its own policies; that of AWS that is attached is among them, its trust policy is not."""
    new_role(house)
    house.call("iam:PutRolePolicy", RoleName="bob", PolicyName="p", PolicyDocument=ALLOW)
    house.call("iam:AttachRolePolicy", RoleName="bob", PolicyArn=ADMINISTRATOR)
    transaction = house.transaction()
    found = described(transaction, find_role(transaction, ACCOUNT, "bob"))
    assert [policy[:3] for policy in found] == [
        ("inline policy", "p", ""),
        ("managed policy", "AdministratorAccess", ADMINISTRATOR),
    ]
    transaction.close()


def test_a_policy_that_is_gone_is_damage(house: House) -> None:
    """An attached policy whose row is not there is never taken for one that says nothing."""
    new_role(house)
    house.call("iam:AttachRolePolicy", RoleName="bob", PolicyArn=new_policy(house))
    house.tamper("DELETE FROM rows WHERE kind = 52")
    transaction = house.transaction()
    role = find_role(transaction, ACCOUNT, "bob")
    assert role
    with pytest.raises(VaultDamagedError):
        policies_of(transaction, role)
    transaction.close()
