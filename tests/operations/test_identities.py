"""What is the same for users, roles and groups, and for users and roles."""

import re
from typing import Any

import pytest

from kmscli.keys.check import inspect
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, START, House, caller
from tests.operations.identities import (
    ADMINISTRATOR,
    ALLOW,
    BEYOND,
    CONFLICT,
    MAKING,
    MALFORMED,
    MISSING,
    OTHER,
    TRUST,
    arn_of,
    new_policy,
    new_user,
    statement,
)

PREFIXES = {"User": "AIDA", "Role": "AROA", "Group": "AGPA"}
ENTITIES = ("User", "Role")
NO_ID = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
LONGEST = {"User": 2048, "Role": 10_240, "Group": 5120}
every_identity = pytest.mark.parametrize("kind", PREFIXES)
every_entity = pytest.mark.parametrize("kind", ENTITIES)


def named(kind: str, name: str = "bob") -> dict[str, str]:
    """The member that names one."""
    return {f"{kind}Name": name}


@every_identity
def test_one_is_made_and_shown(house: House, kind: str) -> None:
    """A new one has a path, an id and an ARN; it is shown and listed with them, whatever its capitals."""
    made = MAKING[kind](house, "Bob", Path="/a/b/")
    unique = made[f"{kind}Id"]
    assert re.fullmatch(f"{PREFIXES[kind]}[A-Z2-7]{{17}}", unique)
    shown = {"Path": "/a/b/", f"{kind}Name": "Bob", f"{kind}Id": unique}
    shown |= {"Arn": arn_of(kind.lower(), "a/b/Bob"), "CreateDate": START}
    if kind == "Role":
        shown["AssumeRolePolicyDocument"] = TRUST
    assert made == shown
    if kind == "Role":
        shown["MaxSessionDuration"] = 3600
    details: dict[str, Any] = {"RoleLastUsed": {}} if kind == "Role" else {}
    assert house.call(f"iam:Get{kind}", **named(kind, "bOB"))[kind] == shown | details
    assert house.call(f"iam:List{kind}s") == {f"{kind}s": [shown], "IsTruncated": False}


@every_identity
def test_they_are_of_an_account_in_all_regions(house: House, kind: str) -> None:
    """One is found from every Region of its account, and from no other account."""
    MAKING[kind](house)
    assert house.call(f"iam:Get{kind}", caller(region=OTHER_REGION), **named(kind))[kind][f"{kind}Name"] == "bob"
    none = (MISSING, f"The {kind.lower()} with name bob cannot be found.")
    assert house.refusal(f"iam:Get{kind}", caller(OTHER_ACCOUNT), **named(kind)) == none
    assert house.call(f"iam:List{kind}s", caller(OTHER_ACCOUNT)) == {f"{kind}s": [], "IsTruncated": False}


@every_identity
def test_the_arn_is_of_the_partition(house: House, kind: str) -> None:
    """What is made in China has an ARN of that partition, wherever it is looked at from."""
    arn = f"arn:aws-cn:iam::{ACCOUNT}:{kind.lower()}/bob"
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    answer = house.call(f"iam:Create{kind}", caller(region="cn-northwest-1"), **named(kind), **given)
    assert answer[kind]["Arn"] == arn
    assert house.event()["awsRegion"] == "cn-north-1"
    assert house.call(f"iam:Get{kind}", **named(kind))[kind]["Arn"] == arn


@every_identity
@pytest.mark.parametrize("name", ["bob", "BOB"])
def test_a_name_is_given_once(house: House, kind: str, name: str) -> None:
    """Two do not have one name, nor names that differ in capitals only; a name is free when what had it is gone."""
    made = MAKING[kind](house)
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    taken = ("EntityAlreadyExists", f"{kind} with name {name} already exists.")
    assert house.refusal(f"iam:Create{kind}", **named(kind, name), **given) == taken
    house.call(f"iam:Delete{kind}", **named(kind, name))
    assert MAKING[kind](house, name)[f"{kind}Id"] != made[f"{kind}Id"]


