from typing import Any

import pytest

from kmscli.engine import find_operation
from kmscli.operations.index import KMS
from tests.operations.house import ACCOUNT, ANYONE, OTHER_REGION, REGION, House, arn
from tests.operations.importing import MATERIAL, OAEP, external, import_material, material_for, request
from tests.operations.regions import primary

STATES = (
    "Enabled", "Disabled", "PendingDeletion", "PendingReplicaDeletion", "PendingImport", "Unavailable", "Creating",
    "Updating",
)  # fmt: skip
IMPORTS = ("DeleteImportedKeyMaterial", "GetParametersForImport", "ImportKeyMaterial")
"""The rows of keys with imported material."""

OK = ("", "")
DISABLED = ("DisabledException", "{arn} is disabled.")
DELETING = ("KMSInvalidStateException", "{arn} is pending deletion.")
REPLICA_DELETING = ("KMSInvalidStateException", "{arn} is pending replica deletion.")
NOT_DELETING = ("KMSInvalidStateException", "{arn} is not pending deletion.")
IMPORTING = ("KMSInvalidStateException", "{arn} is pending import.")
UNAVAILABLE = ("KMSInvalidStateException", "{arn} is unavailable.")
CREATING = ("KMSInvalidStateException", "{arn} is creating.")
UPDATING = ("KMSInvalidStateException", "{arn} is updating.")
EXTERNAL = ("UnsupportedOperationException", "{arn} origin is EXTERNAL which is not valid for this operation.")
IN_A_STORE = ("UnsupportedOperationException", "{arn} origin is AWS_CLOUDHSM which is not valid for this operation.")

EVERYWHERE = (OK,) * 8
CRYPTO = (OK, DISABLED, DELETING, REPLICA_DELETING, IMPORTING, UNAVAILABLE, CREATING, OK)
DESCRIBING = (OK, OK, DELETING, REPLICA_DELETING, OK, OK, OK, OK)
SWITCHING = (OK, OK, DELETING, REPLICA_DELETING, IMPORTING, OK, CREATING, UPDATING)
PAIRS = (OK, DISABLED, DELETING, REPLICA_DELETING, IMPORTING, IN_A_STORE, CREATING, OK)
PUBLISHING = (OK, OK, DELETING, REPLICA_DELETING, OK, OK, CREATING, OK)
ROTATING = (OK, DISABLED, DELETING, REPLICA_DELETING, EXTERNAL, IN_A_STORE, CREATING, OK)

