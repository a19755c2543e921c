"""`kmscli who-can --changed`: what was answered once and would be denied now, as far as the trail tells."""

import json
import os
from pathlib import Path
from typing import Any

import pytest

from kmscli.cli.local._now_denied import answered
from kmscli.clock import trail_style
from kmscli.engine import find_operation
from kmscli.operations.call import Call
from kmscli.operations.now_denied import now_denied
from kmscli.operations.remembered import request_of
from kmscli.trail.past_calls import PastCall
from kmscli.trail.verify import expected
from kmscli.vault.location import trail_log
from kmscli.vault.transaction import Transaction
from tests.operations.house import ACCOUNT, ANYONE, OTHER_ACCOUNT, START, House, arn, caller
from tests.operations.identities import new_user
from tests.operations.identities import statement as identity_policy
from tests.operations.test_authorization import ALICE, BOB, SESSION, by, none_allows, policy, statement, when
from tests.trail.writer import record

SHOP = {"app": "shop"}
BY_IDENTITY = "identity-based"


def denied(house: House) -> list[dict[str, Any]]:
    """What who-can --changed says."""
    vault = house.engine.vault
    waiting = expected(vault).pending

    def look(transaction: Transaction, now: float, held: float) -> list[dict[str, Any]]:
        call = Call(house.caller, "", now, held, transaction, vault.keyring, remembered={})
        return now_denied(call, answered(vault.path, waiting), find_operation)

    return house.engine.look(house.caller, look)


def open_key(house: House, **members: Any) -> str:
    """A key that everybody may use."""
    return house.new_key(Policy=ANYONE, **members)


def close(house: House, key: str, *statements: dict[str, Any]) -> None:
    """Leave a key to its account, and to whom statements say."""
    house.call("PutKeyPolicy", KeyId=key, Policy=policy(*statements))


def of(who: str, action: str, key: str, kind: str = BY_IDENTITY) -> tuple[str, str, str, str]:
    """Somebody who is denied an action on a key, since no policy of a kind allows it."""
    return who, f"kms:{action}", arn(key), none_allows(kind, action)


