"""The seed file: keys that are the same on every machine (docs/seed.md), read by the operations' own fields and rules.

Every fault of a file is found before anything is seeded; none shows a value, since that may be key material.
"""

import json
from collections.abc import Callable
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.cli.input_document import parse_yaml
from kmscli.cli.local._seed_material import SeedMaterial, fixed_material, material_bytes_of, material_id_of
from kmscli.cli.local._seed_members import members, ruled
from kmscli.crypto.importing import UnfitMaterialError
from kmscli.keys.aliases import QUOTA as ALIASES_QUOTA
from kmscli.keys.key import Key
from kmscli.keys.material import Made
from kmscli.keys.policies import default_policy
from kmscli.keys.rotation import ON_DEMAND, check_rotates
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.keys.states import DISABLED, ENABLED
from kmscli.keys.tags import checked_tags
from kmscli.names import is_account, is_key_id, is_region
from kmscli.operations.alias_rules import check_changeable
from kmscli.operations.fields import Boolean, String, Timestamp
from kmscli.operations.kms.create_key import CreateKeyRequest, check_made_here
from kmscli.operations.kms.enable_key_rotation import EnableKeyRotationRequest
from kmscli.operations.members import AliasName, Tag
from kmscli.operations.policy_rules import check_policy
from kmscli.operations.shapes import List, Map, Shape, Structure

LARGEST = 1 << 24
"""A file's most bytes."""


class SeedKey(Shape):
    """What a seed file says of a key beyond what CreateKey and EnableKeyRotation take."""

    key_id = String(1, 36).required()
    account = String()
    region = String()
    created = Timestamp()
    enabled = Boolean()
    next_rotation = Timestamp()
    materials = List(Structure(SeedMaterial), 1, 1000).required()
    aliases = List(AliasName(), 0, ALIASES_QUOTA)
    tags = Map()


_FROM_CREATE_KEY = ("KeySpec", "KeyUsage", "Description", "Policy")
FIELDS = {
    field.name: field
    for field in (
        *SeedKey.fields.values(),
        *(CreateKeyRequest.fields[name] for name in _FROM_CREATE_KEY),
        EnableKeyRotationRequest.fields["RotationPeriodInDays"],
    )
}
"""A key's members by their names in the file."""


class SeededMaterial:
    """A material to be seeded."""

    def __init__(self, made: Made, material_id: str, rotated: float | None, rotation_type: str | None) -> None:
        self.made = made
        self.material_id = material_id
        self.rotated = rotated
        self.rotation_type = rotation_type


class Seed:
    """A key to be seeded, and its `path` in the file. What is None is as the vault's time has it."""

    def __init__(self, path: str, key: Key, read: dict[str, Any], policy: str) -> None:
        self.path = path
        self.key = key
        self.created: float | None = read.get("created")
        self.period: int | None = read.get("rotation_period_in_days")
        self.next_rotation: float | None = read.get("next_rotation")
        self.aliases: list[str] = read.get("aliases", [])
        self.tags: dict[str, str] = read.get("tags", {})
        self.policy = policy
        self.materials: list[SeededMaterial] = []


def read_seeds(content: bytes, caller: Caller, faults: list[str]) -> list[Seed]:
    """The keys of a seed file; of those with faults, which are appended, what is there. The caller's account and Region
    are those of keys that name none.
    """
    try:
        document = parse_yaml(content.decode()) if len(content) <= LARGEST else None
    except ValueError:
        document = None
    if not (isinstance(document, dict) and list(document) == ["keys"] and isinstance(document["keys"], list)):
        faults.append("must be YAML or JSON of a map with one member, keys, a list")
        return []
    seeds = [_seed(raw, f"keys[{number}]", caller, faults) for number, raw in enumerate(document["keys"])]
    found = [seed for seed in seeds if seed]
    _check_unlike(found, "key_id", lambda seed: [seed.key.arn], faults)
    _check_unlike(found, "aliases", lambda seed: [f"{seed.key.scope} {name}" for name in seed.aliases], faults)
    ids: Callable[[Seed], list[str]] = lambda seed: [f"{seed.key.region} {one.material_id}" for one in seed.materials]  # noqa: E731
    _check_unlike(found, "materials", ids, faults)
    return found