ABOUT_ONE: dict[str, dict[str, Any]] = {
    "Get{}": {},
    "Delete{}": {},
    "Put{}Policy": {"PolicyName": "p", "PolicyDocument": ALLOW},
    "Get{}Policy": {"PolicyName": "p"},
    "List{}Policies": {},
    "Delete{}Policy": {"PolicyName": "p"},
    "Attach{}Policy": {"PolicyArn": ADMINISTRATOR},
    "Detach{}Policy": {"PolicyArn": ADMINISTRATOR},
    "ListAttached{}Policies": {},
}
ABOUT_AN_ENTITY: dict[str, dict[str, Any]] = {
    "Put{}PermissionsBoundary": {"PermissionsBoundary": ADMINISTRATOR},
    "Delete{}PermissionsBoundary": {},
    "Tag{}": {"Tags": [{"Key": "a", "Value": "b"}]},
    "Untag{}": {"TagKeys": ["a"]},
    "List{}Tags": {},
}


@every_identity
def test_one_that_is_not_there(house: House, kind: str) -> None:
    """Every operation on one says that there is none; only letters, digits and a few signs make a name."""
    asked = ABOUT_ONE if kind == "Group" else ABOUT_ONE | ABOUT_AN_ENTITY
    for name, members in asked.items():
        none = (MISSING, f"The {kind.lower()} with name bob cannot be found.")
        assert house.refusal(f"iam:{name.format(kind)}", **named(kind), **members) == none
        code, message = house.refusal(f"iam:{name.format(kind)}", **named(kind, "a b"), **members)
        assert code == "ValidationError"
        assert f"Value 'a b' at '{kind.lower()}Name' failed to satisfy constraint" in message


@every_identity
def test_the_life_of_an_inline_policy(house: House, kind: str) -> None:
    """A policy is put, shown as it was given, replaced, listed by name and deleted; then its identity can be, too."""
    MAKING[kind](house)
    text = ALLOW.replace(", ", ",\n\t")
    one = {**named(kind), "PolicyName": "p"}
    house.call(f"iam:Put{kind}Policy", PolicyDocument=ALLOW, **one)
    house.call(f"iam:Put{kind}Policy", PolicyDocument=text, **one)
    house.call(f"iam:Put{kind}Policy", **named(kind, "BOB"), PolicyName="P", PolicyDocument=ALLOW)
    assert house.call(f"iam:Get{kind}Policy", **one) == {**one, "PolicyDocument": text}
    listed = {"PolicyNames": ["P", "p"], "IsTruncated": False}
    assert house.call(f"iam:List{kind}Policies", **named(kind)) == listed
    conflict = (CONFLICT, "Cannot delete entity, must delete policies first.")
    assert house.refusal(f"iam:Delete{kind}", **named(kind)) == conflict
    for name in "pP":
        house.call(f"iam:Delete{kind}Policy", **named(kind), PolicyName=name)
        none = (MISSING, f"The {kind.lower()} policy with name {name} cannot be found.")
        for operation in ("Delete", "Get"):
            assert house.refusal(f"iam:{operation}{kind}Policy", **named(kind), PolicyName=name) == none
    house.call(f"iam:Delete{kind}", **named(kind))
    assert house.call(f"iam:List{kind}s")[f"{kind}s"] == []


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "Syntax errors in policy."),
        ("[]", "The policy must be a JSON object."),
        (ALLOW.replace("2012", "2013"), "The policy must contain a valid version string"),
        (statement(Effect="Maybe"), "Each statement must have an Effect of Allow or Deny."),
        (statement(Principal="*"), "Policy document should not specify a principal."),
        (statement(Action=None), "Policy statement must contain actions."),
        (statement(Action=[]), "Policy statement must contain actions."),
        (statement(Resource=None), "Policy statement must contain resources."),
        (statement(Resource=[]), "Policy statement must contain resources."),
        (statement(Resource="key"), 'Resource key must be in ARN format or "*".'),
        (statement(Resource=["*", "arn:aws:kms"]), 'Resource arn:aws:kms must be in ARN format or "*".'),
        (statement(Action="Encrypt"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (statement(Action="kms:"), "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."),
        (statement(Sid="one two"), NO_ID),
        (statement(2, Sid="one"), "Statement IDs (SID) in a single policy must be unique."),
        (statement(Condition={"StringSame": {"a:b": "c"}}), "Invalid Condition type : StringSame."),
    ],
)
def test_a_policy_that_is_none(house: House, text: str, message: str) -> None:
    """What is no policy of an identity is refused wherever one is given, and the one before it stays."""
    new_user(house)
    one = {"UserName": "bob", "PolicyName": "p"}
    house.call("iam:PutUserPolicy", PolicyDocument=ALLOW, **one)
    refused = (MALFORMED, message)
    assert house.refusal("iam:PutUserPolicy", PolicyDocument=text, **one) == refused
    assert house.call("iam:GetUserPolicy", **one)["PolicyDocument"] == ALLOW
    assert house.refusal("iam:CreatePolicy", PolicyName="p", PolicyDocument=text) == refused
    arn = new_policy(house)
    assert house.refusal("iam:CreatePolicyVersion", PolicyArn=arn, PolicyDocument=text) == refused


