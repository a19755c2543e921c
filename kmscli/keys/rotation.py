"""Rotation: new material becomes current, the old one goes on decrypting (reference, kms-semantics 9)."""

from kmscli.keys.imports import summed_up
from kmscli.keys.key import Happened, Key, next_rotation
from kmscli.keys.material import Material, add_material, make_material, must_find_material, save_material
from kmscli.keys.multi_region import copy_material, refuse_replica, related_keys, save_shared, synchronized
from kmscli.keys.specs import SYMMETRIC_DEFAULT, check_origin, refuse_spec
from kmscli.vault.transaction import Transaction

DEFAULT_PERIOD = 365
AUTOMATIC = "AUTOMATIC"
ON_DEMAND = "ON_DEMAND"
ON_DEMAND_QUOTA = 25
"""Rotations on demand, over a key's life."""
SOON = 20 * 60
"""An automatic rotation due within these seconds stands in the way of one on demand."""


def check_rotates(key: Key) -> None:
    """Raises UnsupportedOperationException: a key of this kind never rotates by itself (9.1)."""
    _check_spec(key)
    check_origin(key.arn, key.origin, "AWS_KMS")
    refuse_replica(key)


def check_rotates_on_demand(key: Key) -> None:
    """Raises UnsupportedOperationException: a key of this kind never rotates, or with its primary key only (9.1)."""
    check_has_rotations(key)
    refuse_replica(key)


def check_has_rotations(key: Key) -> None:
    """Raises UnsupportedOperationException: a key of this kind never rotates (9.1)."""
    _check_spec(key)
    check_origin(key.arn, key.origin, "AWS_KMS", "EXTERNAL")


def check_has_status(key: Key) -> None:
    """Raises UnsupportedOperationException: a symmetric key of this origin has no rotation status (3.3, 9.2)."""
    if key.spec == SYMMETRIC_DEFAULT:
        check_origin(key.arn, key.origin, "AWS_KMS")


def rotate(transaction: Transaction, key: Key, when: float, rotation_type: str) -> list[Happened]:
    """Rotate a key, and with a multi-Region primary key its replicas. Returns the events (14.3)."""
    order = must_find_material(transaction, key, key.material_id).order + 1
    made = make_material(key.spec)
    material_id = add_material(transaction, key, made, order=order, rotated=when, rotation_type=rotation_type)
    rotation = key.rotation
    if rotation_type == AUTOMATIC and rotation:
        rotation = {**rotation, "next": next_rotation(when, rotation["period"])}
    rotated = save_shared(transaction, key, material_id=material_id, rotation=rotation)
    replicas = related_keys(transaction, rotated)
    for replica in replicas:
        copy_material(transaction, must_find_material(transaction, rotated, material_id), replica)
    return _rotated(key, [rotated, *replicas], when, rotation_type)


def rotate_to(transaction: Transaction, key: Key, pending: Material, when: float, rotation_type: str) -> list[Happened]:
    """Make an imported material that is pending current; all related keys have it. Returns what `rotate` returns."""
    rotated = []
    for one in (key, *related_keys(transaction, key)):
        own = must_find_material(transaction, one, pending.material_id)
        save_material(transaction, one, own.changed(pending=False, rotated=when, rotation_type=rotation_type))
        rotated.append(summed_up(transaction, one.changed(material_id=pending.material_id)))
    return _rotated(key, rotated, when, rotation_type)


def _rotated(before: Key, rotated: list[Key], when: float, rotation_type: str) -> list[Happened]:
    details = {
        "rotationType": rotation_type,
        "keyOrigin": before.origin,
        "previousKeyMaterialId": before.material_id,
        "currentKeyMaterialId": rotated[0].material_id,
    }
    happened = [Happened("RotateKey", one, when, {**details, "keyId": one.arn}) for one in rotated]
    return [*happened, *synchronized(rotated[0], when)]


def _check_spec(key: Key) -> None:
    if key.spec != SYMMETRIC_DEFAULT:
        refuse_spec(key.arn, key.spec)
