"""What the operations on grants leave in the trail and in the vault."""

from typing import Any

import pytest

from kmscli.keys.check import inspect
from kmscli.keys.grants import GRANT, GRANT_COUNT, GRANT_NAME, find_grant
from kmscli.vault.transaction import Kind
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, REGION, House, arn, caller

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
RESOURCE = {"accountId": ACCOUNT, "type": "AWS::KMS::Key"}


def created(house: House, key: str, **members: Any) -> dict[str, Any]:
    """A new grant's id and token."""
    given = {"GranteePrincipal": ALICE, "RetiringPrincipal": ALICE, "Operations": ["Encrypt"], **members}
    return house.call("CreateGrant", KeyId=key, **given)


def recorded(event: dict[str, Any]) -> tuple[Any, ...]:
    """What an event says of its request and answer."""
    return (
        event["eventName"],
        event["readOnly"],
        event["requestParameters"],
        event["responseElements"],
        event.get("additionalEventData"),
        event["resources"],
    )


def test_the_record_of_create_grant(house: House) -> None:
    """CreateGrant's record shows the constraints, the id and the key, and no token."""
    key = house.new_key()
    token = created(house, key)["GrantToken"]
    context = {"EncryptionContextSubset": {"Team": "billing"}}
    grant_id = created(house, key, Name="app", Constraints=context, GrantTokens=[token])["GrantId"]
    parameters = {
        "keyId": key,
        "granteePrincipal": ALICE,
        "retiringPrincipal": ALICE,
        "operations": ["Encrypt"],
        "constraints": {"encryptionContextSubset": {"Team": "billing"}},
        "name": "app",
    }
    answer = {"grantId": grant_id, "keyId": arn(key)}
    expected = ("CreateGrant", False, parameters, answer, None, [{**RESOURCE, "ARN": arn(key)}])
    assert recorded(house.event()) == expected


@pytest.mark.parametrize("way", ["RevokeGrant", "RetireGrant", "RetireGrant by token"])
def test_the_record_of_an_end(house: House, way: str) -> None:
    """A retirement's record names the grant beside the request, which a token leaves empty; a revocation's in it."""
    key = house.new_key()
    grant = created(house, key)
    by_id = {"KeyId": key, "GrantId": grant["GrantId"]}
    name, _, token = way.partition(" ")
    house.call(name, **({"GrantToken": grant["GrantToken"]} if token else by_id))
    parameters = None if token else {"keyId": key, "grantId": grant["GrantId"]}
    additional = {"grantId": grant["GrantId"]} if name == "RetireGrant" else None
    expected = (name, False, parameters, {"keyId": arn(key)}, additional, [{**RESOURCE, "ARN": arn(key)}])
    assert recorded(house.event()) == expected


def test_the_records_of_the_lists(house: House) -> None:
    """A list is a read; ListRetirableGrants has no resources."""
    key = house.new_key()
    house.call("ListGrants", KeyId=key, Limit=5)
    expected = ("ListGrants", True, {"keyId": key, "limit": 5}, None, None, [{**RESOURCE, "ARN": arn(key)}])
    assert recorded(house.event()) == expected
    house.call("ListRetirableGrants", RetiringPrincipal=ALICE)
    expected = ("ListRetirableGrants", True, {"retiringPrincipal": ALICE}, None, None, [])
    assert recorded(house.event()) == expected


def test_the_record_of_a_dry_run(house: House) -> None:
    """A dry run says that it was one, and which grant it was about."""
    key = house.new_key()
    house.refusal("RetireGrant", GrantToken=created(house, key)["GrantToken"], DryRun=True)
    event = house.event()
    assert event["requestParameters"] == {"dryRun": True}
    assert event["errorCode"] == "DryRunOperationException"
    assert event["resources"] == [{**RESOURCE, "ARN": arn(key)}]


def test_the_record_of_a_refused_retirement(house: House) -> None:
    """Whoever may not retire a grant leaves a record that does not show the key."""
    key = house.new_key()
    token = created(house, key)["GrantToken"]
    house.refusal("RetireGrant", caller(OTHER_ACCOUNT), GrantToken=token)
    event = house.event()
    assert event["errorCode"] == "AccessDenied"
    assert event["resources"] == []


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (GRANT, "grant {id} of key {arn}: missing"),
        (GRANT_COUNT, "grant count of key {arn}: missing"),
        (GRANT_NAME, "grant name app of key {arn}: missing"),
    ],
    ids=lambda value: value.name if isinstance(value, Kind) else "",
)
def test_a_row_that_is_gone(house: House, kind: Kind[Any], named: str) -> None:
    """A check names each row of a grant that is missing, those of a key and a name by name."""
    key = house.new_key()
    grant_id = created(house, key, Name="app")["GrantId"]
    assert inspect(house.engine.vault).faults == []
    house.tamper("DELETE FROM rows WHERE kind = ?", kind.number)
    faults = [str(fault) for fault in inspect(house.engine.vault).faults]
    if kind is GRANT:
        assert faults == ["grant: 1 more missing; which, cannot be told"]
    else:
        assert faults == [named.format(id=grant_id, arn=arn(key))]


def test_a_row_that_is_damaged(house: House) -> None:
    """A check names a damaged grant by its key, and a call that meets it says so."""
    key = house.new_key()
    grant_id = created(house, key)["GrantId"]
    house.tamper("UPDATE rows SET version = version + 100 WHERE kind = ?", 32)
    faults = [str(fault) for fault in inspect(house.engine.vault).faults]
    assert faults[0].startswith("grant ")
    assert faults[0].endswith(f" of key {arn(key)}: altered or damaged")
    with pytest.raises(Exception, match="was altered or is damaged: grant"):
        house.call("RevokeGrant", KeyId=key, GrantId=grant_id)


def test_what_a_vault_keeps_of_a_grant(house: House) -> None:
    """A grant comes back from the vault as it was made."""
    key = house.new_key()
    grant_id = created(house, key, Name="app", Constraints={"EncryptionContextEquals": {"a": "b"}})["GrantId"]
    grant = find_grant(house.transaction(), REGION, grant_id)
    assert grant
    assert vars(grant) == {
        "grant_id": grant_id,
        "account": ACCOUNT,
        "region": REGION,
        "key_id": key,
        "created": house.now,
        "issuer": f"arn:aws:iam::{ACCOUNT}:root",
        "name": "app",
        "operations": ["Encrypt"],
        "principals": {"grantee_principal": ALICE, "retiring_principal": ALICE},
        "constraints": {"encryption_context_equals": {"a": "b"}},
    }
