import re
from typing import Any

import pytest

from kmscli.engine import Caller
from kmscli.keys.check import inspect
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, START, House, caller
from tests.operations.organizing import FULL, RCP, SCP, Organized, member

NO_ACCOUNT = ("AccountNotFoundException", "You specified an account that doesn't exist.")
NO_UNIT = "ou-aaaa-aaaaaaaa"
ABSENT = "123456789012"
TYPES = [{"Type": SCP, "Status": "ENABLED"}]
MEMBERS: dict[str, dict[str, Any]] = {
    "AttachPolicy": {"PolicyId": FULL, "TargetId": ACCOUNT},
    "CreateAccount": {"AccountName": "a", "Email": "a@example.com"},
    "CreateOrganizationalUnit": {"ParentId": "r-aaaa", "Name": "a"},
    "CreatePolicy": {"Name": "a", "Type": SCP, "Description": "", "Content": "{}"},
    "DeleteOrganization": {},
    "DeleteOrganizationalUnit": {"OrganizationalUnitId": NO_UNIT},
    "DeletePolicy": {"PolicyId": FULL},
    "DescribeCreateAccountStatus": {"CreateAccountRequestId": "car-aaaaaaaa"},
    "DescribePolicy": {"PolicyId": FULL},
    "DetachPolicy": {"PolicyId": FULL, "TargetId": ACCOUNT},
    "DisablePolicyType": {"RootId": "r-aaaa", "PolicyType": SCP},
    "EnablePolicyType": {"RootId": "r-aaaa", "PolicyType": SCP},
    "ListAccounts": {},
    "ListOrganizationalUnitsForParent": {"ParentId": "r-aaaa"},
    "ListParents": {"ChildId": ACCOUNT},
    "ListPolicies": {"Filter": SCP},
    "ListPoliciesForTarget": {"TargetId": ACCOUNT, "Filter": SCP},
    "ListRoots": {},
    "ListTargetsForPolicy": {"PolicyId": FULL},
    "MoveAccount": {"AccountId": ACCOUNT, "SourceParentId": "r-aaaa", "DestinationParentId": NO_UNIT},
    "RemoveAccountFromOrganization": {"AccountId": ACCOUNT},
    "UpdatePolicy": {"PolicyId": FULL},
}
"""What each operation of a management account is asked."""


def test_an_organization_is_made_and_shown(house: House) -> None:
    """CreateOrganization and DescribeOrganization say the same, to every account that is in it."""
    made = Organized(house)
    assert re.fullmatch("o-[a-z0-9]{10}", made.id)
    assert made.organization == {
        "Id": made.id,
        "Arn": made.arn("organization"),
        "FeatureSet": "ALL",
        "MasterAccountArn": made.arn("account", ACCOUNT),
        "MasterAccountId": ACCOUNT,
        "AvailablePolicyTypes": TYPES,
    }
    account = made.account()
    for by in (house.caller, member(account), caller(region=OTHER_REGION)):
        assert made.call("DescribeOrganization", by) == {"Organization": made.organization}


def test_the_root_and_the_managing_account(house: House) -> None:
    """A new organization has one root, and in it the account that made it."""
    made = Organized(house)
    assert re.fullmatch("r-[a-z0-9]{4}", made.root)
    root = {"Id": made.root, "Arn": made.arn("root", made.root), "Name": "Root", "PolicyTypes": []}
    assert made.call("ListRoots") == {"Roots": [root]}
    assert made.call("ListAccounts") == {
        "Accounts": [
            {
                "Id": ACCOUNT,
                "Arn": made.arn("account", ACCOUNT),
                "Name": ACCOUNT,
                "Status": "ACTIVE",
                "State": "ACTIVE",
                "Paths": [f"{made.id}/{made.root}/{ACCOUNT}/"],
                "JoinedMethod": "INVITED",
                "JoinedTimestamp": START,
            }
        ]
    }
    assert made.call("ListParents", ChildId=ACCOUNT) == {"Parents": [{"Id": made.root, "Type": "ROOT"}]}


def test_the_arns_are_of_the_partition(house: House) -> None:
    """An organization that is made in China has ARNs of that partition."""
    house.caller = caller(region="cn-northwest-1")
    assert Organized(house).organization["Arn"].startswith(f"arn:aws-cn:organizations::{ACCOUNT}:organization/o-")


def test_an_account_is_in_one_organization(house: House) -> None:
    """Neither who manages one nor who is in one makes another."""
    made = Organized(house)
    said = ("AlreadyInOrganizationException", "The provided account is already a member of an organization.")
    for by in (house.caller, member(made.account())):
        assert made.refusal("CreateOrganization", by) == said
    assert made.call("CreateOrganization", caller(OTHER_ACCOUNT))["Organization"]["Id"] != made.id