def named(found: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """What is denied, without how often and when."""
    return [(one["Principal"], one["Action"], one["Resource"], one["Reason"]) for one in found]


CALLS: dict[str, dict[str, Any]] = {
    "Encrypt": {"KeyId": "KEY", "Plaintext": b"x"},
    "Decrypt": {"CiphertextBlob": "BLOB"},
    "GenerateDataKey": {"KeyId": "alias/app", "KeySpec": "AES_256"},
    "GenerateDataKeyPairWithoutPlaintext": {"KeyId": "KEY", "KeyPairSpec": "ECC_NIST_P256"},
    "DescribeKey": {"KeyId": "alias/app"},
    "GetKeyPolicy": {"KeyId": "KEY"},
    "TagResource": {"KeyId": "KEY", "Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "CreateGrant": {"KeyId": "KEY", "GranteePrincipal": BOB, "Operations": ["Decrypt"]},
    "ListGrants": {"KeyId": "KEY"},
    "ScheduleKeyDeletion": {"KeyId": "KEY", "PendingWindowInDays": 7},
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_would_be_denied(house: House, name: str) -> None:
    """A call is decided on anew, on the key that it was about, however that was named."""
    key = open_key(house)
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    given = {"KEY": key, "BLOB": house.encrypted(key)}
    members = {
        wire: given.get(value, value) if isinstance(value, str) else value for wire, value in CALLS[name].items()
    }
    house.call(name, by(ALICE), **members)
    assert denied(house) == []
    house.call("UpdateAlias", AliasName="alias/app", TargetKeyId=open_key(house))
    close(house, key)
    assert named(denied(house)) == [of(ALICE, name, key)]


def test_re_encryption_is_denied_on_either_key(house: House) -> None:
    """Of two keys the one that the caller may not use any more is named."""
    source, destination = open_key(house), open_key(house)
    house.call("ReEncrypt", by(ALICE), CiphertextBlob=house.encrypted(source), DestinationKeyId=destination)
    close(house, destination)
    assert named(denied(house)) == [of(ALICE, "ReEncryptTo", destination)]
    close(house, source)
    assert named(denied(house)) == [of(ALICE, "ReEncryptFrom", source)]


def test_how_often_and_when_last(house: House) -> None:
    """Calls that come to the same are counted, whatever their requests; the time is the last one's."""
    key = open_key(house)
    for context in ({}, SHOP, SHOP):
        house.later(hours=1)
        house.call("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x", EncryptionContext=context)
    house.call("Encrypt", by(SESSION), KeyId=key, Plaintext=b"x")
    house.later(hours=1)
    close(house, key)
    house.refusal("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")
    found = denied(house)
    assert named(found) == [of(ALICE, "Encrypt", key), of(SESSION, "Encrypt", key)]
    assert [(one["Calls"], one["Last"]) for one in found] == [(3, "2026-01-05T12:00:00Z"), (1, "2026-01-05T12:00:00Z")]


def test_an_event_counts_once_wherever_it_is(house: House) -> None:
    """In the vault, in the log, or in both."""
    key = open_key(house)
    house.call("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x")
    close(house, key)
    assert not Path(trail_log(str(house.path))).exists()
    waiting = denied(house)
    house.engine.settle(os.environ)
    assert [one["Calls"] for one in waiting] == [1]
    assert denied(house) == waiting


def test_conditions_see_the_request_that_was_made(house: House) -> None:
    """What the trail tells of a request decides: here its encryption context, and the service on the way."""
    key = open_key(house)
    for context in (SHOP, {"app": "store"}):
        house.call("Encrypt", by(ALICE), KeyId=key, Plaintext=b"x", EncryptionContext=context)
    house.call("Encrypt", by(BOB).through("s3"), KeyId=key, Plaintext=b"x")
    house.call("Encrypt", by(BOB), KeyId=key, Plaintext=b"x")
    via_s3 = when("kms:ViaService", "s3.us-east-1.amazonaws.com")
    close(house, key, statement(**when("kms:EncryptionContext:app", "shop")), statement(BOB, **via_s3))
    found = denied(house)
    assert named(found) == [of(ALICE, "Encrypt", key), of(BOB, "Encrypt", key)]
    assert [one["Calls"] for one in found] == [1, 1]


def test_every_reason(house: House) -> None:
    """A denial, the silence of a key policy to a foreigner, whose call counts once, and that of identity policies."""
    key = open_key(house)
    foreign = caller(OTHER_ACCOUNT)
    for who in (foreign, by(BOB)):
        house.call("Encrypt", who, KeyId=arn(key), Plaintext=b"x")
    for name in ("Alice", "Bob"):
        new_user(house, name)
    house.call("iam:PutUserPolicy", UserName="Alice", PolicyName="p", PolicyDocument=identity_policy(Action="*"))
    house.call("ListKeys", by(ALICE))
    house.call("iam:ListUsers", by(ALICE))
    house.call("iam:DeleteUserPolicy", UserName="Alice", PolicyName="p")
    close(house, key, statement(BOB, "Deny"))
    found = denied(house)
    assert named(found) == [
        (ALICE, "iam:ListUsers", "*", "because no identity-based policy allows the iam:ListUsers action"),
        (ALICE, "kms:ListKeys", "*", none_allows(BY_IDENTITY, "ListKeys")),
        (BOB, "kms:Encrypt", arn(key), "with an explicit deny in a resource-based policy"),
        of(foreign.arn, "Encrypt", key, "resource-based"),
    ]
    assert {one["Calls"] for one in found} == {1}


def test_the_root_user_may_as_ever(house: House) -> None:
    """Nothing is listed of what the account's root user did under delegation."""
    key = open_key(house)
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    house.encrypted(key)
    house.call("DeleteAlias", AliasName="alias/app")
    close(house, key)
    assert denied(house) == []


REQUESTS: list[tuple[str, dict[str, Any]]] = [
    ("CreateGrant", {"KeyId": "k", "GranteePrincipal": BOB, "Operations": ["Decrypt"],
                     "Constraints": {"EncryptionContextSubset": SHOP}}),
    ("ImportKeyMaterial", {"KeyId": "k", "ValidTo": START}),
    ("ImportKeyMaterial", {"KeyId": "k", "ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}),
    ("TagResource", {"KeyId": "k", "Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    ("ScheduleKeyDeletion", {"KeyId": "k", "PendingWindowInDays": 9}),
    ("CreateKey", {"MultiRegion": True, "KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}),
    ("Sign", {"KeyId": "k", "SigningAlgorithm": "ECDSA_SHA_256"}),
    ("Encrypt", {"KeyId": "k", "EncryptionAlgorithm": "RSAES_OAEP_SHA_1"}),
]  # fmt: skip


def past(name: str, parameters: Any, *resources: str) -> PastCall:
    """A call of Alice's, as its record tells of it."""
    return PastCall(
        ALICE, f"kms:{name}", "us-east-1", "test", "127.0.0.1", "", "", "", json.dumps(parameters).encode(), resources
    )


@pytest.mark.parametrize(("name", "members"), REQUESTS)
def test_a_request_feeds_the_same_conditions(name: str, members: dict[str, Any]) -> None:
    """What a request says to conditions it says too when it is made anew from its record."""
    operation = find_operation(name)
    request = operation.request.accept(members, "", [])
    remembered = request_of(past(name, request.logged({"timestamp": trail_style})), operation)
    assert remembered is not None
    assert repr(list(remembered.conditions(name))) == repr(list(request.conditions(name)))
    assert list(request.conditions(name))


@pytest.mark.parametrize(
    ("name", "parameters"),
    [
        ("Encrypt", {"keyId": 5}),
        ("Encrypt", {}),
        ("Encrypt", []),
        ("Encrypt", None),
        ("Decrypt", {"encryptionContext": {"a": "b"}}),
        ("TagResource", {"keyId": "k", "tags": 5}),
        ("ImportKeyMaterial", {"keyId": "k", "validTo": "soon"}),
        ("ImportKeyMaterial", {"keyId": "k", "validTo": 5}),
    ],
)
def test_a_record_that_does_not_tell_is_left_out(name: str, parameters: Any) -> None:
    """A record without what it should have, or with something else, is no request."""
    assert request_of(past(name, parameters), find_operation(name)) is None


def test_lines_that_others_wrote(house: House, capsys: pytest.CaptureFixture[str]) -> None:
    """What is no record is said; a record of nobody who could call, or of nothing that could be called, is left out."""
    key = house.new_key()
    house.log()
    identity = {"type": "IAMUser", "arn": ALICE}
    records = [
        record("Encrypt", requestParameters={"keyId": key}, resources=[{"ARN": arn(key)}]),
        record("Encrypt", userIdentity={**identity, "arn": "Alice"}),
        record("Encrypt", awsRegion="here"),
        record("Enkrypt"),
        record("PutObject", eventSource="s3.amazonaws.com"),
        record("InitVault", eventSource="kmscli.local"),
        record("RotateKey", userIdentity={"accountId": ACCOUNT, "invokedBy": "AWS Internal"}),
        record("Encrypt", userIdentity=None, requestParameters=5),
    ]
    lines = [json.dumps(one).encode() for one in records] + [b"no record"]
    with open(trail_log(str(house.path)), "ab") as log:
        log.writelines(line + b"\n" for line in lines)
    assert named(denied(house)) == [of(ALICE, "Encrypt", key)]
    assert capsys.readouterr().err.count("not a CloudTrail record") == 1