TABLE: dict[str, tuple[tuple[str, str], ...]] = {
    "CancelKeyDeletion": (NOT_DELETING, NOT_DELETING, OK, OK, NOT_DELETING, NOT_DELETING, NOT_DELETING, NOT_DELETING),
    "CreateAlias": DESCRIBING,
    "CreateGrant": (OK, DISABLED, DELETING, REPLICA_DELETING, IMPORTING, OK, CREATING, OK),
    "Decapsulate": CRYPTO,
    "Decrypt": CRYPTO,
    "DeleteAlias": EVERYWHERE,
    "DeleteImportedKeyMaterial": (OK, OK, OK, OK, OK, IN_A_STORE, CREATING, UPDATING),
    "DeriveSharedSecret": CRYPTO,
    "DescribeKey": EVERYWHERE,
    "DisableKey": SWITCHING,
    "DisableKeyRotation": ROTATING,
    "EnableKey": SWITCHING,
    "EnableKeyRotation": ROTATING,
    "Encapsulate": CRYPTO,
    "Encrypt": CRYPTO,
    "GenerateDataKey": CRYPTO,
    "GenerateDataKeyPair": PAIRS,
    "GenerateDataKeyPairWithoutPlaintext": PAIRS,
    "GenerateDataKeyWithoutPlaintext": CRYPTO,
    "GenerateMac": CRYPTO,
    "GetKeyLastUsage": EVERYWHERE,
    "GetKeyPolicy": EVERYWHERE,
    "GetKeyRotationStatus": (OK, OK, OK, OK, EXTERNAL, IN_A_STORE, OK, OK),
    "GetParametersForImport": (OK, OK, DELETING, REPLICA_DELETING, OK, IN_A_STORE, CREATING, UPDATING),
    "GetPublicKey": PUBLISHING,
    "ImportKeyMaterial": (OK, OK, DELETING, REPLICA_DELETING, OK, IN_A_STORE, CREATING, OK),
    "ListAliases": EVERYWHERE,
    "ListGrants": EVERYWHERE,
    "ListKeyPolicies": EVERYWHERE,
    "ListKeyRotations": (OK, OK, OK, OK, OK, IN_A_STORE, OK, OK),
    "ListResourceTags": EVERYWHERE,
    "PutKeyPolicy": EVERYWHERE,
    "ReEncrypt from": CRYPTO,
    "ReEncrypt to": CRYPTO,
    "ReplicateKey": (OK, DISABLED, DELETING, REPLICA_DELETING, IMPORTING, UNAVAILABLE, CREATING, UPDATING),
    "RetireGrant": EVERYWHERE,
    "RevokeGrant": EVERYWHERE,
    "RotateKeyOnDemand": (OK, DISABLED, DELETING, REPLICA_DELETING, IMPORTING, IN_A_STORE, CREATING, OK),
    "ScheduleKeyDeletion": (OK, OK, DELETING, REPLICA_DELETING, OK, OK, OK, UPDATING),
    "Sign": CRYPTO,
    "TagResource": DESCRIBING,
    "UntagResource": DESCRIBING,
    "UpdateAlias from": EVERYWHERE,
    "UpdateAlias to": DESCRIBING,
    "UpdateKeyDescription": DESCRIBING,
    "UpdatePrimaryRegion": CRYPTO,
    "Verify": CRYPTO,
    "VerifyMac": CRYPTO,
}
"""The reference's 3.3, for the operations that act on a key, with the messages of 3.4."""

CELLS = [(row, state, cell) for row, cells in TABLE.items() for state, cell in zip(STATES, cells, strict=True)]
SIGNING = ("ECC_NIST_EDWARDS25519", "SIGN_VERIFY")
MAC = ("HMAC_256", "GENERATE_VERIFY_MAC")
KEM = ("ML_KEM_768", "ENCAPSULATE_DECAPSULATE")
SPECS = {
    "Decapsulate": KEM, "DeriveSharedSecret": ("ECC_NIST_P256", "KEY_AGREEMENT"), "Encapsulate": KEM,
    "GenerateMac": MAC, "GetPublicKey": SIGNING, "Sign": SIGNING, "Verify": SIGNING, "VerifyMac": MAC,
}  # fmt: skip
"""The spec and usage of an operation's key, where it is not symmetric."""

MESSAGE = b"m"
BY_KEY: dict[str, dict[str, Any]] = {
    "CreateGrant": {"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:root", "Operations": ["Encrypt"]},
    "Encapsulate": {"EncapsulationAlgorithm": "ML_KEM"},
    "GenerateDataKeyPair": {"KeyPairSpec": "ECC_NIST_P256"},
    "GenerateDataKeyPairWithoutPlaintext": {"KeyPairSpec": "ECC_NIST_P256"},
    "GetParametersForImport": {"WrappingAlgorithm": OAEP, "WrappingKeySpec": "RSA_2048"},
    "GenerateMac": {"Message": MESSAGE, "MacAlgorithm": "HMAC_SHA_256"},
    "Sign": {"Message": MESSAGE, "SigningAlgorithm": "ED25519_SHA_512"},
    "Encrypt": {"Plaintext": b"x"},
    "GenerateDataKey": {"KeySpec": "AES_256"},
    "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
    "PutKeyPolicy": {"Policy": ANYONE},
    "TagResource": {"Tags": [{"TagKey": "a", "TagValue": "b"}]},
    "UntagResource": {"TagKeys": ["a"]},
    "ReplicateKey": {"ReplicaRegion": "us-west-2"},
    "UpdateKeyDescription": {"Description": "new"},
    "UpdatePrimaryRegion": {"PrimaryRegion": OTHER_REGION},
}
"""What an operation on a key needs besides it."""


