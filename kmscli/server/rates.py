"""How many requests a second AWS KMS takes of an account in a Region (reference, kms-semantics 15)."""

SYMMETRIC = "symmetric keys"
_FAMILIES = {"RSA": "RSA keys", "ECC": "ECC keys", "SM2": "ECC keys", "ML_DSA": "ML-DSA keys", "ML_KEM": "ML-KEM keys"}
"""The quota that cryptographic operations share on each family of keys but symmetric ones, by how its specs begin."""

_SYMMETRIC = 10_000
_SYMMETRIC_IN = {
    **dict.fromkeys(("us-east-1", "us-west-2", "eu-west-1"), 100_000),
    **dict.fromkeys(
        ("us-east-2", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1", "eu-central-1", "eu-west-2"), 20_000
    ),
}
_CUSTOM_KEY_STORE = 1800
_KEY_PAIRS = {
    **dict.fromkeys(
        ("ECC_NIST_P256", "ECC_NIST_P384", "ECC_NIST_P521", "ECC_SECG_P256K1", "ECC_NIST_EDWARDS25519"), 100
    ),
    "SM2": 25,
    "RSA_2048": 20,
    "RSA_3072": 4,
    "RSA_4096": 1,
}
"""Each spec of the data key pairs that are asked for has a quota of its own."""
_BY_RATE: dict[int, tuple[str, ...]] = {
    2000: ("DescribeKey", "GetPublicKey", "ListResourceTags"),
    1000: ("GetKeyPolicy", "GetKeyRotationStatus"),
    500: ("ListKeys", "ListAliases"),
    100: ("ListGrants", "ListKeyPolicies", "ListRetirableGrants", "ListKeyRotations"),
    50: ("CreateGrant", "RetireGrant", "RevokeGrant"),
    15: (
        "DeleteAlias", "EnableKeyRotation", "ScheduleKeyDeletion", "PutKeyPolicy", "ImportKeyMaterial",
        "DeleteImportedKeyMaterial",
    ),
    10: ("TagResource",),
    5: (
        "CreateKey", "CreateAlias", "UpdateAlias", "EnableKey", "DisableKey", "DisableKeyRotation", "CancelKeyDeletion",
        "UntagResource", "UpdateKeyDescription", "ReplicateKey", "UpdatePrimaryRegion", "RotateKeyOnDemand",
        "GetKeyLastUsage", "CreateCustomKeyStore", "DescribeCustomKeyStores", "UpdateCustomKeyStore",
        "DeleteCustomKeyStore", "ConnectCustomKeyStore", "DisconnectCustomKeyStore",
    ),
    1: ("GetParametersForImport",),
}  # fmt: skip
"""Operations that have a quota each."""

_RATES: dict[str, int] = {
    **dict.fromkeys(_FAMILIES.values(), 1000),
    **{f"key pairs {spec}": rate for spec, rate in _KEY_PAIRS.items()},
    **{name: rate for rate, names in _BY_RATE.items() for name in names},
}


def quota_of_keys(spec: str) -> str:
    """The quota that cryptographic operations share on keys of a spec. One that is not known counts as symmetric."""
    return next((quota for start, quota in _FAMILIES.items() if spec.startswith(start)), SYMMETRIC)


def quota_of_pairs(spec: str) -> str:
    """The quota of data key pairs of a spec."""
    return f"key pairs {spec}"


def quota_of_store(store: str) -> str:
    """The quota of a custom key store."""
    return f"custom key store {store}"


def has_quota(operation: str) -> bool:
    """Whether an operation has a quota of its own; cryptographic ones share theirs."""
    return operation in _RATES


def rate(quota: str, region: str) -> int:
    """Requests a second."""
    if quota == SYMMETRIC:
        return _SYMMETRIC_IN.get(region, _SYMMETRIC)
    return _RATES.get(quota, _CUSTOM_KEY_STORE)