@pytest.mark.parametrize(
    "text",
    [
        statement(Action="*"),
        statement(2),
        statement(2, Sid=""),
        statement(Action=None, NotAction=["kms:*", "iam:*"]),
        statement(Resource=None, NotResource="arn:aws:kms:*:*:key/*"),
        statement(Resource=["arn:aws:kms:us-east-1:*:alias/a", "*"]),
        statement(Effect="Deny", Sid="no", Condition={"Bool": {"aws:SecureTransport": "false"}}),
    ],
)
def test_a_policy_that_is_one(house: House, text: str) -> None:
    """Every form of action and resource is taken."""
    new_user(house)
    house.call("iam:PutUserPolicy", UserName="bob", PolicyName="p", PolicyDocument=text)
    new_policy(house, PolicyDocument=text)


@every_identity
def test_how_long_inline_policies_may_be(house: House, kind: str) -> None:
    """All inline policies have a length that they may have together, white space aside."""
    MAKING[kind](house)
    half = statement(Sid="a" * (LONGEST[kind] // 2 - len("".join(statement(Sid="").split()))))
    for name in ("a", "b"):
        house.call(f"iam:Put{kind}Policy", **named(kind), PolicyName=name, PolicyDocument=half.replace(" ", "  "))
    too_long = (BEYOND, f"Maximum policy size of {LONGEST[kind]} bytes exceeded for {kind.lower()} bob")
    for name, text in (("b", half.replace("aaa", "aaaa", 1)), ("c", ALLOW)):
        assert house.refusal(f"iam:Put{kind}Policy", **named(kind), PolicyName=name, PolicyDocument=text) == too_long


@every_identity
def test_managed_policies_are_attached(house: House, kind: str) -> None:
    """A policy is attached once, listed, counted, and taken off again; meanwhile neither end of it can be deleted."""
    MAKING[kind](house)
    arn = new_policy(house, Path="/team/")
    for attached in (arn, arn, ADMINISTRATOR):
        house.call(f"iam:Attach{kind}Policy", **named(kind), PolicyArn=attached)
    own = {"PolicyName": "p", "PolicyArn": arn}
    listed = [own, {"PolicyName": "AdministratorAccess", "PolicyArn": ADMINISTRATOR}]
    answer = house.call(f"iam:ListAttached{kind}Policies", **named(kind))
    assert answer == {"AttachedPolicies": listed, "IsTruncated": False}
    below = house.call(f"iam:ListAttached{kind}Policies", **named(kind), PathPrefix="/team/")
    assert below["AttachedPolicies"] == [own]
    for each in (arn, ADMINISTRATOR):
        assert house.call("iam:GetPolicy", PolicyArn=each)["Policy"]["AttachmentCount"] == 1
    bound = (CONFLICT, "Cannot delete a policy attached to entities.")
    assert house.refusal("iam:DeletePolicy", PolicyArn=arn) == bound
    conflict = (CONFLICT, "Cannot delete entity, must detach all policies first.")
    assert house.refusal(f"iam:Delete{kind}", **named(kind)) == conflict
    for each in (arn, ADMINISTRATOR):
        house.call(f"iam:Detach{kind}Policy", **named(kind), PolicyArn=each)
        none = (MISSING, f"Policy {each} was not found.")
        assert house.refusal(f"iam:Detach{kind}Policy", **named(kind), PolicyArn=each) == none
    house.call("iam:DeletePolicy", PolicyArn=arn)
    house.call(f"iam:Delete{kind}", **named(kind))


@every_identity
def test_what_cannot_be_attached(house: House, kind: str) -> None:
    """An ARN of no policy, one of another account's, one that is none, and an eleventh policy are refused."""
    MAKING[kind](house)
    made = house.call("iam:CreatePolicy", caller(OTHER_ACCOUNT), PolicyName="p", PolicyDocument=ALLOW)
    foreign = made["Policy"]["Arn"]
    own = new_policy(house, Path="/x/")
    for arn in (arn_of("policy", "none"), foreign, "arn:aws:iam::aws:policy/None", own.replace("/x/", "/y/")):
        none = (MISSING, f"Policy {arn} does not exist or is not attachable.")
        assert house.refusal(f"iam:Attach{kind}Policy", **named(kind), PolicyArn=arn) == none
    for arn in (arn_of("user", "bob"), "arn:aws:iam::policy/AdministratorAccess"):
        invalid = ("InvalidInput", f"ARN {arn} is not valid.")
        for operation in ("Attach", "Detach"):
            assert house.refusal(f"iam:{operation}{kind}Policy", **named(kind), PolicyArn=arn) == invalid
    for number in range(10):
        arn = new_policy(house, f"policy-{number}")
        house.call(f"iam:Attach{kind}Policy", **named(kind), PolicyArn=arn)
    full = (BEYOND, f"Cannot exceed quota for PoliciesPer{kind}: 10")
    assert house.refusal(f"iam:Attach{kind}Policy", **named(kind), PolicyArn=ADMINISTRATOR) == full


@every_entity
def test_a_boundary_is_set_and_removed(house: House, kind: str) -> None:
    """A boundary is shown with what it bounds and counted with the policy, however it comes and goes."""
    arn, other = new_policy(house), new_policy(house, "other", PolicyDocument=OTHER)
    made = MAKING[kind](house, PermissionsBoundary=arn)
    assert made["PermissionsBoundary"] == {"PermissionsBoundaryType": "Policy", "PermissionsBoundaryArn": arn}

    def usage() -> list[int]:
        policies = [house.call("iam:GetPolicy", PolicyArn=each)["Policy"] for each in (arn, other)]
        return [policy["PermissionsBoundaryUsageCount"] for policy in policies]

    assert usage() == [1, 0]
    for _ in range(2):
        house.call(f"iam:Put{kind}PermissionsBoundary", **named(kind), PermissionsBoundary=other)
        assert usage() == [0, 1]
    shown = house.call(f"iam:Get{kind}", **named(kind))[kind]
    assert shown["PermissionsBoundary"]["PermissionsBoundaryArn"] == other
    assert "PermissionsBoundary" not in house.call(f"iam:List{kind}s")[f"{kind}s"][0]
    assert house.refusal("iam:DeletePolicy", PolicyArn=other)[0] == CONFLICT
    for _ in range(2):
        house.call(f"iam:Delete{kind}PermissionsBoundary", **named(kind))
        assert usage() == [0, 0]
    house.call(f"iam:Put{kind}PermissionsBoundary", **named(kind), PermissionsBoundary=arn)
    house.call(f"iam:Delete{kind}", **named(kind))
    assert usage() == [0, 0]


@every_entity
def test_a_boundary_that_is_none(house: House, kind: str) -> None:
    """A policy that is not there bounds nothing, neither a new one nor one that is there."""
    arn = arn_of("policy", "none")
    none = (MISSING, f"Scope ARN: {arn} does not exist or is not attachable.")
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    assert house.refusal(f"iam:Create{kind}", **named(kind), **given, PermissionsBoundary=arn) == none
    assert house.call(f"iam:List{kind}s")[f"{kind}s"] == []
    MAKING[kind](house)
    assert house.refusal(f"iam:Put{kind}PermissionsBoundary", **named(kind), PermissionsBoundary=arn) == none


def tags(*pairs: str) -> list[dict[str, str]]:
    """Tags, from `key=value`."""
    return [dict(zip(("Key", "Value"), pair.split("="), strict=True)) for pair in pairs]


@every_entity
def test_tags_come_and_go(house: House, kind: str) -> None:
    """Tags are given from the start or later, change their values, and are removed, in capitals or not."""
    made = MAKING[kind](house, Tags=tags("Team=blue größe", "empty="))
    assert made["Tags"] == tags("Team=blue größe", "empty=")
    house.call(f"iam:Tag{kind}", **named(kind), Tags=tags("TEAM=red", "b=2"))
    after = tags("empty=", "TEAM=red", "b=2")
    assert house.call(f"iam:List{kind}Tags", **named(kind)) == {"Tags": after, "IsTruncated": False}
    assert house.call(f"iam:Get{kind}", **named(kind))[kind]["Tags"] == after
    assert "Tags" not in house.call(f"iam:List{kind}s")[f"{kind}s"][0]
    first = house.call(f"iam:List{kind}Tags", **named(kind), MaxItems=2)
    assert first["Tags"] == after[:2]
    rest = house.call(f"iam:List{kind}Tags", **named(kind), Marker=first["Marker"])
    assert rest == {"Tags": after[2:], "IsTruncated": False}
    house.call(f"iam:Untag{kind}", **named(kind), TagKeys=["EMPTY", "b", "none"])
    assert house.call(f"iam:List{kind}Tags", **named(kind))["Tags"] == tags("TEAM=red")


@every_entity
@pytest.mark.parametrize(
    ("keys", "message"),
    [
        (["aws:a"], "Tag keys that begin with aws: are reserved."),
        (["AWS:a"], "Tag keys that begin with aws: are reserved."),
        (["a", "b", "A"], "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
        (["a", "a"], "Duplicate tag keys found. Please note that Tag keys are case insensitive."),
    ],
)
def test_tags_that_may_not_be(house: House, kind: str, keys: list[str], message: str) -> None:
    """A reserved key and one given twice are refused, at once and later."""
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    pairs = [{"Key": key, "Value": ""} for key in keys]
    refused = ("InvalidInput", message)
    assert house.refusal(f"iam:Create{kind}", **named(kind), **given, Tags=pairs) == refused
    MAKING[kind](house)
    assert house.refusal(f"iam:Tag{kind}", **named(kind), Tags=pairs) == refused


@every_entity
def test_there_are_fifty_tags_at_most(house: House, kind: str) -> None:
    """A fifty-first tag is refused; another value for one of the fifty is not."""
    MAKING[kind](house, Tags=tags(*(f"tag {number}=" for number in range(50))))
    beyond = (BEYOND, f"Cannot exceed quota for TagsPer{kind}: 50")
    assert house.refusal(f"iam:Tag{kind}", **named(kind), Tags=tags("one=more")) == beyond
    house.call(f"iam:Tag{kind}", **named(kind), Tags=tags("TAG 7=seven"))
    assert len(house.call(f"iam:List{kind}Tags", **named(kind))["Tags"]) == 50


@every_identity
def test_paging_through_all(house: House, kind: str) -> None:
    """They come in pages of as many as asked for, 100 without a number, each once; a path filters what is listed."""
    made = {f"name-{number}" for number in range(130)}
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    house.group(*((f"iam:Create{kind}", {**named(kind, name), "Path": "/x/", **given}) for name in sorted(made)))
    MAKING[kind](house, "other", Path="/y/")
    first = house.call(f"iam:List{kind}s", PathPrefix="/x/")
    assert first["IsTruncated"]
    marker = first["Marker"]
    second = house.call(f"iam:List{kind}s", PathPrefix="/x/", Marker=marker)
    assert (second["IsTruncated"], "Marker" in second) == (False, False)
    names = [each[f"{kind}Name"] for each in (*first[f"{kind}s"], *second[f"{kind}s"])]
    assert (len(names), set(names)) == (130, made)
    [other] = house.call(f"iam:List{kind}s", PathPrefix="/y", MaxItems=1000)[f"{kind}s"]
    assert other[f"{kind}Name"] == "other"
    for members in ({"Marker": "nonsense"}, {"Marker": marker}, {"Marker": marker, "PathPrefix": "/y/"}):
        assert house.refusal(f"iam:List{kind}s", **members) == ("ValidationError", "Invalid Marker.")
    elsewhere = caller(region=OTHER_REGION)
    assert house.call(f"iam:List{kind}s", elsewhere, PathPrefix="/x/", Marker=marker) == second


@every_identity
def test_paging_through_policies(house: House, kind: str) -> None:
    """Names of policies come in order, and a marker is of one identity's."""
    short = '{"Statement":{"Effect":"Allow","Action":"*","Resource":"*"}}'
    for one in ("bob", "eve"):
        MAKING[kind](house, one)
        for name in "cab":
            house.call(f"iam:Put{kind}Policy", **named(kind, one), PolicyName=name, PolicyDocument=short)
    first = house.call(f"iam:List{kind}Policies", **named(kind), MaxItems=2)
    assert (first["PolicyNames"], first["IsTruncated"]) == (["a", "b"], True)
    marker = first["Marker"]
    assert house.call(f"iam:List{kind}Policies", **named(kind), Marker=marker)["PolicyNames"] == ["c"]
    assert house.refusal(f"iam:List{kind}Policies", **named(kind, "eve"), Marker=marker)[0] == "ValidationError"


@every_identity
def test_the_vault_has_room_for_so_many(house: House, kind: str) -> None:
    """An account has as many as IAM's quota allows, as its counter says, and another account its own."""
    quota = {"User": 5000, "Role": 1000, "Group": 300}[kind]
    transaction = house.transaction()
    transaction.count(ACCOUNT, f"{kind.lower()}s", quota - 1)
    house.commit(transaction)
    MAKING[kind](house)
    given = {"AssumeRolePolicyDocument": TRUST} if kind == "Role" else {}
    full = (BEYOND, f"Cannot exceed quota for {kind}sPerAccount: {quota}")
    assert house.refusal(f"iam:Create{kind}", **named(kind, "eve"), **given) == full
    house.call(f"iam:Create{kind}", caller(OTHER_ACCOUNT), **named(kind), **given)


def test_a_check_of_the_vault_knows_them_all(house: House) -> None:
    """A vault with identities is sound; a counter that says otherwise, and a row that is gone, are named."""
    arn = new_policy(house)
    for kind in ENTITIES:
        MAKING[kind](house, PermissionsBoundary=arn)
        house.call(f"iam:Attach{kind}Policy", **named(kind), PolicyArn=ADMINISTRATOR)
    MAKING["Group"](house, "staff")
    new_user(house, "eve")
    house.call("iam:AddUserToGroup", GroupName="staff", UserName="bob")
    house.call("iam:AddUserToGroup", GroupName="staff", UserName="eve")
    key = house.call("iam:CreateAccessKey", UserName="bob")["AccessKey"]["AccessKeyId"]
    house.call("iam:RemoveUserFromGroup", GroupName="staff", UserName="eve")
    house.call("iam:DeleteUser", UserName="eve")
    found = inspect(house.engine.vault)
    assert found.faults == []
    counted = {name: found.counts[name] for name in ("user", "role", "group", "membership", "managed policy")}
    assert counted == dict.fromkeys(counted, 1)
    assert (found.counts["access key"], found.counts["policy uses"]) == (1, 2)
    transaction = house.transaction()
    transaction.count(ACCOUNT, "users", 1)
    house.commit(transaction)
    [fault] = inspect(house.engine.vault).faults
    assert fault.name == f"of users in {ACCOUNT}"
    house.tamper("DELETE FROM rows WHERE kind IN (51, 52, 53)")
    names = {(fault.kind, fault.name) for fault in inspect(house.engine.vault).faults}
    membership = ("membership", f"of {arn_of('user', 'bob')} in staff")
    assert {membership, ("managed policy", arn), ("access key", key)} <= names
