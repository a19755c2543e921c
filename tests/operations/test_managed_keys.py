import json
from typing import Any

import pytest

from kmscli.authorization.context import NOTHING
from kmscli.authorization.decision import RESOURCE, Policies, decide
from kmscli.authorization.document import parsed
from kmscli.authorization.evaluation import Question, Source
from kmscli.authorization.principals import principal_of
from kmscli.keys.check import inspect
from kmscli.keys.managed import managed_policy
from kmscli.keys.managed_services import SERVICES
from kmscli.operations.operation import Operation, Target
from tests.operations.house import (
    ABSENT,
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    START,
    House,
    alias_arn,
    arn,
    caller,
)
from tests.operations.test_lists import pages
from tests.operations.test_states import BY_KEY
from tests.test_declarations import OPERATIONS

YEAR = 365 * 86_400
ROOT = "arn:aws:iam::111122223333:root"

ALLOWED = (
    "DescribeKey", "GetKeyLastUsage", "GetKeyPolicy", "GetKeyRotationStatus", "ListAliases", "ListGrants",
    "ListKeyPolicies", "ListKeyRotations", "ListResourceTags",
)  # fmt: skip
REFUSED: dict[str, dict[str, Any]] = {
    "CancelKeyDeletion": {},
    "CreateAlias": {"AliasName": "alias/mine"},
    "CreateGrant": {"GranteePrincipal": ROOT, "Operations": ["Decrypt"]},
    "Decrypt": {"CiphertextBlob": b"kms"},
    "DisableKey": {},
    "DisableKeyRotation": {},
    "EnableKey": {},
    "EnableKeyRotation": {},
    "Encrypt": BY_KEY["Encrypt"],
    "GenerateDataKey": BY_KEY["GenerateDataKey"],
    "GenerateDataKeyPair": BY_KEY["GenerateDataKeyPair"],
    "GenerateDataKeyPairWithoutPlaintext": BY_KEY["GenerateDataKeyPairWithoutPlaintext"],
    "GenerateDataKeyWithoutPlaintext": BY_KEY["GenerateDataKeyWithoutPlaintext"],
    "PutKeyPolicy": BY_KEY["PutKeyPolicy"],
    "RotateKeyOnDemand": {},
    "ScheduleKeyDeletion": {},
    "Sign": BY_KEY["Sign"],
    "TagResource": BY_KEY["TagResource"],
    "UntagResource": BY_KEY["UntagResource"],
    "UpdateAlias": {"AliasName": "alias/app"},
    "UpdateKeyDescription": BY_KEY["UpdateKeyDescription"],
}
"""The reference's 13.1: what nobody does to an AWS managed key himself, and what each needs besides the key."""


def managed(house: House, service: str = "s3") -> str:
    """The id of a service's key."""
    return str(house.call("DescribeKey", KeyId=f"alias/aws/{service}")["KeyMetadata"]["KeyId"])


def denied(action: str, key: str) -> tuple[str, str]:
    """How the account's root is refused what the key's policy does not allow (6.5)."""
    return "AccessDeniedException", (
        f"User: {ROOT} is not authorized to perform: kms:{action} on resource: {arn(key)} "
        f"because no resource-based policy allows the kms:{action} action"
    )


def test_a_managed_key_comes_to_life(house: House) -> None:
    """DescribeKey of a predefined alias makes its key, once, and leaves the service's event beside its own."""
    made = house.call("DescribeKey", KeyId="alias/aws/s3")["KeyMetadata"]
    shown = {
        "KeyManager": "AWS",
        "KeySpec": "SYMMETRIC_DEFAULT",
        "KeyUsage": "ENCRYPT_DECRYPT",
        "KeyState": "Enabled",
        "Origin": "AWS_KMS",
        "MultiRegion": False,
        "CreationDate": START,
        "Description": "Default key that protects my S3 objects when no other key is defined",
    }
    assert {name: made[name] for name in shown} == shown
    own, service = house.events()
    assert (own["eventName"], own["requestParameters"]) == ("DescribeKey", {"keyId": "alias/aws/s3"})
    assert (service["eventName"], service["eventType"]) == ("CreateKey", "AwsServiceEvent")
    assert [event["resources"][0]["ARN"] for event in (own, service)] == [made["Arn"]] * 2
    house.later(days=1)
    for name in ("alias/aws/s3", alias_arn("alias/aws/s3"), made["KeyId"]):
        assert house.call("DescribeKey", KeyId=name)["KeyMetadata"] == made
    assert [key["KeyId"] for key in house.call("ListKeys")["Keys"]] == [made["KeyId"]]
    assert len(house.events()) == 2 + 3 + 1


