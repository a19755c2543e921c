"""Importing key material in a house: wrapped as a caller would wrap it, with the token that goes with it."""

from functools import cache
from typing import Any

from kmscli.crypto import asymmetric, wrapping
from kmscli.crypto.importing import RAW_LENGTHS
from tests.operations.house import House
from tests.operations.stock import SPECS

HYBRID = "RSA_AES_KEY_WRAP_SHA_256"
OAEP = "RSAES_OAEP_SHA_256"
MATERIAL, OTHER, THIRD = (bytes((number,)) * 32 for number in (1, 2, 3))
IMPORTABLE = [(spec, usage) for spec, usage in SPECS if not spec.startswith("ML_")]
"""Every spec that takes imported material, with each of its usages."""


@cache
def material_for(spec: str) -> bytes:
    """Material that is right for a spec, as a caller has it: raw, or a private key in PKCS#8."""
    if spec in RAW_LENGTHS:
        return bytes(range(1, 1 + RAW_LENGTHS[spec][0]))
    return asymmetric.generate_pair(spec)[0]


def external(house: House, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT", **members: Any) -> str:
    """A key without material."""
    return house.new_key(Origin="EXTERNAL", KeySpec=spec, KeyUsage=usage, **members)


def parameters(house: House, key: str, algorithm: str = HYBRID, spec: str = "RSA_2048") -> dict[str, Any]:
    """A wrapping public key and its token."""
    return house.call("GetParametersForImport", KeyId=key, WrappingAlgorithm=algorithm, WrappingKeySpec=spec)


def wrapped(
    house: House, key: str, material: bytes, algorithm: str = HYBRID, spec: str = "RSA_2048"
) -> dict[str, bytes]:
    """The members of ImportKeyMaterial that bring a material."""
    given = parameters(house, key, algorithm, spec)
    blob = wrapping.wrap(given["PublicKey"], algorithm, material)
    return {"ImportToken": given["ImportToken"], "EncryptedKeyMaterial": blob}


def request(house: House, key: str, material: bytes, **members: Any) -> dict[str, Any]:
    """A request that imports a material. Without a `ValidTo` it does not expire."""
    model = {} if "ValidTo" in members else {"ExpirationModel": "KEY_MATERIAL_DOES_NOT_EXPIRE"}
    return {"KeyId": key, **wrapped(house, key, material), **model, **members}


def import_material(house: House, key: str, material: bytes = MATERIAL, **members: Any) -> str:
    """Import a material. Returns its id; nothing for a key that is not symmetric."""
    return str(house.call("ImportKeyMaterial", **request(house, key, material, **members)).get("KeyMaterialId", ""))


def import_refusal(house: House, key: str, material: bytes = MATERIAL, **members: Any) -> tuple[str, str]:
    """How an import is refused."""
    return house.refusal("ImportKeyMaterial", **request(house, key, material, **members))


def imported_key(house: House, material: bytes = MATERIAL, **members: Any) -> str:
    """A symmetric key with imported material."""
    key = external(house)
    import_material(house, key, material, **members)
    return key


def materials(house: House, key: str) -> list[dict[str, Any]]:
    """All key material of a key as ListKeyRotations shows it, without the key's id."""
    answer = house.call("ListKeyRotations", KeyId=key, IncludeKeyMaterial="ALL_KEY_MATERIAL")
    return [{name: value for name, value in one.items() if name != "KeyId"} for one in answer["Rotations"]]


def metadata(house: House, key: str) -> dict[str, Any]:
    """A key's metadata."""
    shown: dict[str, Any] = house.call("DescribeKey", KeyId=key)["KeyMetadata"]
    return shown
