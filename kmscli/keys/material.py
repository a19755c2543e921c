"""Key material: 32 random bytes with an id. A key has one that is current and, after rotations, others that decrypt.

A material's id stands in every ciphertext made with it; by (Region, id) it leads to its key, over all accounts. The
bytes are sealed on their own inside the row, and unsealed for the call that uses them only (reference, crypto 1.4).
"""

import os
from typing import Any

from kmscli.keys.key import Key
from kmscli.vault.transaction import Kind, Transaction


class Material:
    """What is stored of a key's material besides its bytes. `rotated`: when it became current; None for the first."""

    def __init__(
        self,
        material_id: str,
        *,
        account: str,
        region: str,
        key_id: str,
        rotated: float | None,
        rotation_type: str | None,
        order: int,
    ) -> None:
        self.material_id = material_id
        self.account = account
        self.region = region
        self.key_id = key_id
        self.rotated = rotated
        self.rotation_type = rotation_type
        self.order = order
        """The rotations that it came after; the first material has 0."""


MATERIAL: Kind[Material] = Kind(17, "material", lambda value: Material(value.pop("material_id"), **value), vars)


def add_material(
    transaction: Transaction, key: Key, *, order: int, rotated: float | None = None, rotation_type: str | None = None
) -> str:
    """Make new material for a key. Returns its id: 64 hex digits. The caller makes it the key's current one."""
    material_id = os.urandom(32).hex()
    material = Material(
        material_id,
        account=key.account,
        region=key.region,
        key_id=key.key_id,
        rotated=rotated,
        rotation_type=rotation_type,
        order=order,
    )
    transaction.put(MATERIAL, key.region, material_id, material, secret=os.urandom(32), first=key.arn)
    return material_id


def find_material(transaction: Transaction, region: str, material_id: str) -> Material | None:
    """A material of a Region by its id."""
    return transaction.get(MATERIAL, region, material_id)


def material_bytes(transaction: Transaction, region: str, material_id: str) -> bytes:
    """A material's bytes. Do not keep them."""
    return transaction.secret(MATERIAL, region, material_id)


def must_find_material(transaction: Transaction, key: Key, material_id: str) -> Material:
    """A material that a key's record names. Raises VaultDamagedError: its row is gone."""
    material = find_material(transaction, key.region, material_id)
    if material is None:
        raise transaction.missing(MATERIAL, key.region, material_id)
    return material


def materials_of(transaction: Transaction, key: Key) -> list[Material]:
    """A key's materials in the order in which they became current."""
    found: list[Any] = [entry.value for entry in transaction.linked(MATERIAL, 1, key.arn)]
    return sorted(found, key=lambda material: material.order)