@pytest.mark.parametrize("alias", SERVICES)
def test_each_services_policy(house: House, alias: str) -> None:
    """A managed key's policy lets its service use it for the account, and the account look at it, in that Region."""
    there = caller(region=OTHER_REGION)
    key = house.call("DescribeKey", there, KeyId=alias)["KeyMetadata"]["KeyId"]
    policy = json.loads(house.call("GetKeyPolicy", there, KeyId=key)["Policy"])
    through, direct = policy["Statement"]
    conditions = through["Condition"]["StringEquals"]
    endpoint = {"ebs": "ec2"}.get(alias.removeprefix("alias/aws/"), alias.removeprefix("alias/aws/"))
    assert policy["Id"].startswith(f"auto-{alias.removeprefix('alias/aws/')}-")
    assert conditions["kms:CallerAccount"] == "111122223333"
    assert conditions["kms:ViaService"] == f"{endpoint}.{OTHER_REGION}.amazonaws.com"
    assert direct["Principal"] == {"AWS": ROOT}
    assert direct["Action"] == ["kms:Describe*", "kms:Get*", "kms:List*", "kms:RevokeGrant"]
    assert house.call("ListKeyPolicies", there, KeyId=key)["PolicyNames"] == ["default"]


def test_an_account_and_a_region_have_keys_of_their_own(house: House) -> None:
    """A service has one key in each account and Region, which others cannot make or see."""
    here = managed(house)
    others = [caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)]
    keys = [house.call("DescribeKey", them, KeyId="alias/aws/s3")["KeyMetadata"]["KeyId"] for them in others]
    assert len({here, *keys}) == 3
    foreign = alias_arn("alias/aws/sns", OTHER_ACCOUNT)
    assert house.refusal("DescribeKey", KeyId=foreign)[0] == "AccessDeniedException"
    assert len(house.call("ListKeys", others[0])["Keys"]) == 1


@pytest.mark.parametrize("name", ["alias/aws/none", "alias/aws/", "alias/aws/S3", "alias/AWS/s3"])
def test_an_alias_that_no_service_has(house: House, name: str) -> None:
    """Only a service's alias makes a key."""
    assert house.refusal("DescribeKey", KeyId=name) == ("NotFoundException", f"Alias {alias_arn(name)} is not found.")
    assert house.call("ListKeys")["Keys"] == []


def test_only_describe_key_makes_a_managed_key(house: House) -> None:
    """Using a predefined alias that has no key finds none and makes none; nor does a refused DescribeKey."""
    absent = ("NotFoundException", f"Alias {alias_arn('alias/aws/s3')} is not found.")
    assert house.refusal("Encrypt", KeyId="alias/aws/s3", Plaintext=b"x") == absent
    assert house.refusal("GetPublicKey", KeyId="alias/aws/s3") == absent
    assert house.refusal("DescribeKey", KeyId="alias/aws/s3", GrantTokens=["none"])[0] == "InvalidGrantTokenException"
    assert house.call("ListKeys")["Keys"] == []
    assert [event["eventName"] for event in house.events() if event["eventType"] == "AwsServiceEvent"] == []


@pytest.mark.parametrize("name", ALLOWED)
def test_what_an_account_may_do(house: House, name: str) -> None:
    """The account may look at a managed key in every way."""
    key = managed(house)
    answer = house.call(name, KeyId=key)
    assert answer.get("Tags", []) == answer.get("Grants", []) == []


