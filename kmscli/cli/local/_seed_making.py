"""Making a key of a seed file, by what the operations make theirs with."""

from kmscli.cli.local._seed_key import Seed
from kmscli.keys.aliases import Alias, add_alias
from kmscli.keys.imports import add_import, import_again, material_id_of
from kmscli.keys.key import Key, next_rotation, save_key
from kmscli.keys.material import add_material, must_find_material
from kmscli.keys.multi_region import replicate
from kmscli.keys.rotation import ON_DEMAND, rotate_to
from kmscli.operations.members import Tag
from kmscli.operations.new_keys import furnish
from kmscli.vault.keyring import Keyring
from kmscli.vault.transaction import Transaction


def make(transaction: Transaction, keyring: Keyring, seed: Seed, now: float) -> None:
    """Make a key with all that the file says of it, and then its replicas. Nothing may be in its place."""
    created = now if seed.created is None else seed.created
    alone = {"primary": seed.key.region, "replicas": []} if seed.key.multi_region else None
    key = seed.key.changed(created=created, multi_region=alone)
    if seed.period is not None:
        following = seed.next_rotation or next_rotation(now, seed.period)
        key = key.changed(rotation={"period": seed.period, "next": following})
    key = (
        _with_imports(transaction, keyring, key, seed)
        if key.origin == "EXTERNAL"
        else _with_materials(transaction, key, seed)
    )
    save_key(transaction, key)
    _furnish(transaction, key, seed)
    for one in seed.replicas:
        key = _replicate(transaction, key, one)


def tags_in(seed: Seed) -> list[Tag]:
    """A key's tags as CreateKey takes them."""
    return [Tag(tag_key=name, tag_value=value) for name, value in seed.tags.items()]


def _with_materials(transaction: Transaction, key: Key, seed: Seed) -> Key:
    for order, material in enumerate(seed.materials):
        add_material(
            transaction,
            key,
            material.made,
            order=order,
            material_id=material.material_id,
            rotated=material.rotated,
            rotation_type=material.rotation_type,
        )
    return key.changed(material_id=seed.materials[-1].material_id)


def _with_imports(transaction: Transaction, keyring: Keyring, key: Key, seed: Seed) -> Key:
    """Import a key's materials one after the other, each but one that is pending made current before the next."""
    for material in seed.materials:
        key = add_import(
            transaction,
            key,
            material.material_id,
            material.made,
            valid_to=material.valid_to,
            description=material.description,
            import_id=material_id_of(keyring, key, material.made),
        )
        if material.rotated is not None:
            pending = must_find_material(transaction, key, material.material_id)
            key = rotate_to(transaction, key, pending, material.rotated, ON_DEMAND)[0].key
    return key


def _replicate(transaction: Transaction, primary: Key, seed: Seed) -> Key:
    """Make a replica; what was imported into the primary key is imported into it too. Returns the primary key."""
    key = seed.key
    replica = replicate(transaction, primary, key.region, now=primary.created, description=key.description)
    for material in seed.materials if key.origin == "EXTERNAL" else ():
        known = must_find_material(transaction, replica, material.material_id)
        replica = import_again(transaction, replica, known, material.made, valid_to=material.valid_to)
    _furnish(transaction, replica, seed)
    return primary.changed(multi_region=replica.multi_region)


def _furnish(transaction: Transaction, key: Key, seed: Seed) -> None:
    """Give a new key what is its own in its Region."""
    furnish(transaction, key, seed.policy, tags_in(seed))
    for name in seed.aliases:
        alias = Alias(
            name, account=key.account, region=key.region, key_id=key.key_id, created=key.created, updated=key.created
        )
        add_alias(transaction, alias, key)