@pytest.mark.parametrize("name", sorted(MEMBERS))
def test_who_may_call(house: House, name: str) -> None:
    """Nobody who is in no organization calls, and only the managing account of one."""
    members = MEMBERS[name]
    none = ("AWSOrganizationsNotInUseException", "Your account is not a member of an organization.")
    assert house.refusal(f"organizations:{name}", **members) == none
    account = Organized(house).account()
    refused = ("AccessDeniedException", "You don't have permissions to access this resource.")
    assert house.refusal(f"organizations:{name}", member(account), **members) == refused


def test_who_may_call_by_policy(house: House) -> None:
    """A user calls what a policy of his allows, and is refused in words of the service."""
    Organized(house)
    house.call("iam:CreateUser", UserName="bob")
    arn = f"arn:aws:iam::{ACCOUNT}:user/bob"
    bob = Caller(ACCOUNT, REGION, arn=arn, agent="kmscli/test", door="test", uid=1000, user="alice")
    why = "because no identity-based policy allows the"
    tail = f"User: {arn} is not authorized to perform: organizations:ListRoots on resource: * {why}"
    refused = ("AccessDeniedException", f"{tail} organizations:ListRoots action")
    assert house.refusal("organizations:ListRoots", bob) == refused
    code, message = house.refusal("ec2:DescribeVpcEndpoints", bob)
    assert code == "UnauthorizedOperation"
    assert message.startswith(f"You are not authorized to perform this operation. User: {arn} is not authorized")
    allow = '{"Statement":{"Effect":"Allow","Action":"organizations:ListRoots","Resource":"*"}}'
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=allow)
    assert len(house.call("organizations:ListRoots", bob)["Roots"]) == 1


def test_units_in_units(house: House) -> None:
    """A unit has an id with the root's, an ARN and a path; units are listed by what they are directly in."""
    made = Organized(house)
    shown = made.call("CreateOrganizationalUnit", ParentId=made.root, Name="Team ☂")["OrganizationalUnit"]
    unit = shown["Id"]
    assert re.fullmatch(f"ou-{made.root[2:]}-[a-z0-9]{{8}}", unit)
    path = f"{made.id}/{made.root}/{unit}/"
    assert shown == {"Id": unit, "Arn": made.arn("ou", unit), "Name": "Team ☂", "Path": path}
    inner = made.unit("Team ☂", unit)
    assert made.call("ListOrganizationalUnitsForParent", ParentId=made.root) == {"OrganizationalUnits": [shown]}
    [below] = made.call("ListOrganizationalUnitsForParent", ParentId=unit)["OrganizationalUnits"]
    assert (below["Id"], below["Path"]) == (inner, f"{path}{inner}/")
    assert made.call("ListParents", ChildId=inner) == {"Parents": [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]}


def test_units_that_cannot_be(house: House) -> None:
    """Names differ within a parent, in which there is something to be in; and units are at most five deep."""
    made = Organized(house)
    parent = made.unit("a")
    taken = ("DuplicateOrganizationalUnitException", "An OU with the same name already exists.")
    assert made.refusal("CreateOrganizationalUnit", ParentId=made.root, Name="a") == taken
    missing = ("ParentNotFoundException", "You specified a parent that doesn't exist.")
    for absent in (NO_UNIT, "r-aaaaa"):
        assert made.refusal("CreateOrganizationalUnit", ParentId=absent, Name="b") == missing
        assert made.refusal("ListOrganizationalUnitsForParent", ParentId=absent) == missing
    for name in ("A", "c", "d", "e"):
        parent = made.unit(name, parent)
    said = ("ConstraintViolationException", "You attempted to create an OU tree that is too many levels deep.")
    assert made.refusal("CreateOrganizationalUnit", ParentId=parent, Name="f") == said


def test_a_unit_goes_when_it_is_empty(house: House) -> None:
    """Accounts and units in it keep a unit; its name is free once it is gone, and its policies are attached no more."""
    made = Organized(house)
    made.enable(SCP)
    unit, policy = made.unit(), made.policy()
    made.attach(policy, unit)
    inner, account = made.unit(parent=unit), made.account(parent=unit)
    full = made.refusal("DeleteOrganizationalUnit", OrganizationalUnitId=unit)
    assert full[0] == "OrganizationalUnitNotEmptyException"
    made.call("DeleteOrganizationalUnit", OrganizationalUnitId=inner)
    assert made.refusal("DeleteOrganizationalUnit", OrganizationalUnitId=unit) == full
    made.move(account, unit, made.root)
    made.call("DeleteOrganizationalUnit", OrganizationalUnitId=unit)
    gone = ("OrganizationalUnitNotFoundException", "You specified an organizational unit that doesn't exist.")
    assert made.refusal("DeleteOrganizationalUnit", OrganizationalUnitId=unit) == gone
    made.call("DeletePolicy", PolicyId=policy)
    assert made.unit() != unit