@pytest.mark.parametrize("name", REFUSED)
def test_what_nobody_may_do(house: House, name: str) -> None:
    """Nobody uses a managed key himself or changes anything of it; the refusal is that of its policy."""
    key = managed(house)
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=house.new_key())
    before = house.call("DescribeKey", KeyId=key)
    member = "TargetKeyId" if name in ("CreateAlias", "UpdateAlias") else "KeyId"
    assert house.refusal(name, **{member: key, **REFUSED[name]}) == denied(name, key)
    assert house.event()["errorCode"] == "AccessDenied"
    assert house.call("DescribeKey", KeyId=key) == before


KEY_TARGETS = [(operation, target) for operation in OPERATIONS for target in operation.targets if target.kind == "key"]


@pytest.mark.parametrize(
    ("operation", "target"), KEY_TARGETS, ids=lambda it: it.name if isinstance(it, Operation) else it.member
)
def test_every_operation_looks_or_is_refused(operation: Operation, target: Target) -> None:
    """Of all operations on a key, those that only look at it are allowed on a managed one, and revoking a grant."""
    looks = operation.read_only and not target.usage
    policy = Source(RESOURCE, parsed(managed_policy(SERVICES["alias/aws/s3"], ACCOUNT, REGION), names_principals=True))
    question = Question(principal_of(ROOT), target.action, arn(ABSENT), ACCOUNT, NOTHING)
    allowed = looks or operation.name == "RevokeGrant"
    assert decide(question, Policies(resource=[policy])).allowed == allowed


def test_a_dry_run_is_refused_as_well(house: House) -> None:
    """A dry run tells that a managed key may not be used."""
    key = managed(house)
    assert house.refusal("Encrypt", KeyId="alias/aws/s3", Plaintext=b"x", DryRun=True) == denied("Encrypt", key)


def test_a_managed_keys_ciphertext_is_not_the_accounts(house: House) -> None:
    """What a service has encrypted is not decrypted or encrypted again by the account itself, under either side."""
    key, own = managed(house), house.new_key()
    through = caller().through("s3")
    blob = house.call("Encrypt", through, KeyId=key, Plaintext=b"secret")["CiphertextBlob"]
    assert house.call("Decrypt", through, CiphertextBlob=blob)["Plaintext"] == b"secret"
    mine = house.encrypted(own)
    hidden = "on the resource associated with this ciphertext because the resource does not exist in this Region"
    assert hidden in house.refusal("Decrypt", CiphertextBlob=blob)[1]
    assert house.refusal("Decrypt", CiphertextBlob=blob, KeyId=key) == denied("Decrypt", key)
    assert hidden in house.refusal("ReEncrypt", CiphertextBlob=blob, DestinationKeyId=own)[1]
    refusal = house.refusal("ReEncrypt", CiphertextBlob=mine, DestinationKeyId=key)
    assert refusal == denied("ReEncryptTo", key)


def test_a_grant_is_revoked_and_not_more(house: House) -> None:
    """The account may revoke a grant that a service has made on its key."""
    key = house.new_key()
    grant = house.call("CreateGrant", KeyId=key, GranteePrincipal=ROOT, Operations=["Decrypt"])["GrantId"]
    house.change_key(key, manager="AWS")
    house.call("RevokeGrant", KeyId=key, GrantId=grant)
    assert house.call("ListGrants", KeyId=key)["Grants"] == []


@pytest.mark.parametrize("name", ["CreateAlias", "UpdateAlias", "DeleteAlias"])
def test_a_predefined_alias_stays(house: House, name: str) -> None:
    """A predefined alias is reserved, whether its key is there or not."""
    given = {"AliasName": "alias/aws/s3"} | ({} if name == "DeleteAlias" else {"TargetKeyId": house.new_key()})
    for _ in range(2):
        assert house.refusal(name, **given) == ("NotAuthorizedException", "")
        managed(house)


