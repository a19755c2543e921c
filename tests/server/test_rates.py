"""What calls count for: the quota, the Region, and how much."""

from collections.abc import Iterator
from typing import Any

import pytest

from kmscli.engine import find_operation
from kmscli.operations.index import SERVICES
from kmscli.operations.recording import Asked
from kmscli.server.rates import has_quota, rate
from kmscli.server.throttle import Charges, charges_of
from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, House, alias_arn, arn, caller, make_vault

HERE = "us-east-1"
CRYPTOGRAPHIC = {
    "Encrypt", "Decrypt", "ReEncrypt", "GenerateDataKey", "GenerateDataKeyWithoutPlaintext", "GenerateRandom",
    "GenerateDataKeyPair", "GenerateDataKeyPairWithoutPlaintext", "GenerateMac", "VerifyMac", "Sign", "Verify",
    "DeriveSharedSecret", "Encapsulate", "Decapsulate",
}  # fmt: skip
"""Operations whose quota depends on the key."""


def test_every_operation_has_a_rate() -> None:
    """Every operation of KMS has a quota of its own, or shares those of cryptographic operations."""
    known = {name for name, _ in SERVICES["kms"].values()}
    assert {name for name in known if not has_quota(name)} == CRYPTOGRAPHIC


@pytest.mark.parametrize(
    ("quota", "region", "expected"),
    [
        ("symmetric keys", "us-east-1", 100_000),
        ("symmetric keys", "eu-central-1", 20_000),
        ("symmetric keys", "eu-north-1", 10_000),
        ("RSA keys", "us-east-1", 1000),
        ("key pairs RSA_4096", "us-east-1", 1),
        ("custom key store cks-1", "us-east-1", 1800),
        ("DescribeKey", "us-east-1", 2000),
        ("CreateKey", "us-west-2", 5),
    ],
)
def test_rates(quota: str, region: str, expected: int) -> None:
    """AWS's rates, some of them by Region."""
    assert rate(quota, region) == expected


