"""Imported key material: how it comes into a key of origin EXTERNAL, and goes (reference, kms-semantics 10).

The first material is the key's own for good, and current, at once. Another one, which only a symmetric key takes, is
pending until a rotation on demand makes it current. What is the key's own for good may be deleted, or expire, and be
imported again: it keeps its id and its description, and while any is not there the whole key waits, PendingImport.
"""

from typing import Any

from kmscli.keys.key import Key, save_key
from kmscli.keys.material import MATERIAL, Made, Material, add_material, materials_of, must_find_material, save_material
from kmscli.keys.multi_region import copy_material, related_keys
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.keys.states import DISABLED, ENABLED, PENDING_IMPORT
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction

EXPIRES = "KEY_MATERIAL_EXPIRES"
DOES_NOT_EXPIRE = "KEY_MATERIAL_DOES_NOT_EXPIRE"


def material_id_of(keyring: Keyring, key: Key, made: Made) -> str:
    """The id that a material has in a key: the same for the same material, and in all related keys (crypto 1.4).

    A pair is known by its public key, since one private key can be written down in several ways.
    """
    return keyring.material_id(key.key_id, made.public_key or made.secret)


def known_by(materials: list[Material], material_id: str) -> Material | None:
    """The one of a key's materials that has this id when it is imported."""
    return next((one for one in materials if material_id == (one.import_id or one.material_id)), None)


def add_import(
    transaction: Transaction,
    key: Key,
    material_id: str,
    made: Made,
    *,
    valid_to: float | None,
    description: str,
    import_id: str = "",
) -> Key:
    """Give a key a material that it never had: its first, or one that is pending. Returns the key as it is now.

    Its replicas know of the material from then on, and wait for its import as well. `import_id`: as `Material` has it.
    """
    before = materials_of(transaction, key)
    add_material(
        transaction,
        key,
        made,
        order=len(before),
        material_id=material_id,
        valid_to=valid_to,
        description=description,
        pending=bool(before),
        import_id=import_id,
    )
    added = summed_up(transaction, key if before else key.changed(material_id=material_id))
    for replica in related_keys(transaction, key):
        copy_material(transaction, must_find_material(transaction, key, material_id), replica)
    return added


def is_everywhere(transaction: Transaction, key: Key, material: Material) -> bool:
    """Whether a key and all that are related to it have a material's bytes."""
    others = [must_find_material(transaction, one, material.material_id) for one in related_keys(transaction, key)]
    return all(one.present for one in (material, *others))


def describe(transaction: Transaction, key: Key, material_id: str, description: str) -> None:
    """Describe a material, in a key and in all that are related to it."""
    for one in (key, *related_keys(transaction, key)):
        material = must_find_material(transaction, one, material_id)
        save_material(transaction, one, material.changed(description=description))


def import_again(transaction: Transaction, key: Key, material: Material, made: Made, *, valid_to: float | None) -> Key:
    """Bring back a key's material, or change when it expires. Returns the key."""
    again = material.changed(present=True, valid_to=valid_to)
    save_material(transaction, key, again, secret=made.secret)
    return summed_up(transaction, key)


def remove(transaction: Transaction, key: Key, material: Material) -> Key:
    """Take a material's bytes away. Returns the key as it is then.

    One that is pending goes altogether, out of all replicas too; but of a replica only its bytes go.
    """
    if material.pending and not key.is_replica:
        for replica in related_keys(transaction, key):
            transaction.delete(MATERIAL, replica.region, material.material_id, shred=True)
            summed_up(transaction, replica)
        transaction.delete(MATERIAL, key.region, material.material_id, shred=True)
    elif material.present:
        save_material(transaction, key, material.changed(present=False), secret=b"")
    return summed_up(transaction, key)


def expire(transaction: Transaction, key: Key, when: float) -> tuple[Key, dict[str, Any]]:
    """Remove the material that expires at a moment. Returns the key, and the details of the event (14.3)."""
    expired = next(one for one in materials_of(transaction, key) if one.present and one.valid_to == when)
    details = {"keyId": key.arn}
    if key.spec == SYMMETRIC_DEFAULT:
        details["keyMaterialId"] = expired.material_id
    return remove(transaction, key, expired), details


def expiration_model(valid_to: float | None) -> str:
    """The ExpirationModel of what expires at a moment, or never."""
    return DOES_NOT_EXPIRE if valid_to is None else EXPIRES


def summed_up(transaction: Transaction, key: Key) -> Key:
    """A key with what its materials come to by now, and the state that follows from it; it is written so."""
    materials = materials_of(transaction, key)
    own = [material for material in materials if not material.pending]
    complete = all(material.present for material in own)
    imported = {
        "complete": complete,
        "expiry": min(_expiries(materials), default=None),
        "shown": _shown([material for material in own if material.present]),
    }
    state = key.state
    if state == PENDING_IMPORT and complete:
        state = ENABLED
    elif state in (ENABLED, DISABLED) and not complete:
        state = PENDING_IMPORT
    changed = key.changed(imported=imported, state=state)
    save_key(transaction, changed)
    return changed


def _shown(present: list[Material]) -> dict[str, Any]:
    """What KeyMetadata shows of the materials that are a key's own for good and there (2.8)."""
    if not present:
        return {}
    first = min(_expiries(present), default=None)
    model = expiration_model(first)
    return {"expiration_model": model} if first is None else {"expiration_model": model, "valid_to": first}


def _expiries(materials: list[Material]) -> list[float]:
    return [material.valid_to for material in materials if material.present and material.valid_to is not None]