def test_predefined_aliases_are_listed(house: House) -> None:
    """ListAliases has all predefined aliases, by name and after the account's own, with a key and dates once made."""
    key = house.new_key()
    house.call("CreateAlias", AliasName="alias/zzz", TargetKeyId=key)
    house.later(days=1)
    made = managed(house)
    own, *predefined = house.call("ListAliases")["Aliases"]
    assert own["AliasName"] == "alias/zzz"
    dates = {"CreationDate": house.now, "LastUpdatedDate": house.now}
    assert predefined == [
        {"AliasName": name, "AliasArn": alias_arn(name)}
        | ({"TargetKeyId": made, **dates} if name == "alias/aws/s3" else {})
        for name in sorted(SERVICES)
    ]
    [of_key] = house.call("ListAliases", KeyId=made)["Aliases"]
    assert of_key["AliasName"] == "alias/aws/s3"


@pytest.mark.parametrize("limit", [1, 2, 7, 24, 25, 100])
def test_pages_across_the_boundary(house: House, limit: int) -> None:
    """Pages are full up to the last, from the account's aliases into AWS's, whichever have a key by then."""
    key = house.new_key()
    own = {f"alias/{number}" for number in range(8)}
    house.group(*(("CreateAlias", {"AliasName": name, "TargetKeyId": key}) for name in own))
    for service in ("acm", "s3", "xray"):
        managed(house, service)
    found = []
    for page in pages(house, "ListAliases", Limit=limit):
        found.append([alias["AliasName"] for alias in page])
        managed(house, "sns")
    names = [name for page in found for name in page]
    assert set(names[:8]) == own
    assert names[8:] == sorted(SERVICES)
    assert {len(page) for page in found[:-1]} <= {limit}


def rotations(house: House, key: str) -> list[tuple[str, str]]:
    """When a key's material was rotated, and why, by the trail."""
    events = [event for event in house.events() if event["eventName"] == "RotateKey"]
    assert {event["resources"][0]["ARN"] for event in events} <= {arn(key)}
    return [(event["eventTime"], event["serviceEventDetails"]["rotationType"]) for event in events]


def test_a_managed_key_rotates_every_year(lab: House) -> None:
    """A managed key has rotation on from the start, and new material each year, with the event of it."""
    key = managed(lab)
    first = lab.material_of(key)
    status = {"KeyId": arn(key), "KeyRotationEnabled": True, "RotationPeriodInDays": 365}
    assert lab.call("GetKeyRotationStatus", KeyId=key) == {**status, "NextRotationDate": START + YEAR}
    lab.later(days=365, seconds=-1)
    assert lab.material_of(key) == first
    assert rotations(lab, key) == []
    lab.later(seconds=1)
    assert lab.material_of(key) != first
    assert lab.call("GetKeyRotationStatus", KeyId=key) == {**status, "NextRotationDate": START + 2 * YEAR}
    lab.later(days=365)
    assert len(lab.call("ListKeyRotations", KeyId=key)["Rotations"]) == 2
    assert rotations(lab, key) == [("2027-01-05T09:00:00Z", "AUTOMATIC"), ("2028-01-05T09:00:00Z", "AUTOMATIC")]


def test_managed_keys_count_against_no_quota(house: House) -> None:
    """A managed key is not counted among the account's, and the vault's check finds nothing wrong with that."""
    house.new_key()
    for name in SERVICES:
        managed(house, name.removeprefix("alias/aws/"))
    transaction = house.transaction()
    assert transaction.tally(f"{house.caller.account} {house.caller.region}", "keys") == 1
    transaction.close()
    found = inspect(house.engine.vault)
    assert (found.faults, found.counts["key"]) == ([], 1 + len(SERVICES))


def test_two_engines_make_one_key(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two engines that look at a predefined alias at the same moment, the slower finds the other's key."""
    other, commit = House(house.path), house.engine.vault.commit
    seen: list[str] = []

    def interrupted(transaction: Any, *arguments: Any, **options: Any) -> Any:
        transaction.close()
        if not seen:
            seen.append(managed(other))
        return commit(transaction, *arguments, **options)

    monkeypatch.setattr(house.engine.vault, "commit", interrupted)
    assert managed(house) == seen[0]
    assert len(house.call("ListKeys")["Keys"]) == 1
    other.close()