class Keys:
    """A house with a key of each family, by names in braces, and what calls on it count for."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.names = {
            "symmetric": house.new_key(),
            "rsa": house.new_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT"),
            "ecc": house.new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY"),
            "mac": house.new_key(KeySpec="HMAC_256", KeyUsage="GENERATE_VERIFY_MAC"),
            "ml_dsa": house.new_key(KeySpec="ML_DSA_44", KeyUsage="SIGN_VERIFY"),
            "ml_kem": house.new_key(KeySpec="ML_KEM_512", KeyUsage="ENCAPSULATE_DECAPSULATE"),
        }
        house.call("CreateAlias", AliasName="alias/rsa", TargetKeyId=self.names["rsa"])
        self.blob = house.call("Encrypt", KeyId=self.names["symmetric"], Plaintext=b"x")["CiphertextBlob"]

    def charges(self, name: str, members: dict[str, Any], account: str = ACCOUNT) -> Charges:
        """What a call counts for."""
        raw = {
            member: self.blob if value == "{blob}" else value.format(**self.names) if isinstance(value, str) else value
            for member, value in members.items()
        }
        asked = Asked(caller(account=account), find_operation(name), raw)
        return self.house.engine.look(asked.caller, lambda transaction, _now, _held: charges_of(asked, transaction))


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Keys]:
    """Keys that are only looked at."""
    house = House(make_vault(tmp_path_factory.mktemp("house") / "vault"))
    yield Keys(house)
    house.close()


SYMMETRIC = {(HERE, "symmetric keys"): 1}
RSA = {(HERE, "RSA keys"): 1}
ECDSA = {"Message": b"m", "SigningAlgorithm": "ECDSA_SHA_256"}
OAEP = {"EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
COUNTED: dict[str, tuple[str, dict[str, Any], Charges]] = {
    "a symmetric key": ("Encrypt", {"KeyId": "{symmetric}", "Plaintext": b"x"}, SYMMETRIC),
    "a ciphertext that names its key": ("Decrypt", {"CiphertextBlob": "{blob}"}, SYMMETRIC),
    "random bytes": ("GenerateRandom", {"NumberOfBytes": 1}, SYMMETRIC),
    "a store's random bytes": (
        "GenerateRandom",
        {"NumberOfBytes": 1, "CustomKeyStoreId": "cks-1"},
        {(HERE, "custom key store cks-1"): 1},
    ),
    "a MAC": ("GenerateMac", {"KeyId": "{mac}", "Message": b"m", "MacAlgorithm": "HMAC_SHA_256"}, SYMMETRIC),
    "an RSA key": ("Encrypt", {"KeyId": "{rsa}", "Plaintext": b"x", **OAEP}, RSA),
    "an alias": ("Encrypt", {"KeyId": "alias/rsa", "Plaintext": b"x", **OAEP}, RSA),
    "an elliptic curve": ("Sign", {"KeyId": "{ecc}", **ECDSA}, {(HERE, "ECC keys"): 1}),
    "a lattice": (
        "Sign",
        {"KeyId": "{ml_dsa}", "Message": b"m", "SigningAlgorithm": "ML_DSA_SHAKE_256"},
        {(HERE, "ML-DSA keys"): 1},
    ),
    "another lattice": (
        "Encapsulate",
        {"KeyId": "{ml_kem}", "EncapsulationAlgorithm": "ML_KEM"},
        {(HERE, "ML-KEM keys"): 1},
    ),
    "two keys of a family": (
        "ReEncrypt",
        {"CiphertextBlob": "{blob}", "DestinationKeyId": "{symmetric}"},
        SYMMETRIC,
    ),
    "two keys of two families": (
        "ReEncrypt",
        {"CiphertextBlob": "{blob}", "DestinationKeyId": "alias/rsa"},
        {**SYMMETRIC, **RSA},
    ),
    "a key pair": (
        "GenerateDataKeyPair",
        {"KeyId": "{symmetric}", "KeyPairSpec": "RSA_3072"},
        {(HERE, "key pairs RSA_3072"): 1},
    ),
    "a key pair of no spec": ("GenerateDataKeyPair", {"KeyId": "{symmetric}", "KeyPairSpec": "DSA"}, SYMMETRIC),
    "no key": ("Encrypt", {"KeyId": ABSENT, "Plaintext": b"x"}, SYMMETRIC),
    "no ciphertext": ("Decrypt", {"CiphertextBlob": b"garbage"}, SYMMETRIC),
    "an invalid call": ("Encrypt", {}, SYMMETRIC),
    "an operation by itself": ("DescribeKey", {"KeyId": "{rsa}"}, {(HERE, "DescribeKey"): 1}),
    "a replica": (
        "ReplicateKey",
        {"KeyId": "{symmetric}", "ReplicaRegion": "eu-west-1"},
        {(HERE, "ReplicateKey"): 1, ("eu-west-1", "CreateKey"): 2},
    ),
    "a new primary key": (
        "UpdatePrimaryRegion",
        {"KeyId": "{symmetric}", "PrimaryRegion": "eu-west-1"},
        {(HERE, "UpdatePrimaryRegion"): 1, ("eu-west-1", "UpdatePrimaryRegion"): 1},
    ),
    "a replica nowhere": ("ReplicateKey", {"KeyId": "{symmetric}"}, {(HERE, "ReplicateKey"): 1}),
    "another service": ("sts:GetCallerIdentity", {}, {}),
}


@pytest.mark.parametrize("case", COUNTED)
def test_what_a_call_counts_for(keys: Keys, case: str) -> None:
    """Cryptographic operations count by the families of their keys, others each for itself."""
    name, members, expected = COUNTED[case]
    assert keys.charges(name, members) == expected


@pytest.mark.parametrize("name", [alias_arn("alias/rsa"), "{rsa}"])
def test_a_key_of_another_account(keys: Keys, name: str) -> None:
    """A foreign key counts by its family too, by whatever name."""
    name = name if name.startswith("arn:") else arn(keys.names["rsa"])
    members = {"KeyId": name, "Plaintext": b"x", **OAEP}
    assert keys.charges("Encrypt", members, OTHER_ACCOUNT) == RSA
