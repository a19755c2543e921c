"""Seeding a lab vault: keys of a seed file that are not there yet, all in one commit with one event."""

from collections.abc import Iterable
from typing import Any

from kmscli.cli.call import standard_input
from kmscli.cli.local._seed_file import Seed, read_seeds
from kmscli.cli.local._seed_members import refuse, ruled
from kmscli.crypto.hashing import same
from kmscli.engine import Caller, Engine
from kmscli.errors import ConfigurationError, UsageError
from kmscli.keys.aliases import Alias, add_alias, aliases_of, find_alias
from kmscli.keys.key import Key, find_key, next_rotation, save_key
from kmscli.keys.material import add_material, find_material, material_bytes, materials_of
from kmscli.keys.policies import policy_of
from kmscli.keys.tags import tags_of
from kmscli.operations.members import Tag
from kmscli.operations.new_keys import check_new_key, furnish
from kmscli.vault.transaction import Transaction


def seed(engine: Engine, caller: Caller, file: str, content: bytes) -> tuple[list[str], list[str]]:
    """Seed a vault. Returns the ARNs of the keys that were made, and of those that were there as they are in the file.

    Raises UsageError: the file has faults. ConfigurationError: the vault is no lab vault, or has something else in the
    place of what the file says. Nothing is changed then.
    """
    if not engine.vault.header.lab:
        raise ConfigurationError(
            "Only a lab vault can be seeded, and this vault is none.", mend="Make one: kmscli vault init --lab"
        )
    faults: list[str] = []
    seeds = read_seeds(content, caller, faults)
    refuse(file, faults, UsageError)
    made: list[str] = []

    def change(transaction: Transaction, now: float) -> dict[str, Any] | None:
        faults: list[str] = []
        made[:] = [one.key.arn for one in seeds if _seeded(transaction, one, now, faults)]
        refuse(file, faults, ConfigurationError)
        return {"file": file, "keys": made} if made else None

    engine.change_local(caller, "SeedVault", change)
    return made, [one.key.arn for one in seeds if one.key.arn not in made]


def content_of(file: str) -> bytes:
    """A seed file's content; of `-`, what is on standard input. Raises OSError, UsageError: it cannot be read."""
    if file == "-":
        return standard_input()
    with open(file, "rb") as opened:
        return opened.read()


def _seeded(transaction: Transaction, seed: Seed, now: float, faults: list[str]) -> bool:
    """Make a key unless it is there. Whether it was made. What stands in its way is appended to the faults."""
    there = find_key(transaction, seed.key.account, seed.key.region, seed.key.key_id)
    if there:
        others = ", ".join(_differences(transaction, seed, there))
        faults += [f"{seed.path}: the key is there already, and not like this: {others}"] if others else []
        return False
    before = len(faults)
    for number, name in enumerate(seed.aliases):
        if find_alias(transaction, seed.key.account, seed.key.region, name):
            faults.append(f"{seed.path}.aliases[{number}]: there is such an alias already")
    for number, material in enumerate(seed.materials):
        if find_material(transaction, seed.key.region, material.material_id):
            faults.append(f"{seed.path}.materials[{number}]: another key has this material id already")
    tags = _tags_in(seed)
    ruled(seed.path, faults, lambda: check_new_key(transaction, seed.key.scope, seed.policy, tags))
    if max([seed.created or 0, *(material.rotated or 0 for material in seed.materials)]) > now:
        faults.append(f"{seed.path}: created or rotated later than now")
    if len(faults) > before:
        return False
    _make(transaction, seed, now)
    return True


def _tags_in(seed: Seed) -> list[Tag]:
    """A key's tags as CreateKey takes them."""
    return [Tag(tag_key=name, tag_value=value) for name, value in seed.tags.items()]


def _make(transaction: Transaction, seed: Seed, now: float) -> None:
    created = now if seed.created is None else seed.created
    key = seed.key.changed(created=created, material_id=seed.materials[-1].material_id)
    if seed.period is not None:
        following = seed.next_rotation or next_rotation(now, seed.period)
        key = key.changed(rotation={"period": seed.period, "next": following})
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
    save_key(transaction, key)
    furnish(transaction, key, seed.policy, _tags_in(seed))
    for name in seed.aliases:
        alias = Alias(name, account=key.account, region=key.region, key_id=key.key_id, created=created, updated=created)
        add_alias(transaction, alias, key)


def _differences(transaction: Transaction, seed: Seed, key: Key) -> Iterable[str]:
    """The members by which a key that is there is another one than the file's. What the file leaves open is none."""
    rotation = key.rotation or {}
    alike = {
        "key_spec": key.spec == seed.key.spec,
        "key_usage": key.usage == seed.key.usage,
        "description": key.description == seed.key.description,
        "enabled": key.state == seed.key.state,
        "created": seed.created in (None, key.created),
        "rotation_period_in_days": rotation.get("period") == seed.period,
        "next_rotation": seed.next_rotation in (None, rotation.get("next")),
        "materials": _has_materials(transaction, seed, key),
        "aliases": {entry.value.name for entry in aliases_of(transaction, key)} == set(seed.aliases),
        "tags": tags_of(transaction, key) == seed.tags,
        "policy": policy_of(transaction, key) == seed.policy,
    }
    return (member for member, is_alike in alike.items() if not is_alike)


def _has_materials(transaction: Transaction, seed: Seed, key: Key) -> bool:
    there = materials_of(transaction, key)
    known = [(one.material_id, one.rotated, one.rotation_type) for one in there]
    if known != [(one.material_id, one.rotated, one.rotation_type) for one in seed.materials]:
        return False
    return all(
        same(material_bytes(transaction, key.region, one.material_id), one.made.secret) for one in seed.materials
    )
