"""Who may use a key, decided on the road of each call: key policies, their conditions, and what is hidden."""

import json
from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.keys.grants import GRANTEE
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, House, alias_arn, arn

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
BOB = f"arn:aws:iam::{ACCOUNT}:user/Bob"
EVE = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Eve"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/one"
DENIED = "AccessDeniedException"
DELEGATES = {"Sid": "account", "Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*", "Resource": "*"}


def by(who: str, region: str = REGION) -> Caller:
    """A principal."""
    return Caller(who.split(":")[4], region, arn=who, agent="kmscli/test", door="test", uid=1000, user="alice")


def through(service: str, who: str = ALICE) -> Caller:
    """A principal who calls through a service."""
    return by(who).through(service)


def statement(who: str = ALICE, effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """A statement about a principal."""
    return {"Effect": effect, "Principal": {"AWS": who}, "Action": "kms:*", "Resource": "*", **elements}


def policy(*statements: dict[str, Any]) -> str:
    """A key policy that delegates to the account, and says more."""
    return json.dumps({"Version": "2012-10-17", "Statement": [DELEGATES, *statements]})


def told(who: str, action: str, resource: str, why: str) -> tuple[str, str]:
    """How somebody is refused."""
    return DENIED, f"User: {who} is not authorized to perform: kms:{action} on resource: {resource} {why}"


def none_allows(kind: str, action: str) -> str:
    """The end of a refusal where a kind of policy says nothing."""
    return f"because no {kind} policy allows the kms:{action} action"


def encrypts(house: House, who: str, key: str) -> bool:
    """Whether somebody may encrypt under a key."""
    return house.result_by(by(who), "Encrypt", KeyId=arn(key), Plaintext=b"x")[0] != DENIED


WHO: dict[str, tuple[str, list[dict[str, Any]], bool]] = {
    "root, by delegation": (ROOT, [], True),
    "a user, by delegation alone": (ALICE, [], False),
    "a user who is named": (ALICE, [statement()], True),
    "another user than is named": (BOB, [statement()], False),
    "a user, where everybody may": (BOB, [statement("*")], True),
    "a user who may do something else": (ALICE, [statement(Action="kms:Decrypt")], False),
    "a user who may do things like this": (ALICE, [statement(Action="kms:Enc*")], True),
    "a user who is denied as well": (ALICE, [statement(), statement(effect="Deny", Action="kms:Encrypt")], False),
    "root, who is denied": (ROOT, [statement("*", "Deny", Action="kms:Encrypt")], False),
    "a user of a statement about another key": (ALICE, [statement(Resource=arn("0" * 8))], False),
    "a session of a role that is named": (SESSION, [statement(ROLE)], True),
    "a session that is named": (SESSION, [statement(SESSION)], True),
    "a session of another role": (SESSION.replace("Deploy", "Other"), [statement(ROLE)], False),
    "a foreigner who is named": (EVE, [statement(EVE)], False),
}


@pytest.mark.parametrize("case", WHO)
def test_who_may_encrypt(house: House, case: str) -> None:
    """A key policy decides who may use the key; without policies of their own, foreigners never do."""
    who, statements, allowed = WHO[case]
    key = house.new_key(Policy=policy(*statements))
    assert encrypts(house, who, key) == allowed


def test_what_the_refused_are_told(house: House) -> None:
    """A refusal names the kind of policy that is missing, or denies; to foreigners it hides what there is."""
    key = house.new_key(Policy=policy(statement(BOB, "Deny")))
    silent = house.new_key(Policy=policy().replace("kms:*", "kms:*KeyPolicy"))

    def refusal(who: str, key: str) -> tuple[str, str]:
        return house.refusal("Encrypt", by(who), KeyId=arn(key), Plaintext=b"x")

    assert refusal(ALICE, key) == told(ALICE, "Encrypt", arn(key), none_allows("identity-based", "Encrypt"))
    assert refusal(BOB, key) == told(BOB, "Encrypt", arn(key), "with an explicit deny in a resource-based policy")
    assert refusal(ROOT, silent) == told(ROOT, "Encrypt", arn(silent), none_allows("resource-based", "Encrypt"))
    hidden = (
        "because the resource does not exist in this Region, no resource-based policies allow access, or a "
        "resource-based policy explicitly denies access"
    )
    assert refusal(EVE, key) == told(EVE, "Encrypt", arn(key), hidden)
    refused = house.refusal("ListKeys", by(ALICE))
    assert refused == told(ALICE, "ListKeys", "*", none_allows("identity-based", "ListKeys"))


def test_a_refusal_is_in_the_trail(house: House) -> None:
    """A denied call leaves an event that names who called, what was refused and why."""
    key = house.new_key()
    _, message = house.refusal("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")
    event = house.event()
    assert (event["errorCode"], event["errorMessage"]) == ("AccessDenied", message)
    assert event["userIdentity"]["arn"] == ALICE
    assert [one["ARN"] for one in event["resources"]] == [arn(key)]


def test_an_alias_needs_both_of_its_permissions(house: House) -> None:
    """CreateAlias asks for the alias, which only policies of the caller's own give, and for the key."""
    key = house.new_key(Policy=policy(statement()))
    refused = house.refusal("CreateAlias", by(ALICE), AliasName="alias/app", TargetKeyId=key)
    why = none_allows("identity-based", "CreateAlias")
    assert refused == told(ALICE, "CreateAlias", alias_arn("alias/app"), why)
    denied = house.new_key(Policy=policy(statement(ROOT, "Deny", Action="kms:CreateAlias")))
    refused = house.refusal("CreateAlias", AliasName="alias/app", TargetKeyId=denied)
    assert refused == told(ROOT, "CreateAlias", arn(denied), "with an explicit deny in a resource-based policy")


def test_re_encrypt_needs_a_permission_on_each_key(house: House) -> None:
    """ReEncryptFrom on the one key and ReEncryptTo on the other."""
    source = house.new_key(Policy=policy(statement(Action=["kms:ReEncryptFrom", "kms:Encrypt"])))
    destination = house.new_key(Policy=policy(statement(Action="kms:ReEncryptTo")))
    blob = house.encrypted(source)
    given = {"CiphertextBlob": blob, "SourceKeyId": source}
    assert house.call("ReEncrypt", by(ALICE), **given, DestinationKeyId=destination)["KeyId"] == arn(destination)
    refused = house.refusal("ReEncrypt", by(ALICE), **given, DestinationKeyId=source)
    assert refused == told(ALICE, "ReEncryptTo", arn(source), none_allows("identity-based", "ReEncryptTo"))
    back = {"SourceKeyId": destination, "DestinationKeyId": destination}
    refused = house.refusal("ReEncrypt", by(ALICE), CiphertextBlob=house.encrypted(destination), **back)
    why = none_allows("identity-based", "ReEncryptFrom")
    assert refused == told(ALICE, "ReEncryptFrom", arn(destination), why)


def when(condition: str, value: Any, operator: str = "StringEquals") -> dict[str, Any]:
    """A condition on a key."""
    return {"Condition": {operator: {condition: value}}}


SYMMETRIC = {"Plaintext": b"x"}
CONTEXT = {**SYMMETRIC, "EncryptionContext": {"App": "shop", "stage": "test"}}
CONDITIONS: list[tuple[str, dict[str, Any], dict[str, Any], bool]] = [
    ("Encrypt", SYMMETRIC, when("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"), True),
    ("Encrypt", SYMMETRIC, when("kms:EncryptionAlgorithm", "RSAES_OAEP_SHA_1"), False),
    ("Encrypt", CONTEXT, when("kms:EncryptionContext:App", "shop"), True),
    ("Encrypt", CONTEXT, when("kms:encryptioncontext:aPP", "shop"), True),
    ("Encrypt", CONTEXT, when("kms:EncryptionContext:App", "Shop"), False),
    ("Encrypt", SYMMETRIC, when("kms:EncryptionContext:App", "shop"), False),
    ("Encrypt", CONTEXT, when("kms:EncryptionContextKeys", ["App", "stage"], "ForAllValues:StringEquals"), True),
    ("Encrypt", CONTEXT, when("kms:EncryptionContextKeys", "App", "ForAllValues:StringEquals"), False),
    ("Encrypt", CONTEXT, when("kms:EncryptionContextKeys", "App", "ForAnyValue:StringEquals"), True),
    ("Encrypt", SYMMETRIC, when("kms:EncryptionContextKeys", "true", "Null"), True),
    ("Encrypt", CONTEXT, when("kms:EncryptionContextKeys", "true", "Null"), False),
    ("Encrypt", SYMMETRIC, when("kms:CallerAccount", ACCOUNT), True),
    ("Encrypt", SYMMETRIC, when("kms:CallerAccount", OTHER_ACCOUNT), False),
    ("Encrypt", SYMMETRIC, when("kms:KeySpec", "SYMMETRIC_DEFAULT"), True),
    ("Encrypt", SYMMETRIC, when("kms:KeyUsage", "SIGN_VERIFY"), False),
    ("Encrypt", SYMMETRIC, when("kms:KeyOrigin", "AWS_KMS"), True),
    ("Encrypt", SYMMETRIC, when("kms:MultiRegion", "false", "Bool"), True),
    ("Encrypt", SYMMETRIC, when("kms:MultiRegionKeyType", "true", "Null"), True),
    ("Encrypt", SYMMETRIC, when("kms:ViaService", "true", "Null"), True),
    ("Encrypt", SYMMETRIC, when("kms:ViaService", f"s3.{REGION}.amazonaws.com"), False),
    ("Encrypt", SYMMETRIC, when("aws:ResourceTag/team", "blue"), True),
    ("Encrypt", SYMMETRIC, when("aws:ResourceTag/team", "red"), False),
    ("Encrypt", SYMMETRIC, when("aws:PrincipalArn", f"arn:aws:iam::{ACCOUNT}:user/*", "ArnLike"), True),
    ("Encrypt", SYMMETRIC, when("aws:PrincipalType", "User"), True),
    ("Encrypt", SYMMETRIC, when("aws:username", "Alice"), True),
    ("Encrypt", SYMMETRIC, when("aws:SourceIp", "127.0.0.0/8", "IpAddress"), True),
    ("Encrypt", SYMMETRIC, when("aws:SourceIp", "10.0.0.0/8", "IpAddress"), False),
    ("Encrypt", SYMMETRIC, when("aws:RequestedRegion", REGION), True),
    ("Encrypt", SYMMETRIC, when("aws:CurrentTime", "2026-01-06T00:00:00Z", "DateLessThan"), True),
    ("Encrypt", SYMMETRIC, when("aws:EpochTime", "1", "NumericLessThan"), False),
    ("Encrypt", SYMMETRIC, when("aws:SecureTransport", "false", "Bool"), False),
    ("Encrypt", SYMMETRIC, when("aws:MultiFactorAuthPresent", "true", "Bool"), False),
    ("GenerateDataKey", {"KeySpec": "AES_256"}, when("kms:EncryptionAlgorithm", "SYMMETRIC_DEFAULT"), True),
    ("GenerateDataKeyPair", {"KeyPairSpec": "ECC_NIST_P256"}, when("kms:DataKeyPairSpec", "ECC_NIST_P256"), True),
    (
        "GenerateDataKeyPair",
        {"KeyPairSpec": "ECC_NIST_P256"},
        when("kms:DataKeyPairSpec", "RSA_*", "StringLike"),
        False,
    ),
    ("GetKeyPolicy", {}, when("kms:PolicyName", "default"), True),
    ("EnableKeyRotation", {}, when("kms:RotationPeriodInDays", "365", "NumericEquals"), True),
    (
        "EnableKeyRotation",
        {"RotationPeriodInDays": 90},
        when("kms:RotationPeriodInDays", "365", "NumericEquals"),
        False,
    ),
    (
        "ScheduleKeyDeletion",
        {"PendingWindowInDays": 7},
        when("kms:ScheduleKeyDeletionPendingWindowInDays", "30", "NumericGreaterThanEquals"),
        False,
    ),
    (
        "ScheduleKeyDeletion",
        {},
        when("kms:ScheduleKeyDeletionPendingWindowInDays", "30", "NumericGreaterThanEquals"),
        True,
    ),
    ("TagResource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}, when("aws:RequestTag/a", "b"), True),
    ("TagResource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}, when("aws:RequestTag/a", "c"), False),
    (
        "TagResource",
        {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
        when("aws:TagKeys", "a", "ForAllValues:StringEquals"),
        True,
    ),
    ("UntagResource", {"TagKeys": ["team"]}, when("aws:TagKeys", "other", "ForAllValues:StringEquals"), False),
    ("CreateGrant", {"GranteePrincipal": BOB, "Operations": ["Decrypt"]}, when("kms:GranteePrincipal", BOB), True),
    (
        "CreateGrant",
        {"GranteePrincipal": BOB, "Operations": ["Decrypt", "Encrypt"]},
        when("kms:GrantOperations", "Decrypt", "ForAllValues:StringEquals"),
        False,
    ),
    (
        "CreateGrant",
        {"GranteePrincipal": BOB, "Operations": ["Decrypt"], "RetiringPrincipal": BOB},
        when("kms:RetiringPrincipal", BOB),
        True,
    ),
    (
        "CreateGrant",
        {"GranteePrincipal": BOB, "Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
        when("kms:GrantConstraintType", "EncryptionContextSubset"),
        True,
    ),
    (
        "CreateGrant",
        {"GranteePrincipal": BOB, "Operations": ["Decrypt"], "Constraints": {"EncryptionContextSubset": {"a": "b"}}},
        when("kms:EncryptionContext:a", "b"),
        True,
    ),
    (
        "CreateGrant",
        {"GranteePrincipal": BOB, "Operations": ["Decrypt"]},
        when("kms:GrantIsForAWSResource", "true", "Bool"),
        False,
    ),
]


@pytest.mark.parametrize(("name", "members", "condition", "allowed"), CONDITIONS)
def test_a_condition(
    house: House, name: str, members: dict[str, Any], condition: dict[str, Any], allowed: bool
) -> None:
    """Every condition key has the value that the reference's 6.4 says, and is absent where it says so."""
    tags = [{"TagKey": "team", "TagValue": "blue"}]
    key = house.new_key(Policy=policy(statement(**condition)), Tags=tags)
    result = house.result_by(by(ALICE), name, KeyId=key, **members)
    assert (result[0] == DENIED) != allowed
    assert allowed == isinstance(result[1], dict)


ASYMMETRIC: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any], bool]] = [
    (
        "Sign",
        {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
        {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"},
        when("kms:MessageType", "RAW"),
        True,
    ),
    (
        "Sign",
        {"KeySpec": "ECC_NIST_P256", "KeyUsage": "SIGN_VERIFY"},
        {"Message": b"x", "SigningAlgorithm": "ECDSA_SHA_256"},
        when("kms:SigningAlgorithm", "ECDSA_SHA_512"),
        False,
    ),
    (
        "GenerateMac",
        {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"},
        {"Message": b"x", "MacAlgorithm": "HMAC_SHA_256"},
        when("kms:MacAlgorithm", "HMAC_SHA_256"),
        True,
    ),
    (
        "GetParametersForImport",
        {"Origin": "EXTERNAL"},
        {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
        when("kms:WrappingKeySpec", "RSA_4096"),
        False,
    ),
    (
        "GetParametersForImport",
        {"Origin": "EXTERNAL"},
        {"WrappingAlgorithm": "RSAES_OAEP_SHA_256", "WrappingKeySpec": "RSA_2048"},
        when("kms:WrappingAlgorithm", "RSAES_OAEP_SHA_256"),
        True,
    ),
    (
        "ReplicateKey",
        {"MultiRegion": True},
        {"ReplicaRegion": OTHER_REGION},
        when("kms:ReplicaRegion", "ap-south-1"),
        False,
    ),
    ("DisableKey", {"MultiRegion": True}, {}, when("kms:MultiRegionKeyType", "PRIMARY"), True),
    ("DisableKey", {"MultiRegion": True}, {}, when("kms:MultiRegionKeyType", "REPLICA"), False),
]


@pytest.mark.parametrize(("name", "made", "members", "condition", "allowed"), ASYMMETRIC)
def test_a_condition_on_other_keys(
    house: House, name: str, made: dict[str, Any], members: dict[str, Any], condition: dict[str, Any], allowed: bool
) -> None:
    """The same on keys that are not plain symmetric ones."""
    key = house.new_key(Policy=policy(statement(**condition)), **made)
    assert (house.result_by(by(ALICE), name, KeyId=key, **members)[0] == DENIED) != allowed


def test_the_alias_by_which_a_key_is_asked_for(house: House) -> None:
    """kms:RequestAlias is there only if an alias named the key; kms:ResourceAliases are all of its aliases."""
    by_alias = house.new_key(Policy=policy(statement(**when("kms:RequestAlias", "alias/app"))))
    has_alias = house.new_key(
        Policy=policy(statement(**when("kms:ResourceAliases", "alias/s*", "ForAnyValue:StringLike")))
    )
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=by_alias)
    house.call("Encrypt", by(ALICE), KeyId="alias/app", Plaintext=b"x")
    assert house.refusal("Encrypt", by(ALICE), KeyId=by_alias, Plaintext=b"x")[0] == DENIED
    assert house.refusal("Encrypt", by(ALICE), KeyId=has_alias, Plaintext=b"x")[0] == DENIED
    house.call("CreateAlias", AliasName="alias/shop", TargetKeyId=has_alias)
    house.call("Encrypt", by(ALICE), KeyId=has_alias, Plaintext=b"x")


def test_re_encrypt_on_one_key(house: House) -> None:
    """kms:ReEncryptOnSameKey says whether both keys are the same; each side has its own encryption context."""
    same = statement(**when("kms:ReEncryptOnSameKey", "true", "Bool"))
    key, other = house.new_key(Policy=policy(same)), house.new_key(Policy=policy(statement()))
    blob = house.encrypted(key)
    house.call("ReEncrypt", by(ALICE), CiphertextBlob=blob, SourceKeyId=key, DestinationKeyId=key)
    refused = house.refusal("ReEncrypt", by(ALICE), CiphertextBlob=blob, SourceKeyId=key, DestinationKeyId=other)
    assert refused[0] == DENIED
    new = statement(Action="kms:ReEncryptTo", **when("kms:EncryptionContext:stage", "new"))
    old = statement(Action="kms:ReEncryptFrom", **when("kms:EncryptionContext:stage", "old"))
    moved = house.new_key(Policy=policy(new, old))
    blob = house.encrypted(moved, {"stage": "old"})
    given = {"CiphertextBlob": blob, "SourceKeyId": moved, "DestinationKeyId": moved}
    contexts = {"SourceEncryptionContext": {"stage": "old"}, "DestinationEncryptionContext": {"stage": "new"}}
    house.call("ReEncrypt", by(ALICE), **given, **contexts)
    assert house.refusal("ReEncrypt", by(ALICE), **given, SourceEncryptionContext={"stage": "old"})[0] == DENIED


def test_a_call_through_a_service(house: House) -> None:
    """kms:ViaService and aws:CalledVia name the service; aws:SourceIp is absent then."""
    only = statement(**when("kms:ViaService", f"s3.{REGION}.amazonaws.com"))
    key = house.new_key(Policy=policy(only))
    assert house.call("Encrypt", through("s3"), KeyId=key, Plaintext=b"x")
    assert house.refusal("Encrypt", through("ec2"), KeyId=key, Plaintext=b"x")[0] == DENIED
    assert house.refusal("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")[0] == DENIED
    near = house.new_key(Policy=policy(statement(**when("aws:SourceIp", "127.0.0.1/32", "IpAddress"))))
    assert house.refusal("Encrypt", through("s3"), KeyId=near, Plaintext=b"x")[0] == DENIED


def test_a_policy_may_not_lock_its_author_out(house: House) -> None:
    """CreateKey and PutKeyPolicy refuse a policy that its author could not replace; the bypass allows it."""
    lost = json.dumps({"Version": "2012-10-17", "Statement": [statement(BOB)]})
    key = house.new_key()
    message = "The new key policy will not allow you to update the key policy in the future."
    for name, given in (("CreateKey", {}), ("PutKeyPolicy", {"KeyId": key})):
        assert house.refusal(name, Policy=lost, **given) == ("MalformedPolicyDocumentException", message)
    own = json.dumps({"Version": "2012-10-17", "Statement": [statement(ALICE)]})
    shared = house.new_key(Policy=policy(statement(ALICE)))
    house.call("PutKeyPolicy", by(ALICE), KeyId=shared, Policy=own)
    assert house.refusal("PutKeyPolicy", KeyId=shared, Policy=policy())[0] == DENIED
    house.call("PutKeyPolicy", KeyId=key, Policy=lost, BypassPolicyLockoutSafetyCheck=True)
    assert house.refusal("PutKeyPolicy", KeyId=key, Policy=policy())[0] == DENIED


def test_a_bypass_can_be_forbidden(house: House) -> None:
    """kms:BypassPolicyLockoutSafetyCheck is there where the member is given."""
    bypass = when("kms:BypassPolicyLockoutSafetyCheck", "true", "Bool")
    key = house.new_key(Policy=policy(statement("*", "Deny", **bypass)))
    assert house.refusal("PutKeyPolicy", KeyId=key, Policy=policy(), BypassPolicyLockoutSafetyCheck=True)[0] == DENIED
    house.call("PutKeyPolicy", KeyId=key, Policy=policy())


def test_two_related_keys_are_two_resources(house: House) -> None:
    """UpdatePrimaryRegion asks for the new primary key too."""
    key = house.new_key(MultiRegion=True)
    given = {"KeyId": key, "PrimaryRegion": OTHER_REGION}
    denies = policy(statement(ROOT, "Deny", Action="kms:UpdatePrimaryRegion"))
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION, Policy=denies)
    refused = house.refusal("UpdatePrimaryRegion", **given)
    why = "with an explicit deny in a resource-based policy"
    assert refused == told(ROOT, "UpdatePrimaryRegion", arn(key, region=OTHER_REGION), why)


def test_a_user_may_not_make_keys_without_a_policy(house: House) -> None:
    """CreateKey is decided by the caller's own policies: a key's cannot give it."""
    why = none_allows("identity-based", "CreateKey")
    assert house.refusal("CreateKey", by(ALICE)) == told(ALICE, "CreateKey", "*", why)


def test_a_service_that_calls_by_itself(house: House) -> None:
    """A service is no account's: a key policy names it, conditions say for what it calls, or a grant does."""
    service, bucket = "logs.amazonaws.com", f"arn:aws:s3:::{'b' * 12}"
    source = f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:app"
    named = statement(**when("aws:SourceAccount", ACCOUNT)) | {"Principal": {"Service": service}}
    key, other = house.new_key(Policy=policy(named)), house.new_key()

    def refused(key: str, source_arn: str) -> bool:
        caller = by(ROOT).as_service(service, source_arn)
        return bool(house.result_by(caller, "Encrypt", KeyId=key, Plaintext=b"x")[0])

    assert not refused(key, source)
    event = house.event()
    assert (event["userIdentity"], event["sourceIPAddress"]) == ({"type": "AWSService", "invokedBy": service}, service)
    assert refused(key, bucket)
    assert refused(key, "")
    assert refused(other, source)
    house.call(
        "CreateGrant",
        KeyId=other,
        GranteeServicePrincipal=service,
        RetiringServicePrincipal=service,
        Operations=["Encrypt", "RetireGrant"],
        Constraints={"SourceArn": source},
    )
    assert not refused(other, source)
    assert refused(other, source + "s")


def test_grants_of_a_vault_from_before(house: House) -> None:
    """Grants that were made when none were listed by their grantees have effect, with those that are made later."""
    key = house.new_key()
    given = {"KeyId": key, "Operations": ["Encrypt"]}
    old = [house.call("CreateGrant", GranteePrincipal=who, **given)["GrantId"] for who in (ALICE, ROLE)]
    transaction = house.transaction()
    for grant in old:
        transaction.delete(GRANTEE, REGION, grant)
    house.commit(transaction)
    assert [encrypts(house, who, key) for who in (ALICE, SESSION, BOB)] == [True, True, False]
    house.call("CreateGrant", GranteePrincipal=BOB, **given)
    assert [encrypts(house, who, key) for who in (ALICE, SESSION, BOB)] == [True, True, True]
    house.call("RevokeGrant", KeyId=key, GrantId=old[0])
    assert [encrypts(house, who, key) for who in (ALICE, SESSION, BOB)] == [False, True, True]


def test_a_federated_user(house: House) -> None:
    """A federated user is a principal by himself; his events say what he is."""
    who = f"arn:aws:sts::{ACCOUNT}:federated-user/Fred"
    key = house.new_key(Policy=policy(statement(who)))
    assert encrypts(house, who, key)
    identity = house.event()["userIdentity"]
    assert identity == {"type": "FederatedUser", "principalId": "Fred", "arn": who, "accountId": ACCOUNT}
    assert not encrypts(house, who.replace("Fred", "Frida"), key)