def members(row: str, key: str, other: str, blob: bytes, other_blob: bytes) -> dict[str, Any]:
    """A request in which `key` is the one whose state matters. `key` has the alias `alias/key`, `other` none."""
    odd: dict[str, dict[str, Any]] = {
        "CreateAlias": {"AliasName": "alias/new", "TargetKeyId": key},
        "Decrypt": {"CiphertextBlob": blob},
        "DeleteAlias": {"AliasName": "alias/key"},
        "ReEncrypt from": {"CiphertextBlob": blob, "DestinationKeyId": other},
        "ReEncrypt to": {"CiphertextBlob": other_blob, "DestinationKeyId": key},
        "UpdateAlias from": {"AliasName": "alias/key", "TargetKeyId": other},
        "UpdateAlias to": {"AliasName": "alias/other", "TargetKeyId": key},
    }
    return odd.get(row) or {"KeyId": key, **BY_KEY.get(row, {})}


def answered_before(house: House, row: str, key: str) -> dict[str, Any]:
    """What an operation needs that another answered while the key was enabled."""
    if row == "Verify":
        return {**BY_KEY["Sign"], "Signature": house.call("Sign", KeyId=key, **BY_KEY["Sign"])["Signature"]}
    if row == "VerifyMac":
        given = BY_KEY["GenerateMac"]
        return {**given, "Mac": house.call("GenerateMac", KeyId=key, **given)["Mac"]}
    if row == "Decapsulate":
        made = house.call("Encapsulate", KeyId=key, EncapsulationAlgorithm="ML_KEM")
        blob = made["SharedSecretCiphertextBlob"]
        return {"EncapsulationAlgorithm": "ML_KEM", "SharedSecretCiphertextBlob": blob}
    if row == "DeriveSharedSecret":
        return {"KeyAgreementAlgorithm": "ECDH", "PublicKey": house.call("GetPublicKey", KeyId=key)["PublicKey"]}
    return {}


def made_before(house: House, row: str, key: str) -> dict[str, Any]:
    """The same for a symmetric key."""
    if row in ("RetireGrant", "RevokeGrant"):
        grant = house.call("CreateGrant", KeyId=key, **BY_KEY["CreateGrant"])
        return {"KeyId": arn(key), "GrantId": grant["GrantId"]}
    return request(house, key, MATERIAL) if row == "ImportKeyMaterial" else {}


