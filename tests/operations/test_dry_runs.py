import re
from typing import Any

import pytest

from tests.operations.house import ABSENT, House, arn

INVALID = ("InvalidCiphertextException", "")
SUCCEEDED = ("DryRunOperationException", "The request would have succeeded, but the DryRun option is set.")
DATA_KEYS = ("GenerateDataKey", "GenerateDataKeyWithoutPlaintext")


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt", "ReEncrypt", *DATA_KEYS])
def test_a_dry_run_always_fails(house: House, name: str) -> None:
    """A dry run that would succeed says so as an error; one that would not gives the real error."""
    key = house.new_key()
    blob = house.encrypted(key)
    needs: dict[str, dict[str, Any]] = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": key},
    }
    given = needs.get(name, {"KeyId": key, "KeySpec": "AES_256"})
    assert house.refusal(name, DryRun=True, **given) == SUCCEEDED
    assert isinstance(house.call(name, DryRun=False, **given)["KeyId"], str)
    altered = {**given, "CiphertextBlob": blob[:-1]} if "CiphertextBlob" in given else {**given, "KeyId": ABSENT}
    expected = INVALID if "CiphertextBlob" in given else ("NotFoundException", f"Key '{arn(ABSENT)}' does not exist")
    assert house.refusal(name, DryRun=True, **altered) == expected
    house.call("DisableKey", KeyId=key)
    assert house.refusal(name, DryRun=True, **given) == ("DisabledException", f"{arn(key)} is disabled.")


IGNORE = {"DryRunModifiers": ["IGNORE_CIPHERTEXT"]}
NO_BLOB = re.compile("1 validation error detected: Value null at '.+' failed .+ Member must not be null")


@pytest.mark.parametrize(("name", "source"), [("Decrypt", "KeyId"), ("ReEncrypt", "SourceKeyId")])
def test_a_dry_run_without_a_ciphertext(house: House, name: str, source: str) -> None:
    """With IGNORE_CIPHERTEXT a dry run looks at keys and permissions only; it needs a key, and to be a dry run."""
    key, disabled = house.new_key(), house.new_key()
    house.call("DisableKey", KeyId=disabled)
    needs = {"DestinationKeyId": key} if name == "ReEncrypt" else {}
    dry = {"DryRun": True, **IGNORE, **needs}
    assert house.refusal(name, **{source: key}, **dry) == SUCCEEDED
    assert house.refusal(name, **{source: key}, CiphertextBlob=b"nonsense", **dry) == SUCCEEDED
    assert house.refusal(name, **{source: disabled}, **dry)[0] == "DisabledException"
    code, message = house.refusal(name, **dry)
    assert code == "ValidationException"
    assert NO_BLOB.fullmatch(message)
    code, message = house.refusal(name, **{source: key}, DryRun=True, **needs)
    assert (code, "ciphertextBlob" in message) == ("ValidationException", True)
    for given in ({}, {"DryRun": False}):
        assert house.refusal(name, **{source: key}, **IGNORE, **needs, **given)[0] == "ValidationException"


@pytest.mark.parametrize("name", ["Encrypt", "Decrypt", "ReEncrypt", "DescribeKey", *DATA_KEYS])
def test_a_grant_token_that_is_none(house: House, name: str) -> None:
    """No grant has been made, so every grant token is refused: after the key, before its state."""
    key = house.new_key()
    blob = house.encrypted(key)
    house.call("DisableKey", KeyId=key)
    needs: dict[str, dict[str, Any]] = {
        "Encrypt": {"KeyId": key, "Plaintext": b"x"},
        "Decrypt": {"CiphertextBlob": blob},
        "ReEncrypt": {"CiphertextBlob": blob, "DestinationKeyId": key},
        "DescribeKey": {"KeyId": key},
    }
    given = needs.get(name, {"KeyId": key, "KeySpec": "AES_256"})
    assert house.refusal(name, GrantTokens=["token"], **given)[0] == "InvalidGrantTokenException"
    state = "DescribeKey" if name == "DescribeKey" else house.refusal(name, GrantTokens=[], **given)[0]
    assert state in ("DescribeKey", "DisabledException")
