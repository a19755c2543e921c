"""Fixed key material of a seed file: its bytes, its public key, its id, and how it became a key's."""

import binascii
from typing import Any

from kmscli.cli.local._seed_members import ruled
from kmscli.crypto.asymmetric import public_key
from kmscli.crypto.hashing import hmac_sha256, joined
from kmscli.crypto.importing import UnfitMaterialError, imported
from kmscli.keys.key import Key
from kmscli.keys.material import Made
from kmscli.keys.rotation import AUTOMATIC, ON_DEMAND
from kmscli.keys.specs import NOT_IMPORTABLE, SYMMETRIC_DEFAULT
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.import_members import KeyMaterialDescription, check_symmetric_only
from kmscli.operations.shapes import Shape

ID_LABEL = b"kmscli seeded material id v1"


class SeedMaterial(Shape):
    """A material: its bytes in one spelling, its id, if it is not the first, when it became current, and, if it was
    imported, what it is and when it expires.
    """

    base64 = String(1, 20_000, secret=True)
    hex = String(1, 20_000, secret=True)
    pem = String(1, 20_000, secret=True)
    material_id = String(pattern="[0-9a-f]{64}")
    rotated = Timestamp()
    rotation_type = Enum(ON_DEMAND, AUTOMATIC)
    description = KeyMaterialDescription("")
    valid_to = Timestamp()


SPELLINGS = ("base64", "hex", "pem")


class SeededMaterial:
    """A material to be seeded. One that has a place among others and was not rotated to is `pending`."""

    def __init__(self, made: Made, material_id: str, read: dict[str, Any], *, is_first: bool) -> None:
        self.made = made
        self.material_id = material_id
        self.rotated: float | None = read.get("rotated")
        self.rotation_type: str | None = read.get("rotation_type", ON_DEMAND) if self.rotated else None
        self.description: str = read.get("description", "")
        self.valid_to: float | None = read.get("valid_to")
        self.pending = self.rotated is None and not is_first


def materials_to_seed(
    read: list[dict[str, Any]], key: Key, created: float, path: str, faults: list[str]
) -> list[SeededMaterial]:
    """The materials of a key that was made at a moment, the first one first; faults are appended."""
    if len(read) > 1 and key.spec != SYMMETRIC_DEFAULT:
        faults.append(f"{path}.materials: a key of {key.spec} has one material")
    latest = created
    found = []
    for number, material in enumerate(read):
        place = f"{path}.materials[{number}]"
        may_wait = key.origin == "EXTERNAL" and number == len(read) - 1
        _check_rotated(material, number, latest, place, faults, may_wait=may_wait)
        _check_import(material, key, place, faults)
        latest = material.get("rotated", latest)
        try:
            made = fixed_material(key.spec, material_bytes_of(material))
        except (UnfitMaterialError, ValueError) as error:
            faults.append(f"{place}: {error}")
            continue
        material_id = material.get("material_id") or material_id_of(key.key_id, made)
        found.append(SeededMaterial(made, material_id, material, is_first=number == 0))
    return found


def _check_rotated(
    material: dict[str, Any], number: int, latest: float, place: str, faults: list[str], *, may_wait: bool
) -> None:
    """See that the first material was not rotated to, and each other one later than that before."""
    rotated = material.get("rotated")
    if number == 0:
        if not {"rotated", "rotation_type"}.isdisjoint(material):
            faults.append(f"{place}: the first material was not rotated to")
    elif rotated is None and may_wait:
        if "rotation_type" in material:
            faults.append(f"{place}.rotation_type: goes with rotated only")
    elif rotated is None or rotated <= latest:
        faults.append(f"{place}.rotated: must be there, and later than the material before and the key")


def _check_import(material: dict[str, Any], key: Key, place: str, faults: list[str]) -> None:
    """See that material has what goes with its key's origin only."""
    if key.origin != "EXTERNAL":
        given = [name for name in ("description", "valid_to") if name in material]
        faults += [f"{place}.{name}: goes with origin EXTERNAL only" for name in given]
        return
    if material.get("rotation_type") == AUTOMATIC:
        faults.append(f"{place}.rotation_type: imported key material is rotated to {ON_DEMAND} only")
    description = material.get("description")
    ruled(f"{place}.description", faults, lambda: check_symmetric_only(key, KeyMaterialDescription=description))


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
