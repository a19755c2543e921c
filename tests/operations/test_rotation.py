import re
from typing import Any

import pytest

from kmscli.clock import DAY
from tests.operations.house import REGION, START, House, arn

MINUTE_DAYS = 1 / 1440


def status(house: House, key: str) -> dict[str, Any]:
    """GetKeyRotationStatus, without the key."""
    answer = house.call("GetKeyRotationStatus", KeyId=key)
    assert answer.pop("KeyId") == arn(key)
    return answer


def rotations(house: House, key: str, **members: Any) -> list[dict[str, Any]]:
    """What ListKeyRotations lists."""
    listed: list[dict[str, Any]] = house.call("ListKeyRotations", KeyId=key, **members)["Rotations"]
    return listed


def automatic(house: House, key: str) -> list[float]:
    """When a key rotated by itself, in days after the start."""
    listed = rotations(house, key)
    return [(one["RotationDate"] - START) / DAY for one in listed if one["RotationType"] == "AUTOMATIC"]


def turned_on(period: int, since: float = START) -> dict[str, Any]:
    """The status of a key that rotates."""
    return {"KeyRotationEnabled": True, "RotationPeriodInDays": period, "NextRotationDate": since + period * DAY}


OFF = {"KeyRotationEnabled": False}


def test_rotation_is_off_until_it_is_turned_on(house: House) -> None:
    """Rotation is off by default; on it has a period of 365 days or another, and the first date is a period away."""
    key = house.new_key()
    assert status(house, key) == OFF
    assert house.call("EnableKeyRotation", KeyId=key) == {}
    assert status(house, key) == turned_on(365)
    assert house.call("DisableKeyRotation", KeyId=key) == {}
    assert status(house, key) == OFF
    house.call("DisableKeyRotation", KeyId=key)


@pytest.mark.parametrize("period", [90, 2560])
def test_the_periods_that_may_be(house: House, period: int) -> None:
    """A period has 90 to 2,560 days."""
    key = house.new_key()
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=period)
    assert status(house, key) == turned_on(period)


@pytest.mark.parametrize(
    ("period", "bound"), [(89, "greater than or equal to 90"), (2561, "less than or equal to 2560")]
)
def test_a_period_out_of_range(house: House, period: int, bound: str) -> None:
    """A period out of range breaks the shape's constraint, and rotation stays as it was."""
    key = house.new_key()
    at = f"1 validation error detected: Value '{period}' at 'rotationPeriodInDays' failed to satisfy constraint: "
    refusal = house.refusal("EnableKeyRotation", KeyId=key, RotationPeriodInDays=period)
    assert refusal == ("ValidationException", f"{at}Member must have value {bound}")
    assert status(house, key) == OFF


def test_another_period_moves_the_date(house: House) -> None:
    """Turning rotation on again keeps the schedule of the same period, and starts afresh with another or after off."""
    key = house.new_key()
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=100)
    house.later(days=6)
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=100)
    assert status(house, key) == turned_on(100)
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=200)
    assert status(house, key) == turned_on(200, house.now)
    house.later(days=6)
    house.call("DisableKeyRotation", KeyId=key)
    house.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=200)
    assert status(house, key) == turned_on(200, house.now)


