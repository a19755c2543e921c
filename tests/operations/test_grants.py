"""CreateGrant: whom a grant may be for, what it may allow, and when two calls make one."""

import re
from typing import Any

import pytest

from kmscli.keys.grants import GRANT_COUNT, QUOTA
from kmscli.operations.grant_members import GRANT_OPERATIONS
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, House, arn, caller

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
BOB = f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/Bob"
SERVICE = "dynamodb.us-east-1.amazonaws.com"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
INVALID = "ValidationException"


def asked(key: str, **members: Any) -> dict[str, Any]:
    """A request for a grant to Alice."""
    return {"KeyId": key, "GranteePrincipal": ALICE, "Operations": ["Encrypt", "Decrypt"], **members}


def made(house: House, key: str, **members: Any) -> str:
    """The id of a new grant to Alice."""
    return str(house.call("CreateGrant", **asked(key, **members))["GrantId"])


def listed(house: House, key: str) -> list[dict[str, Any]]:
    """A key's grants."""
    return list(house.call("ListGrants", KeyId=key)["Grants"])


def test_a_grant_is_answered_by_an_id_and_a_token(house: House) -> None:
    """A grant has an id of 64 hex digits, and a token that is no longer than the model lets it be."""
    answer = house.call("CreateGrant", **asked(house.new_key()))
    assert list(answer) == ["GrantToken", "GrantId"]
    assert re.fullmatch("[0-9a-f]{64}", answer["GrantId"])
    assert re.fullmatch("[A-Za-z0-9+/]+=*", answer["GrantToken"])
    assert len(answer["GrantToken"]) <= 8192


def test_a_grant_shows_what_was_asked_for(house: House) -> None:
    """A list shows each member that was given, the key by its ARN, and the account that made the grant."""
    key = house.new_key()
    constraints = {"EncryptionContextSubset": {"Team": "billing"}, "EncryptionContextEquals": {}, "SourceArn": TABLE}
    given = {"RetiringPrincipal": BOB, "Name": "app:1/a_b-c", "Constraints": constraints}
    grant_id = made(house, arn(key), **given)
    assert listed(house, key) == [
        {
            "KeyId": arn(key),
            "GrantId": grant_id,
            "Name": "app:1/a_b-c",
            "CreationDate": house.now,
            "GranteePrincipal": ALICE,
            "RetiringPrincipal": BOB,
            "IssuingAccount": f"arn:aws:iam::{ACCOUNT}:root",
            "Operations": ["Encrypt", "Decrypt"],
            "Constraints": constraints,
        }
    ]


def test_a_grant_to_a_service(house: House) -> None:
    """A grant to a service shows the services, and no principal."""
    key = house.new_key()
    services = {"GranteeServicePrincipal": SERVICE, "RetiringServicePrincipal": SERVICE}
    made(house, key, GranteePrincipal=None, Constraints={"SourceArn": TABLE}, **services)
    [grant] = listed(house, key)
    assert {name: value for name, value in grant.items() if name.endswith("Principal")} == services
    assert grant["Name"] == ""


def test_an_operation_that_is_named_twice(house: House) -> None:
    """An operation is listed once, where it was named first."""
    key = house.new_key()
    made(house, key, Operations=["Decrypt", "Encrypt", "Decrypt"])
    assert listed(house, key)[0]["Operations"] == ["Decrypt", "Encrypt"]
    assert "Constraints" not in listed(house, key)[0]