def _seed(raw: Any, path: str, caller: Caller, faults: list[str]) -> Seed | None:
    before = len(faults)
    read = members(_with_policy_text(raw), FIELDS, path, faults)
    account, region = read.get("account", caller.account), read.get("region", caller.region)
    _check_names(read, account, region, path, faults)
    wire = {name: read.get(CreateKeyRequest.fields[name].name) for name in _FROM_CREATE_KEY}
    request = ruled(path, faults, lambda: CreateKeyRequest.parse(wire))
    if request:
        ruled(path, faults, lambda: check_made_here(request, region))
    for number, alias in enumerate(read.get("aliases", [])):
        ruled(f"{path}.aliases[{number}]", faults, lambda alias=alias: check_changeable(alias))  # type: ignore[misc]
    _check_tags(read.get("tags", {}), path, faults)
    policy = read.get("policy") or default_policy(account, region)
    if "policy" in read:
        ruled(f"{path}.policy", faults, lambda: check_policy(policy))
    if request is None or len(faults) > before:
        return None
    seed = Seed(path, _key(read, request, account, region), read, policy)
    if seed.period is not None:
        ruled(f"{path}.rotation_period_in_days", faults, lambda: check_rotates(seed.key))
    if seed.next_rotation is not None and seed.period is None:
        faults.append(f"{path}.next_rotation: goes with rotation_period_in_days only")
    seed.materials = _materials(read["materials"], seed.key, path, faults)
    return seed


def _key(read: dict[str, Any], request: CreateKeyRequest, account: str, region: str) -> Key:
    return Key(
        account=account,
        region=region,
        key_id=read["key_id"],
        spec=request.key_spec,
        usage=request.key_usage,
        origin=request.origin,
        manager="CUSTOMER",
        created=read.get("created", 0),
        state=ENABLED if read.get("enabled", True) else DISABLED,
        description=request.description,
        material_id="",
    )


def _check_names(read: dict[str, Any], account: str, region: str, path: str, faults: list[str]) -> None:
    key_id = read.get("key_id")
    if key_id is not None and (not is_key_id(key_id) or key_id != key_id.lower() or key_id.startswith("mrk-")):
        faults.append(f"{path}.key_id: must be a UUID in lower case")
    if not is_account(account):
        faults.append(f"{path}.account: must be 12 digits, as text")
    if not is_region(region):
        faults.append(f"{path}.region: must be a Region")


def _check_tags(tags: dict[str, Any], path: str, faults: list[str]) -> None:
    given = []
    for name, value in tags.items():
        tag = members({"tag_key": name, "tag_value": value}, _TAG, f"{path}.tags.{name}", faults)
        given += [Tag(**tag)] if len(tag) == len(_TAG) else []
    ruled(f"{path}.tags", faults, lambda: checked_tags([(tag.tag_key, tag.tag_value) for tag in given]))


_TAG = {field.name: field for field in Tag.fields.values()}


def _with_policy_text(raw: Any) -> Any:
    """A key whose policy, if it is a map, is JSON: CreateKey takes text. What JSON cannot say is no policy either."""
    if isinstance(raw, dict) and isinstance(raw.get("policy"), dict):
        return {**raw, "policy": json.dumps(raw["policy"], indent=2, ensure_ascii=False, default=str)}
    return raw


def _materials(read: list[dict[str, Any]], key: Key, path: str, faults: list[str]) -> list[SeededMaterial]:
    if len(read) > 1 and key.spec != SYMMETRIC_DEFAULT:
        faults.append(f"{path}.materials: a key of {key.spec} has one material")
    latest = key.created
    found = []
    for number, material in enumerate(read):
        place = f"{path}.materials[{number}]"
        rotated = material.get("rotated")
        if number == 0 and not {"rotated", "rotation_type"}.isdisjoint(material):
            faults.append(f"{place}: the first material was not rotated to")
        elif number and (rotated is None or rotated <= latest):
            faults.append(f"{place}.rotated: must be there, and later than the material before and the key")
        latest = rotated or latest
        try:
            made = fixed_material(key.spec, material_bytes_of(material))
        except (UnfitMaterialError, ValueError) as error:
            faults.append(f"{place}: {error}")
            continue
        material_id = material.get("material_id") or material_id_of(key.key_id, made)
        rotation_type = material.get("rotation_type", ON_DEMAND) if number else None
        found.append(SeededMaterial(made, material_id, rotated, rotation_type))
    return found


def _check_unlike(seeds: list[Seed], member: str, names: Callable[[Seed], list[str]], faults: list[str]) -> None:
    seen: dict[str, str] = {}
    for seed in seeds:
        for name in names(seed):
            if name in seen:
                faults.append(f"{seed.path}.{member}: the same as in {seen[name]}")
            seen.setdefault(name, seed.path)