def test_a_rotation_falls_due(lab: House) -> None:
    """When its date comes a key has new material, the next date is a period later, and old ciphertexts decrypt."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    before = lab.material_of(key)
    old = lab.call("Encrypt", KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    lab.later(days=90, seconds=-1)
    assert lab.material_of(key) == before
    lab.later(seconds=1)
    after = lab.material_of(key)
    assert after != before
    assert status(lab, key) == turned_on(90, START + 90 * DAY)
    new = lab.call("Encrypt", KeyId=key, Plaintext=b"new")["CiphertextBlob"]
    for blob, plaintext, material in ((old, b"old", before), (new, b"new", after)):
        opened = lab.call("Decrypt", CiphertextBlob=blob)
        assert (opened["Plaintext"], opened["KeyMaterialId"]) == (plaintext, material)
    assert rotations(lab, key) == [
        {
            "KeyId": key,
            "KeyMaterialId": after,
            "KeyMaterialState": "CURRENT",
            "RotationDate": START + 90 * DAY,
            "RotationType": "AUTOMATIC",
        }
    ]


def test_the_first_material_is_listed_when_asked_for(lab: House) -> None:
    """ALL_KEY_MATERIAL adds the first material, which no rotation made; ROTATIONS_ONLY is the default."""
    key = lab.new_key()
    first = {"KeyId": key, "KeyMaterialId": lab.material_of(key), "KeyMaterialState": "CURRENT"}
    assert rotations(lab, key, IncludeKeyMaterial="ALL_KEY_MATERIAL") == [first]
    assert rotations(lab, key, IncludeKeyMaterial="ROTATIONS_ONLY") == []
    lab.call("RotateKeyOnDemand", KeyId=key)
    listed = rotations(lab, key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    assert listed == [{**first, "KeyMaterialState": "NON_CURRENT"}, *rotations(lab, key)]
    assert [one["KeyMaterialId"] for one in rotations(lab, key)] == [lab.material_of(key)]


def test_the_rotate_key_event(lab: House) -> None:
    """A rotation leaves a service event of the moment at which it was due, with both materials."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    before = lab.material_of(key)
    lab.later(days=100)
    after = lab.material_of(key)
    [event] = [event for event in lab.events() if event["eventName"] == "RotateKey"]
    assert re.fullmatch("[0-9a-f-]{36}", event.pop("eventID"))
    assert event == {
        "eventVersion": "1.11",
        "userIdentity": {"accountId": "111122223333", "invokedBy": "AWS Internal"},
        "eventTime": "2026-04-05T09:00:00Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": "RotateKey",
        "awsRegion": REGION,
        "sourceIPAddress": "AWS Internal",
        "userAgent": "AWS Internal",
        "requestParameters": None,
        "responseElements": None,
        "readOnly": False,
        "resources": [{"accountId": "111122223333", "type": "AWS::KMS::Key", "ARN": arn(key)}],
        "eventType": "AwsServiceEvent",
        "managementEvent": True,
        "recipientAccountId": "111122223333",
        "eventCategory": "Management",
        "serviceEventDetails": {
            "rotationType": "AUTOMATIC",
            "keyOrigin": "AWS_KMS",
            "previousKeyMaterialId": before,
            "currentKeyMaterialId": after,
            "keyId": arn(key),
        },
    }


def test_rotation_on_demand(house: House) -> None:
    """RotateKeyOnDemand answers the key's ARN, makes new material at once and leaves the schedule alone."""
    key = house.new_key()
    house.call("EnableKeyRotation", KeyId=key)
    old = house.call("Encrypt", KeyId=key, Plaintext=b"old")["CiphertextBlob"]
    before = house.material_of(key)
    house.later(days=1)
    assert house.call("RotateKeyOnDemand", KeyId=key) == {"KeyId": arn(key)}
    assert house.material_of(key) != before
    assert status(house, key) == turned_on(365)
    [rotation] = rotations(house, key)
    assert (rotation["RotationType"], rotation["RotationDate"]) == ("ON_DEMAND", house.now)
    assert house.call("Decrypt", CiphertextBlob=old)["Plaintext"] == b"old"
    call, service = [event for event in house.events() if event["eventName"].startswith("RotateKey")]
    assert (call["eventName"], service["eventName"]) == ("RotateKeyOnDemand", "RotateKey")
    assert service["serviceEventDetails"]["rotationType"] == "ON_DEMAND"


def test_the_quota_of_rotations_on_demand(lab: House) -> None:
    """The 26th rotation on demand of a key's life is refused; automatic ones do not count, and go on."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    blobs = []
    for _ in range(25):
        blobs.append(lab.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"])
        lab.call("RotateKeyOnDemand", KeyId=key)
        lab.later(days=10)
    assert len(automatic(lab, key)) == 2
    assert lab.refusal("RotateKeyOnDemand", KeyId=key)[0] == "LimitExceededException"
    lab.later(days=90)
    assert len(automatic(lab, key)) == 3
    assert {lab.call("Decrypt", CiphertextBlob=blob)["Plaintext"] for blob in blobs} == {b"x"}
    assert lab.refusal("RotateKeyOnDemand", KeyId=key)[0] == "LimitExceededException"


@pytest.mark.parametrize(("minutes", "refused"), [(21, False), (19, True), (1, True)])
def test_an_automatic_rotation_is_near(lab: House, minutes: int, refused: bool) -> None:
    """Within 20 minutes of an automatic rotation one on demand is a conflict."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.later(days=90 - minutes * MINUTE_DAYS)
    result = lab.result("RotateKeyOnDemand", KeyId=key)
    assert (result[0] == "ConflictException") if isinstance(result, tuple) else not refused