def test_an_account_is_created(house: House) -> None:
    """An account is there at once, in the root, and what came of the request can be asked again."""
    made = Organized(house)
    house.later(hours=1)
    answered = made.call("CreateAccount", AccountName="Log Archive", Email="logs@example.com")["CreateAccountStatus"]
    account, request = answered["AccountId"], answered["Id"]
    assert re.fullmatch(r"\d{12}", account)
    assert re.fullmatch("car-[a-z0-9]{32}", request)
    assert answered == {
        "Id": request,
        "AccountName": "Log Archive",
        "State": "SUCCEEDED",
        "RequestedTimestamp": START + 3600,
        "CompletedTimestamp": START + 3600,
        "AccountId": account,
    }
    again = made.call("DescribeCreateAccountStatus", CreateAccountRequestId=request)
    assert again == {"CreateAccountStatus": answered}
    shown = {each["Id"]: each for each in made.call("ListAccounts")["Accounts"]}[account]
    assert {name: shown[name] for name in ("Name", "Email", "JoinedMethod", "JoinedTimestamp", "Paths")} == {
        "Name": "Log Archive",
        "Email": "logs@example.com",
        "JoinedMethod": "CREATED",
        "JoinedTimestamp": START + 3600,
        "Paths": [f"{made.id}/{made.root}/{account}/"],
    }
    missing = ("CreateAccountStatusNotFoundException", "You specified a create account request that doesn't exist.")
    assert made.refusal("DescribeCreateAccountStatus", CreateAccountRequestId="car-aaaaaaaa") == missing


def test_an_email_address_is_of_one_account(house: House) -> None:
    """A second account of an address is not created, which the request says, not the call."""
    made = Organized(house)
    made.account("a")
    status = made.call("CreateAccount", AccountName="b", Email="a@example.com")["CreateAccountStatus"]
    assert (status["State"], status["FailureReason"]) == ("FAILED", "EMAIL_ALREADY_EXISTS")
    assert "AccountId" not in status
    assert len(made.call("ListAccounts")["Accounts"]) == 2


def test_moving_an_account(house: House) -> None:
    """An account goes from where it is to where it is not."""
    made = Organized(house)
    unit, account = made.unit(), made.account()
    made.move(account, made.root, unit)
    assert made.call("ListParents", ChildId=account)["Parents"][0]["Id"] == unit
    made.move(account, unit, made.root)
    assert made.call("ListParents", ChildId=account)["Parents"][0]["Id"] == made.root
    rows: list[tuple[str, str, str, tuple[str, str]]] = [
        (ABSENT, made.root, unit, NO_ACCOUNT),
        (
            account,
            unit,
            made.root,
            ("SourceParentNotFoundException", "You specified a source parent that doesn't exist."),
        ),
        (
            account,
            made.root,
            NO_UNIT,
            ("DestinationParentNotFoundException", "You specified a destination parent that doesn't exist."),
        ),
        (
            account,
            made.root,
            made.root,
            ("DuplicateAccountException", "That account is already present in the specified destination."),
        ),
    ]
    for moved, source, destination, refused in rows:
        given = {"AccountId": moved, "SourceParentId": source, "DestinationParentId": destination}
        assert made.refusal("MoveAccount", **given) == refused


def test_an_account_leaves(house: House) -> None:
    """An account that is removed is in no organization, and may make one; the managing account stays."""
    made = Organized(house)
    made.enable(SCP)
    account, policy = made.account(), made.policy()
    made.attach(policy, account)
    made.call("RemoveAccountFromOrganization", AccountId=account)
    assert made.refusal("DescribeOrganization", member(account))[0] == "AWSOrganizationsNotInUseException"
    assert made.refusal("RemoveAccountFromOrganization", AccountId=account) == NO_ACCOUNT
    made.call("DeletePolicy", PolicyId=policy)
    made.call("CreateOrganization", member(account))
    said = ("MasterCannotLeaveOrganizationException", "You can't remove a management account from an organization.")
    assert made.refusal("RemoveAccountFromOrganization", AccountId=ACCOUNT) == said


