from typing import Any

import pytest

from tests.operations.house import ABSENT, OTHER_ACCOUNT, House, arn

SYMMETRIC = "SYMMETRIC_DEFAULT"


class Facts:
    """The keys that a failed call may name."""

    def __init__(self, house: House) -> None:
        self.key, self.other = house.new_key(), house.new_key()
        self.arn, self.other_arn = arn(self.key), arn(self.other)


FAILED: dict[str, tuple[str, dict[str, Any], str, Any, bool]] = {
    "not found": ("DescribeKey", {"KeyId": ABSENT}, "NotFoundException", {"keyId": ABSENT}, False),
    "validation": ("ListKeys", {"Limit": 0}, "ValidationException", {"limit": 0}, False),
    "wrong type": ("ListKeys", {"Limit": "0"}, "SerializationException", None, False),
    "state": ("EnableKeyRotation", {"KeyId": "{key}"}, "DisabledException",
              {"keyId": "{key}", "rotationPeriodInDays": 365}, True),
    "by its name": ("Encrypt", {"KeyId": "{key}", "Plaintext": b"x"}, "DisabledException",
                    {"keyId": "{arn}", "encryptionAlgorithm": SYMMETRIC}, True),
    "denied": ("DescribeKey", {"KeyId": arn(ABSENT, OTHER_ACCOUNT)}, "AccessDenied",
               {"keyId": arn(ABSENT, OTHER_ACCOUNT)}, False),
    "dry run": ("Encrypt", {"KeyId": "{other}", "Plaintext": b"x", "DryRun": True}, "DryRunOperationException",
                {"keyId": "{other_arn}", "encryptionAlgorithm": SYMMETRIC, "dryRun": True}, True),
}  # fmt: skip


def filled(value: Any, facts: Facts) -> Any:
    """A value with the placeholders of keys filled in."""
    if isinstance(value, str):
        return value.format(**vars(facts))
    return {name: filled(one, facts) for name, one in value.items()} if isinstance(value, dict) else value


@pytest.mark.parametrize("case", FAILED)
def test_the_record_of_a_failed_call(house: House, case: str) -> None:
    """A failed call is logged with its code and message, no answer, and its key if that was found."""
    facts = Facts(house)
    house.call("DisableKey", KeyId=facts.key)
    name, request, code, parameters, is_found = FAILED[case]
    _, message = house.refusal(name, **filled(request, facts))
    event = house.event()
    names = list(event)
    assert names[names.index("userAgent") + 1 : names.index("responseElements") + 1] == [
        "errorCode",
        "errorMessage",
        "requestParameters",
        "responseElements",
    ]
    assert (event["errorCode"], event["errorMessage"]) == (code, message)
    assert event["requestParameters"] == filled(parameters, facts)
    assert event["responseElements"] is None
    assert "additionalEventData" not in event
    assert bool(event["resources"]) is is_found


def test_a_failure_without_a_message(house: House) -> None:
    """An invalid ciphertext has a code and no message."""
    key = house.new_key()
    house.refusal("Decrypt", KeyId=key, CiphertextBlob=b"x")
    event = house.event()
    assert event["errorCode"] == "InvalidCiphertextException"
    assert "errorMessage" not in event
    assert event["requestParameters"] == {"keyId": arn(key), "encryptionAlgorithm": SYMMETRIC}