def test_a_disabled_key_does_not_rotate(lab: House) -> None:
    """A disabled key keeps its flag and its date, which cannot be changed, and does not rotate."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.call("DisableKey", KeyId=key)
    lab.later(days=60)
    assert status(lab, key) == turned_on(90)
    for name in ("EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand"):
        assert lab.refusal(name, KeyId=key)[0] == "DisabledException"
    lab.later(days=300)
    assert automatic(lab, key) == []


def test_an_enabled_key_goes_on_with_its_schedule(lab: House) -> None:
    """A key that is enabled before its date rotates when that comes."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.call("DisableKey", KeyId=key)
    lab.later(days=89)
    lab.call("EnableKey", KeyId=key)
    assert status(lab, key) == turned_on(90)
    lab.later(days=1)
    assert automatic(lab, key) == [90]


@pytest.mark.parametrize("away", ["disabled", "pending deletion"])
def test_an_overdue_key_rotates_when_it_is_enabled(lab: House, away: str) -> None:
    """A key whose date passed while it was away rotates once, when it is enabled, and from then on every period."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.later(days=85)
    if away == "disabled":
        lab.call("DisableKey", KeyId=key)
        lab.later(days=200)
    else:
        lab.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=30)
        lab.later(days=29)
        lab.call("CancelKeyDeletion", KeyId=key)
    assert automatic(lab, key) == []
    lab.call("EnableKey", KeyId=key)
    since = (lab.now - START) / DAY
    assert automatic(lab, key) == [since]
    assert [event["eventName"] for event in lab.events() if event["eventName"] in ("EnableKey", "RotateKey")] == [
        "EnableKey",
        "RotateKey",
    ]
    assert status(lab, key) == turned_on(90, lab.now)
    lab.later(days=90)
    assert automatic(lab, key) == [since, since + 90]


def test_a_key_pending_deletion_shows_no_rotation(lab: House) -> None:
    """The status reads false while a key is pending deletion, and is restored when that is cancelled."""
    key = lab.new_key()
    lab.call("EnableKeyRotation", KeyId=key)
    lab.call("ScheduleKeyDeletion", KeyId=key)
    assert status(lab, key) == OFF
    lab.call("CancelKeyDeletion", KeyId=key)
    assert status(lab, key) == turned_on(365)
    lab.change_key(key, state="PendingReplicaDeletion")
    assert status(lab, key) == OFF


KINDS: dict[str, dict[str, str]] = {
    "RSA": {"spec": "RSA_2048", "usage": "SIGN_VERIFY"},
    "HMAC": {"spec": "HMAC_256", "usage": "GENERATE_VERIFY_MAC"},
    "imported": {"origin": "EXTERNAL"},
    "in a store": {"origin": "AWS_CLOUDHSM"},
}
SPEC = "{arn} key spec is {spec} which is not valid for this operation."
ORIGIN = "{arn} origin is {origin} which is not valid for this operation."


@pytest.mark.parametrize("name", ["EnableKeyRotation", "DisableKeyRotation", "RotateKeyOnDemand", "ListKeyRotations"])
@pytest.mark.parametrize("kind", KINDS)
def test_a_key_that_never_rotates(house: House, name: str, kind: str) -> None:
    """Asymmetric and HMAC keys, and keys in a store, never rotate; imported ones on demand only, with new material."""
    key = house.new_key()
    house.change_key(key, **KINDS[kind])
    result = house.result(name, KeyId=key)
    if kind == "imported" and name == "ListKeyRotations":
        assert result == {"Rotations": [], "Truncated": False}
    elif kind == "imported" and name == "RotateKeyOnDemand":
        assert isinstance(result, tuple)
        assert result[0] == "KMSInvalidStateException"
    else:
        message = (ORIGIN if "origin" in KINDS[kind] else SPEC).format(arn=arn(key), **KINDS[kind])
        assert result == ("UnsupportedOperationException", message)


@pytest.mark.parametrize("kind", ["RSA", "HMAC"])
def test_a_key_of_another_kind_has_a_status(house: House, kind: str) -> None:
    """GetKeyRotationStatus answers false for asymmetric and HMAC keys."""
    key = house.new_key()
    house.change_key(key, **KINDS[kind])
    assert status(house, key) == OFF
