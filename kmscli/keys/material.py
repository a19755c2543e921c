"""Key material: what a key's secrets are made of, with an id. A key has one that is current and, if it is symmetric,
after rotations others that decrypt.

A material's id stands in every ciphertext made with it; by (Region, id) it leads to its key, over all accounts. The
bytes are sealed on their own inside the row, and unsealed for the call that uses them only (reference, crypto 1.4).
What imported material has beyond that, and how it comes and goes, is in `imports`.
"""

import binascii
import os
from typing import Any, Self

from kmscli.keys.key import Key
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.vault.transaction import Kind, Transaction


class Material:
    """What is stored of a key's material besides its bytes.

    `rotated`: when it became current; None for the first. `public_key`: of asymmetric keys, SubjectPublicKeyInfo in
    base64, so that whoever needs no more leaves the private one sealed; empty for others.
    """

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
        public_key: str = "",
        description: str = "",
        valid_to: float | None = None,
        pending: bool = False,
        present: bool = True,
        import_id: str = "",
    ) -> None:
        self.material_id = material_id
        self.account = account
        self.region = region
        self.key_id = key_id
        self.rotated = rotated
        self.rotation_type = rotation_type
        self.order = order
        """The rotations that it came after; the first material has 0."""
        self.public_key = public_key
        self.description = description
        self.valid_to = valid_to
        """When it expires, if it was imported and does."""
        self.pending = pending
        """Whether it was imported and waits for the rotation that makes it current."""
        self.present = present
        """Whether its bytes are here: an imported one's may have been deleted, or have expired."""
        self.import_id = import_id
        """The id that an import of its bytes would get in this vault, if a seed file gave it another; or empty."""

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


MATERIAL: Kind[Material] = Kind(17, "material", lambda value: Material(value.pop("material_id"), **value), vars)


class Made:
    """New key material: its secret bytes, which it does not show, and the public key (DER; empty without one)."""

    def __init__(self, secret: bytes, public_key: bytes) -> None:
        self.secret = secret
        self.public_key = public_key

    def __repr__(self) -> str:
        return f"Made({len(self.public_key)} bytes of public key)"


def make_material(spec: str) -> Made:
    """New material for a key of a spec. For RSA it may take seconds."""
    if spec == SYMMETRIC_DEFAULT:
        return Made(os.urandom(32), b"")
    from kmscli.crypto import asymmetric

    return Made(*asymmetric.generate(spec))


def add_material(
    transaction: Transaction,
    key: Key,
    made: Made,
    *,
    order: int,
    material_id: str = "",
    rotated: float | None = None,
    rotation_type: str | None = None,
    **imported: Any,
) -> str:
    """Give a key new material. Returns its id: 64 hex digits. The caller makes it the key's current one.

    `material_id`: a random one unless it is given. `imported`: what `Material` has for imported ones.
    """
    material = Material(
        material_id or os.urandom(32).hex(),
        account=key.account,
        region=key.region,
        key_id=key.key_id,
        rotated=rotated,
        rotation_type=rotation_type,
        order=order,
        public_key=binascii.b2a_base64(made.public_key, newline=False).decode(),
        **imported,
    )
    save_material(transaction, key, material, secret=made.secret)
    return material.material_id


def save_material(transaction: Transaction, key: Key, material: Material, *, secret: bytes | None = None) -> None:
    """Write what is stored of a key's material. `secret`: its bytes; None leaves those that are there."""
    transaction.put(MATERIAL, key.region, material.material_id, material, secret=secret, first=key.arn)


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
