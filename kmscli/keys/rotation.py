"""Rotation: new material becomes current, the old one goes on decrypting (reference, kms-semantics 9)."""

from typing import Any

from kmscli.keys.imports import summed_up
from kmscli.keys.key import Key, next_rotation, save_key
from kmscli.keys.material import Material, add_material, make_material, must_find_material, save_material
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


def check_rotates_on_demand(key: Key) -> None:
    """Raises UnsupportedOperationException: a key of this kind never rotates (9.1)."""
    _check_spec(key)
    check_origin(key.arn, key.origin, "AWS_KMS", "EXTERNAL")


def check_has_status(key: Key) -> None:
    """Raises UnsupportedOperationException: a symmetric key of this origin has no rotation status (3.3, 9.2)."""
    if key.spec == SYMMETRIC_DEFAULT:
        check_origin(key.arn, key.origin, "AWS_KMS")


def rotate(transaction: Transaction, key: Key, when: float, rotation_type: str) -> tuple[Key, dict[str, Any]]:
    """Rotate a key. Returns it with its new material, and the details of its RotateKey event (14.3)."""
    order = must_find_material(transaction, key, key.material_id).order + 1
    made = make_material(key.spec)
    material_id = add_material(transaction, key, made, order=order, rotated=when, rotation_type=rotation_type)
    rotated = key.changed(material_id=material_id)
    if rotation_type == AUTOMATIC and key.rotation:
        period = key.rotation["period"]
        rotated = rotated.changed(rotation={"period": period, "next": next_rotation(when, period)})
    save_key(transaction, rotated)
    return rotated, _details(key, rotated, rotation_type)


def rotate_to(
    transaction: Transaction, key: Key, pending: Material, when: float, rotation_type: str
) -> tuple[Key, dict[str, Any]]:
    """Make an imported material that is pending current. Returns what `rotate` returns."""
    save_material(transaction, key, pending.changed(pending=False, rotated=when, rotation_type=rotation_type))
    rotated = summed_up(transaction, key.changed(material_id=pending.material_id))
    return rotated, _details(key, rotated, rotation_type)


def _details(before: Key, after: Key, rotation_type: str) -> dict[str, Any]:
    return {
        "rotationType": rotation_type,
        "keyOrigin": after.origin,
        "previousKeyMaterialId": before.material_id,
        "currentKeyMaterialId": after.material_id,
        "keyId": after.arn,
    }


def _check_spec(key: Key) -> None:
    if key.spec != SYMMETRIC_DEFAULT:
        refuse_spec(key.arn, key.spec)