def key_for(house: House, row: str, state: str) -> str:
    """A key of the row's spec, usable, that can come into a state: only imported material makes one PendingImport."""
    if row in ("ReplicateKey", "UpdatePrimaryRegion"):
        return primary(house, OTHER_REGION)
    spec, usage = SPECS.get(row, ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT"))
    if spec.startswith("ML_KEM") or (state != "PendingImport" and row not in IMPORTS):
        return house.new_key(KeySpec=spec, KeyUsage=usage)
    key = external(house, spec, usage)
    import_material(house, key, MATERIAL if spec == "SYMMETRIC_DEFAULT" else material_for(spec))
    return key


def bring_into(house: House, key: str, state: str) -> None:
    """Bring a key into a state."""
    origin = house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Origin"]
    if state == "PendingImport" and origin == "EXTERNAL":
        house.call("DeleteImportedKeyMaterial", KeyId=key)
    else:
        house.change_key(key, state=state, origin="AWS_CLOUDHSM" if state == "Unavailable" else origin)


OF_OTHER_SPECS = [cell for cell in CELLS if cell[0] in SPECS]
SYMMETRIC = [cell for cell in CELLS if cell[0] not in SPECS]


@pytest.mark.parametrize(
    ("row", "state", "expected"), OF_OTHER_SPECS, ids=[f"{row}-{state}" for row, state, _ in OF_OTHER_SPECS]
)
def test_a_state_of_a_key_of_another_spec(house: House, row: str, state: str, expected: tuple[str, str]) -> None:
    """The same table holds for the operations on keys that are not symmetric."""
    key = key_for(house, row, state)
    needs = {**BY_KEY.get(row, {}), **answered_before(house, row, key)}
    bring_into(house, key, state)
    result = house.result(row, KeyId=key, **needs)
    code, message = expected
    if expected == OK:
        assert isinstance(result, dict)
    else:
        assert result == (code, message.format(arn=arn(key)))


@pytest.mark.parametrize(("row", "state", "expected"), SYMMETRIC, ids=[f"{row}-{state}" for row, state, _ in SYMMETRIC])
def test_a_state_allows_or_refuses(house: House, row: str, state: str, expected: tuple[str, str]) -> None:
    """Each operation goes on or is refused in each state of its key as the reference's table says."""
    key, other = key_for(house, row, state), house.new_key()
    house.call("CreateAlias", AliasName="alias/key", TargetKeyId=key)
    house.call("CreateAlias", AliasName="alias/other", TargetKeyId=other)
    blob, other_blob = (house.call("Encrypt", KeyId=one, Plaintext=b"x")["CiphertextBlob"] for one in (key, other))
    given = {**members(row, key, other, blob, other_blob), **made_before(house, row, key)}
    bring_into(house, key, state)
    result = house.result(row.partition(" ")[0], **given)
    code, message = expected
    if expected == OK:
        assert isinstance(result, dict)
    else:
        assert result == (code, message.format(arn=arn(key)))


def test_every_operation_on_a_key_has_its_row() -> None:
    """The table is whole: it has each operation that is declared to act on a key, an alias or a grant."""
    declared = {name for name, _ in KMS.values() if find_operation(name).targets}
    assert {row.partition(" ")[0] for row in TABLE} == declared


AFTERWARDS = {
    "EnableKey": ("Disabled", "Enabled"),
    "DisableKey": ("Enabled", "Disabled"),
    "ScheduleKeyDeletion": ("Enabled", "PendingDeletion"),
    "CancelKeyDeletion": ("PendingDeletion", "Disabled"),
}


@pytest.mark.parametrize("name", AFTERWARDS)
def test_a_transition_leads_to_its_state(house: House, name: str) -> None:
    """A key is in the state that 3.2 says after each transition, and only Enabled makes `Enabled` true."""
    key = house.new_key()
    before, after = AFTERWARDS[name]
    house.change_key(key, state=before, deletion=house.now + 9_000 if before == "PendingDeletion" else None)
    house.call(name, KeyId=key)
    metadata = house.call("DescribeKey", KeyId=key)["KeyMetadata"]
    assert metadata["KeyState"] == after
    assert metadata["Enabled"] is (after == "Enabled")
    assert ("DeletionDate" in metadata) is (after == "PendingDeletion")


@pytest.mark.parametrize(("name", "state"), [("EnableKey", "Enabled"), ("DisableKey", "Disabled")])
def test_a_switch_may_be_thrown_twice(house: House, name: str, state: str) -> None:
    """EnableKey and DisableKey are idempotent."""
    key = house.new_key()
    assert house.call(name, KeyId=key) == house.call(name, KeyId=key) == {}
    assert house.state_of(key) == state


def test_a_state_is_refused_before_a_usage(house: House) -> None:
    """A disabled key of another usage is refused as disabled."""
    key = house.new_key()
    house.change_key(key, usage="SIGN_VERIFY")
    wrong_usage = f"{arn(key)} key usage is SIGN_VERIFY which is not valid for Encrypt."
    assert house.refusal("Encrypt", KeyId=key, Plaintext=b"x") == ("InvalidKeyUsageException", wrong_usage)
    house.call("DisableKey", KeyId=key)
    assert house.refusal("Encrypt", KeyId=key, Plaintext=b"x") == ("DisabledException", f"{arn(key)} is disabled.")


def test_a_message_names_the_key_in_full(house: House) -> None:
    """A refusal shows the key's ARN although an alias was given."""
    key = house.new_key()
    house.call("CreateAlias", AliasName="alias/key", TargetKeyId=key)
    house.call("DisableKey", KeyId=key)
    expected = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key} is disabled."
    assert house.refusal("Encrypt", KeyId="alias/key", Plaintext=b"x")[1] == expected
