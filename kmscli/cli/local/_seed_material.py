"""Fixed key material of a seed file: its bytes, its public key, and its id."""

import binascii
from typing import Any

from kmscli.crypto.asymmetric import public_key
from kmscli.crypto.hashing import hmac_sha256, joined
from kmscli.crypto.importing import UnfitMaterialError, imported
from kmscli.keys.material import Made
from kmscli.keys.rotation import AUTOMATIC, ON_DEMAND
from kmscli.keys.specs import NOT_IMPORTABLE
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.shapes import Shape

ID_LABEL = b"kmscli seeded material id v1"


class SeedMaterial(Shape):
    """A material: its bytes in one spelling, its id, and, if it is not the first, when it became current."""

    base64 = String(1, 20_000, secret=True)
    hex = String(1, 20_000, secret=True)
    pem = String(1, 20_000, secret=True)
    material_id = String(pattern="[0-9a-f]{64}")
    rotated = Timestamp()
    rotation_type = Enum(ON_DEMAND, AUTOMATIC)


SPELLINGS = ("base64", "hex", "pem")


def fixed_material(spec: str, raw: bytes) -> Made:
    """A key's material from its bytes: as for an import, and of specs without imports the seed of the key pair.

    Raises UnfitMaterialError.
    """
    if spec not in NOT_IMPORTABLE:
        return Made(*imported(spec, raw))
    try:
        return Made(raw, public_key(spec, raw))
    except ValueError:
        raise UnfitMaterialError(f"Key material for {spec} must be a seed of its length.") from None


def material_id_of(key_id: str, made: Made) -> str:
    """The id of a material that is given none: HMAC-SHA-256, keyed by the material, of a label and the key's id.

    The same on every machine, which the vault's own keyed hash is not (reference, crypto 1.4), and it tells nothing of
    the material to whom does not have it.
    """
    return hmac_sha256(made.secret, joined(ID_LABEL, key_id.encode())).hex()


def material_bytes_of(material: dict[str, Any]) -> bytes:
    """The bytes that a material spells out. Raises ValueError: not one spelling, or a wrong one."""
    given = [spelling for spelling in SPELLINGS if spelling in material]
    if len(given) != 1:
        raise ValueError(f"must have one of {', '.join(SPELLINGS)}")
    text = material[given[0]].strip()
    if given == ["pem"]:
        text = text.removeprefix("-----BEGIN PRIVATE KEY-----").removesuffix("-----END PRIVATE KEY-----")
    try:
        if given == ["hex"]:
            return bytes.fromhex(text)
        return binascii.a2b_base64("".join(text.split()), strict_mode=True)
    except ValueError:
        kind = "a private key in PEM: PKCS#8, unencrypted" if given == ["pem"] else given[0]
        raise ValueError(f"is not {kind}") from None
