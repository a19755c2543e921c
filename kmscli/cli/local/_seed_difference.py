"""What is in a vault where a key is to be seeded: nothing, the key as the file has it, or another one."""

from collections.abc import Iterable

from kmscli.cli.local._seed_key import Seed
from kmscli.crypto.hashing import same
from kmscli.keys.aliases import aliases_of
from kmscli.keys.key import Key, find_key
from kmscli.keys.material import material_bytes, materials_of
from kmscli.keys.policies import policy_of
from kmscli.keys.regions import REGIONS
from kmscli.keys.tags import tags_of
from kmscli.vault.transaction import Transaction


def is_there(transaction: Transaction, seed: Seed, faults: list[str]) -> bool:
    """Whether there is a key in the place of one to be seeded. Where it is another one, that is a fault."""
    if _find(transaction, seed) is None:
        return _has_its_id(transaction, seed, faults)
    for one in seed.set:
        there = _find(transaction, one)
        others = ", ".join(_differences(transaction, one, there)) if there else ""
        if others:
            faults.append(f"{one.path}: the key is there already, and not like this: {others}")
    return True


def _find(transaction: Transaction, seed: Seed) -> Key | None:
    return find_key(transaction, seed.key.account, seed.key.region, seed.key.key_id)


def _has_its_id(transaction: Transaction, seed: Seed, faults: list[str]) -> bool:
    """Whether another multi-Region set has the id that one to be seeded is to have, which is a fault."""
    found = (find_key(transaction, seed.key.account, region, seed.key.key_id) for region in sorted(REGIONS))
    other = next(filter(None, found), None) if seed.key.multi_region else None
    if other:
        faults.append(f"{seed.path}.key_id: there is another multi-Region key of this id already: {other.arn}")
    return other is not None


def _differences(transaction: Transaction, seed: Seed, key: Key) -> Iterable[str]:
    """The members by which a key that is there is another one than the file's. What the file leaves open is none."""
    rotation = key.rotation or {}
    alike = {
        "key_spec": key.spec == seed.key.spec,
        "key_usage": key.usage == seed.key.usage,
        "origin": key.origin == seed.key.origin,
        "description": key.description == seed.key.description,
        "enabled": key.state == seed.key.state,
        "created": seed.created in (None, key.created),
        "rotation_period_in_days": rotation.get("period") == seed.period,
        "next_rotation": seed.next_rotation in (None, rotation.get("next")),
        "materials": _has_materials(transaction, seed, key),
        "aliases": {entry.value.name for entry in aliases_of(transaction, key)} == set(seed.aliases),
        "tags": tags_of(transaction, key) == seed.tags,
        "policy": policy_of(transaction, key) == seed.policy,
        "replicas": seed.key.is_replica or key.multi_region == seed.key.multi_region,
    }
    return (member for member, is_alike in alike.items() if not is_alike)


def _has_materials(transaction: Transaction, seed: Seed, key: Key) -> bool:
    kept = ("material_id", "rotated", "rotation_type", "description", "valid_to", "pending")
    there = materials_of(transaction, key)
    known = [[getattr(one, name) for name in kept] for one in there]
    if known != [[getattr(one, name) for name in kept] for one in seed.materials]:
        return False
    if not all(one.present for one in there):
        return False
    return all(
        same(material_bytes(transaction, key.region, one.material_id), one.made.secret) for one in seed.materials
    )