ONE_GRANTEE = "You must specify either GranteePrincipal or GranteeServicePrincipal."
FOR_A_SERVICE = (
    "A grant to a service must have a SourceArn constraint, and a RetiringPrincipal or RetiringServicePrincipal."
)
TO_SERVICE: dict[str, Any] = {"GranteePrincipal": None, "GranteeServicePrincipal": SERVICE}
RULES: list[tuple[dict[str, Any], str]] = [
    ({"GranteePrincipal": None}, ONE_GRANTEE),
    ({"GranteeServicePrincipal": SERVICE}, ONE_GRANTEE),
    (
        {"RetiringPrincipal": BOB, "RetiringServicePrincipal": SERVICE},
        "You can specify RetiringPrincipal or RetiringServicePrincipal, but not both.",
    ),
    (TO_SERVICE, FOR_A_SERVICE),
    ({**TO_SERVICE, "RetiringPrincipal": BOB}, FOR_A_SERVICE),
    ({**TO_SERVICE, "Constraints": {"SourceArn": TABLE}}, FOR_A_SERVICE),
    (
        {**TO_SERVICE, "RetiringPrincipal": BOB, "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
        FOR_A_SERVICE,
    ),
    ({"Operations": []}, "Operations must name at least one operation."),
]


@pytest.mark.parametrize(("members", "message"), RULES)
def test_members_that_do_not_go_together(house: House, members: dict[str, Any], message: str) -> None:
    """There is one grantee, at most one to retire the grant, and a grant to a service has all that it needs."""
    key = house.new_key()
    assert house.refusal("CreateGrant", **asked(key, **members)) == (INVALID, message)
    assert listed(house, key) == []


@pytest.mark.parametrize("constraint", ["EncryptionContextEquals", "EncryptionContextSubset"])
@pytest.mark.parametrize(
    ("pairs", "allowed"),
    [
        ({}, True),
        ({str(number): "x" * 48 for number in range(8)}, True),
        ({str(number): "x" for number in range(9)}, False),
        ({"a": "x" * 384}, True),
        ({"a": "x" * 384, "b": ""}, True),
        ({"a": "x" * 384, "b": "x"}, False),
        ({"x" * 8192: "ä" * 384}, True),
    ],
)
def test_the_size_of_a_constraint(house: House, constraint: str, pairs: dict[str, str], allowed: bool) -> None:
    """A constraint has up to eight pairs, and values of up to 384 characters in all."""
    result = house.result("CreateGrant", **asked(house.new_key(), Constraints={constraint: pairs}))
    assert isinstance(result, dict) is allowed
    assert allowed or (isinstance(result, tuple) and result[0] == INVALID)


PRINCIPALS = {
    f"arn:aws:iam::{ACCOUNT}:root": True,
    f"arn:aws:iam::{OTHER_ACCOUNT}:root": True,
    f"arn:aws:iam::{ACCOUNT}:user/Alice": True,
    f"arn:aws:iam::{ACCOUNT}:user/a/path/Alice": True,
    f"arn:aws:iam::{ACCOUNT}:role/team/Deploy+=,.@-_9": True,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/session": True,
    f"arn:aws:sts::{ACCOUNT}:federated-user/Carol": True,
    ACCOUNT: False,
    "Alice": False,
    "arn:aws:iam::1111:root": False,
    "arn:aws:iam:::root": False,
    f"arn:aws-cn:iam::{ACCOUNT}:root": False,
    f"arn:aws:iam:us-east-1:{ACCOUNT}:root": False,
    f"arn:aws:iam::{ACCOUNT}:group/Everyone": False,
    f"arn:aws:iam::{ACCOUNT}:user/": False,
    f"arn:aws:iam::{ACCOUNT}:user": False,
    f"arn:aws:iam::{ACCOUNT}:rootuser": False,
    f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy": False,
    f"arn:aws:kms:us-east-1:{ACCOUNT}:key/Alice": False,
    SERVICE: False,
}
"""The reference's 7.2."""


@pytest.mark.parametrize("member", ["GranteePrincipal", "RetiringPrincipal"])
@pytest.mark.parametrize("principal", PRINCIPALS)
def test_who_may_be_a_principal(house: House, member: str, principal: str) -> None:
    """Accounts, users, roles, sessions and federated users are principals, by their ARNs."""
    result = house.result("CreateGrant", **asked(house.new_key(), **{member: principal}))
    if PRINCIPALS[principal]:
        assert isinstance(result, dict)
    else:
        assert result == ("InvalidArnException", f"ARN does not refer to a valid principal: {principal}")


def test_the_partition_of_a_principal(house: House) -> None:
    """In China a principal is one of China's partition."""
    them = caller(region="cn-north-1")
    key = house.new_key(them)
    house.call("CreateGrant", them, **asked(key, GranteePrincipal=ALICE.replace("arn:aws:", "arn:aws-cn:")))
    assert house.refusal("CreateGrant", them, **asked(key))[0] == "InvalidArnException"


ALWAYS = {"CreateGrant", "RetireGrant", "DescribeKey"}
REENCRYPTING = {"Encrypt", "Decrypt", "ReEncryptFrom", "ReEncryptTo"}
MAKING = {"GenerateDataKey", "GenerateDataKeyPair"}
FITTING = {
    ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"): REENCRYPTING | MAKING | {f"{name}WithoutPlaintext" for name in MAKING},
    ("RSA_2048", "ENCRYPT_DECRYPT"): REENCRYPTING | {"GetPublicKey"},
    ("SM2", "ENCRYPT_DECRYPT"): REENCRYPTING | {"GetPublicKey"},
    ("RSA_4096", "SIGN_VERIFY"): {"Sign", "Verify", "GetPublicKey"},
    ("ECC_NIST_P256", "SIGN_VERIFY"): {"Sign", "Verify", "GetPublicKey"},
    ("ML_DSA_65", "SIGN_VERIFY"): {"Sign", "Verify", "GetPublicKey"},
    ("ECC_NIST_P384", "KEY_AGREEMENT"): {"DeriveSharedSecret", "GetPublicKey"},
    ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE"): {"Encapsulate", "Decapsulate", "GetPublicKey"},
    ("HMAC_256", "GENERATE_VERIFY_MAC"): {"GenerateMac", "VerifyMac"},
}
"""The reference's 7.1, besides what every key allows."""


@pytest.mark.parametrize(("spec", "usage"), FITTING)
def test_the_operations_that_fit_a_key(house: House, spec: str, usage: str) -> None:
    """A grant allows the operations of the key's kind, alone and together, and no other."""
    key = house.new_key()
    house.change_key(key, spec=spec, usage=usage)
    fitting = FITTING[spec, usage] | ALWAYS
    made(house, key, Operations=sorted(fitting))
    for operation in GRANT_OPERATIONS:
        result = house.result("CreateGrant", **asked(key, Operations=["DescribeKey", operation]))
        assert isinstance(result, dict) is (operation in fitting)
        assert operation in fitting or (isinstance(result, tuple) and result[0] == INVALID)


def test_a_context_constraint_needs_a_symmetric_key(house: House) -> None:
    """Only a symmetric encryption key has an encryption context to constrain; a source ARN fits any key."""
    key = house.new_key()
    house.change_key(key, spec="HMAC_256", usage="GENERATE_VERIFY_MAC")
    for name in ("EncryptionContextEquals", "EncryptionContextSubset"):
        given = asked(key, Operations=["GenerateMac"], Constraints={name: {"a": "b"}})
        assert house.refusal("CreateGrant", **given)[0] == INVALID
    made(house, key, Operations=["GenerateMac"], Constraints={"SourceArn": TABLE})


OK = ("", "")
STATES = {
    "Enabled": OK,
    "Disabled": ("DisabledException", "{arn} is disabled."),
    "PendingDeletion": ("KMSInvalidStateException", "{arn} is pending deletion."),
    "PendingReplicaDeletion": ("KMSInvalidStateException", "{arn} is pending replica deletion."),
    "PendingImport": ("KMSInvalidStateException", "{arn} is pending import."),
    "Unavailable": OK,
    "Creating": ("KMSInvalidStateException", "{arn} is creating."),
    "Updating": OK,
}
"""CreateGrant's row of the reference's 3.3; the other operations on grants go on in every state."""


@pytest.mark.parametrize("state", STATES)
def test_a_state_allows_or_refuses(house: House, state: str) -> None:
    """A grant is made in the states that the reference's table says, and listed, retired and revoked in all."""
    key = house.new_key()
    first, second = made(house, key, RetiringPrincipal=ALICE), made(house, key)
    house.change_key(key, state=state)
    code, message = STATES[state]
    result = house.result("CreateGrant", **asked(key))
    assert isinstance(result, dict) if STATES[state] == OK else result == (code, message.format(arn=arn(key)))
    assert {first, second} <= {grant["GrantId"] for grant in listed(house, key)}
    assert len(house.call("ListRetirableGrants", RetiringPrincipal=ALICE)["Grants"]) == 1
    house.call("RetireGrant", KeyId=key, GrantId=first)
    house.call("RevokeGrant", KeyId=key, GrantId=second)


OTHERWISE: dict[str, dict[str, Any]] = {
    "grantee": {"GranteePrincipal": BOB},
    "retiring principal": {"RetiringPrincipal": None},
    "operations": {"Operations": ["Encrypt"]},
    "context": {"Constraints": {"EncryptionContextSubset": {"a": "b", "c": "D"}}},
    "kind of constraint": {"Constraints": {"EncryptionContextEquals": {"a": "b", "c": "d"}}},
    "constraints": {"Constraints": None},
    "name": {"Name": "other"},
    "no name": {"Name": None},
}


def named(key: str) -> dict[str, Any]:
    """A request with a name."""
    return asked(key, Name="app", RetiringPrincipal=BOB, Constraints={"EncryptionContextSubset": {"a": "b", "c": "d"}})


def test_a_name_makes_one_grant_of_two_calls(house: House) -> None:
    """The same call with the same name, its members in any order, gives the same id with another token."""
    key = house.new_key()
    first = house.call("CreateGrant", **named(key))
    house.later(hours=1)
    again = named(arn(key)) | {
        "Operations": ["Decrypt", "Encrypt", "Decrypt"],
        "Constraints": {"EncryptionContextSubset": {"c": "d", "a": "b"}},
    }
    second = house.call("CreateGrant", **again)
    assert first["GrantId"] == second["GrantId"]
    assert first["GrantToken"] != second["GrantToken"]
    [grant] = listed(house, key)
    assert grant["CreationDate"] == house.now - 3600
    house.call("RetireGrant", GrantToken=second["GrantToken"])
    assert listed(house, key) == []


@pytest.mark.parametrize("difference", OTHERWISE)
def test_a_name_with_other_parameters(house: House, difference: str) -> None:
    """A call that asks for anything else makes another grant, under the same name or not."""
    key = house.new_key()
    first = house.call("CreateGrant", **named(key))["GrantId"]
    second = house.call("CreateGrant", **(named(key) | OTHERWISE[difference]))["GrantId"]
    assert {first, second} == {grant["GrantId"] for grant in listed(house, key)}
    assert first != second


def test_a_name_is_one_keys(house: House) -> None:
    """The same name on another key, or in another Region or account, is another grant."""
    ids = [made(house, house.new_key(), Name="app") for _ in range(2)]
    others = (caller(region=OTHER_REGION), caller(OTHER_ACCOUNT))
    answers = [house.call("CreateGrant", them, **asked(house.new_key(them), Name="app")) for them in others]
    ids += [answer["GrantId"] for answer in answers]
    assert len(set(ids)) == 4


def test_a_name_is_free_again(house: House) -> None:
    """Once a grant is retired or revoked, the same call makes a new one."""
    key = house.new_key()
    first = house.call("CreateGrant", **named(key))["GrantId"]
    house.call("RevokeGrant", KeyId=key, GrantId=first)
    second = house.call("CreateGrant", **named(key))["GrantId"]
    house.call("RetireGrant", KeyId=key, GrantId=second)
    third = house.call("CreateGrant", **named(key))["GrantId"]
    assert len({first, second, third}) == 3
    assert [grant["GrantId"] for grant in listed(house, key)] == [third]


def test_without_a_name_each_call_makes_a_grant(house: House) -> None:
    """The same call twice makes two grants."""
    key = house.new_key()
    assert {made(house, key), made(house, key)} == {grant["GrantId"] for grant in listed(house, key)}


def test_the_quota_of_grants(house: House) -> None:
    """A key has up to 50,000 grants; one that ends makes room, and one that is there already needs none."""
    key = house.new_key()
    first = made(house, key, Name="app")
    transaction = house.transaction()
    transaction.put(GRANT_COUNT, f"{ACCOUNT} us-east-1", key, QUOTA - 1)
    house.commit(transaction)
    made(house, key)
    assert house.refusal("CreateGrant", **asked(key))[0] == "LimitExceededException"
    assert made(house, key, Name="app") == first
    house.call("RevokeGrant", KeyId=key, GrantId=first)
    made(house, key)
    assert house.refusal("CreateGrant", **asked(key))[0] == "LimitExceededException"


@pytest.mark.parametrize(
    ("key", "code"),
    [
        ("alias/app", "NotFoundException"),
        (f"arn:aws:kms:us-east-1:{ACCOUNT}:alias/app", "InvalidArnException"),
        ("12345678-90ab-cdef-1234-567890abcdef", "NotFoundException"),
        (f"arn:aws:kms:us-east-1:{OTHER_ACCOUNT}:key/12345678-90ab-cdef-1234-567890abcdef", "AccessDeniedException"),
    ],
)
@pytest.mark.parametrize("name", ["CreateGrant", "ListGrants", "RevokeGrant", "RetireGrant"])
def test_how_a_key_is_named(house: House, name: str, key: str, code: str) -> None:
    """The operations on grants take a key's id or ARN, and no alias."""
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=house.new_key())
    members = {"CreateGrant": asked(key), "ListGrants": {"KeyId": key}}.get(name, {"KeyId": key, "GrantId": "0" * 64})
    assert house.refusal(name, **members)[0] == code


def test_a_dry_run_makes_no_grant(house: House) -> None:
    """A dry run of CreateGrant changes nothing, and says what would be refused."""
    key = house.new_key()
    assert house.refusal("CreateGrant", **asked(key, DryRun=True))[0] == "DryRunOperationException"
    assert listed(house, key) == []
    assert house.refusal("CreateGrant", **asked(key, DryRun=True, Operations=["Sign"]))[0] == INVALID