def test_an_organization_goes(house: House) -> None:
    """With all accounts but the managing one gone, an organization goes with its units and policies."""
    made = Organized(house)
    made.enable(SCP)
    account, unit, policy = made.account(), made.unit(), made.policy()
    made.policy("resources", RCP)
    made.attach(policy, unit)
    full = "To delete an organization you must first remove all member accounts (except the master)."
    assert made.refusal("DeleteOrganization") == ("OrganizationNotEmptyException", full)
    made.call("RemoveAccountFromOrganization", AccountId=account)
    made.call("DeleteOrganization")
    assert made.refusal("DescribeOrganization")[0] == "AWSOrganizationsNotInUseException"
    found = inspect(house.engine.vault)
    kinds = ("organization", "account in organization", "part of organization", "organization policy")
    assert ([found.counts.get(kind, 0) for kind in kinds], found.faults) == ([0] * 4, [])
    Organized(house)


@pytest.mark.parametrize(
    ("name", "members", "at"),
    [
        ("CreateOrganization", {"FeatureSet": "NONE"}, "'NONE' at 'featureSet'"),
        ("CreateOrganizationalUnit", {"ParentId": "ou-1", "Name": "a"}, "'ou-1' at 'parentId'"),
        ("CreateOrganizationalUnit", {"ParentId": "r-aaaa", "Name": ""}, "at 'name'"),
        ("CreateAccount", {"Email": "nobody", "AccountName": "a"}, "Value at 'email'"),
        ("CreateAccount", {"Email": "a@example.com", "AccountName": "ä"}, "Value at 'accountName'"),
        ("MoveAccount", {"AccountId": "1"}, "null at 'sourceParentId'"),
        ("ListAccounts", {"MaxResults": 21}, "'21' at 'maxResults'"),
        ("AttachPolicy", {"PolicyId": "p-1", "TargetId": ACCOUNT}, "'p-1' at 'policyId'"),
    ],
)
def test_members_that_break_constraints(house: House, name: str, members: dict[str, Any], at: str) -> None:
    """What the model forbids is invalid input, and says which member it is; what is private is not shown."""
    code, message = house.refusal(f"organizations:{name}", **members)
    assert (code, at in message) == ("InvalidInputException", True)


def test_paging_through_accounts_and_units(house: House) -> None:
    """Lists come in pages of as many as asked for, 20 at most, each once; a token is of one list."""
    made = Organized(house)
    house.group(
        *(
            ("organizations:CreateAccount", {"AccountName": "a", "Email": f"{number}@example.com"})
            for number in range(24)
        )
    )
    first = made.call("ListAccounts")
    second = made.call("ListAccounts", NextToken=first["NextToken"])
    assert (len(first["Accounts"]), len(second["Accounts"]), "NextToken" in second) == (20, 5, False)
    assert len({account["Id"] for page in (first, second) for account in page["Accounts"]}) == 25
    units = {made.unit(name) for name in "abc"}
    page = made.call("ListOrganizationalUnitsForParent", ParentId=made.root, MaxResults=2)
    token = page["NextToken"]
    rest = made.call("ListOrganizationalUnitsForParent", ParentId=made.root, NextToken=token)
    assert {unit["Id"] for unit in page["OrganizationalUnits"] + rest["OrganizationalUnits"]} == units
    bad = ("InvalidInputException", "You specified an invalid value for nextToken.")
    assert made.refusal("ListOrganizationalUnitsForParent", ParentId=min(units), NextToken=token) == bad
    assert made.refusal("ListAccounts", NextToken="nonsense") == bad


def test_the_events(house: House) -> None:
    """The events are Organizations', in its one Region; names and addresses of accounts are hidden, as AWS does."""
    house.caller = caller(region=OTHER_REGION)
    made = Organized(house)
    account = made.account("Secret")
    event = house.event()
    shown = {key: event[key] for key in ("eventSource", "eventName", "awsRegion", "readOnly")}
    assert shown == {
        "eventSource": "organizations.amazonaws.com",
        "eventName": "CreateAccount",
        "awsRegion": "us-east-1",
        "readOnly": False,
    }
    hidden = "****"
    assert event["requestParameters"] == {"email": hidden, "accountName": hidden}
    status = event["responseElements"]["createAccountStatus"]
    assert (status["accountName"], status["accountId"]) == (hidden, account)
    made.refusal("ListRoots", member(account))
    assert house.event()["errorCode"] == "AccessDenied"


def test_a_check_of_the_vault_knows_organizations(house: House) -> None:
    """A vault with an organization is sound."""
    made = Organized(house)
    made.enable(SCP)
    unit = made.unit()
    account = made.account(parent=unit)
    policy = made.policy()
    for target in (made.root, unit, account):
        made.attach(policy, target)
    made.call("DetachPolicy", PolicyId=FULL, TargetId=unit)
    made.call("DetachPolicy", PolicyId=policy, TargetId=made.root)
    found = inspect(house.engine.vault)
    counts = [found.counts[kind] for kind in ("organization", "account in organization", "part of organization")]
    assert (counts, found.counts["organization policy"], found.faults) == ([1, 2, 4], 1, [])
