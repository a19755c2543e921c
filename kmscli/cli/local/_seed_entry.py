"""A key in a seed file, and its replicas."""

from functools import partial
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.cli.local._seed_key import FIELDS, FROM_CREATE_KEY, IMPORTING_FIELDS, REPLICA_FIELDS, Seed
from kmscli.cli.local._seed_material import materials_to_seed
from kmscli.cli.local._seed_members import members, ruled
from kmscli.keys.key import Key
from kmscli.keys.policies import default_policy
from kmscli.keys.regions import REGIONS
from kmscli.keys.rotation import check_rotates
from kmscli.keys.states import DISABLED, ENABLED, PENDING_IMPORT
from kmscli.keys.tags import checked_tags
from kmscli.names import is_account, is_key_id, is_region
from kmscli.operations.alias_rules import check_changeable
from kmscli.operations.kms.create_key import CreateKeyRequest, check_made_here
from kmscli.operations.kms.replicate_key import check_region
from kmscli.operations.members import Tag
from kmscli.operations.policy_rules import check_policy


def read_key(raw: Any, path: str, caller: Caller, faults: list[str]) -> Seed | None:
    """A key of the file, whose faults are appended; None: it has some. Its materials and replicas may have some too."""
    before = len(faults)
    given = {name: value for name, value in raw.items() if value is not None} if isinstance(raw, dict) else {}
    read = members(raw, IMPORTING_FIELDS if given.get("origin") == "EXTERNAL" else FIELDS, path, faults)
    account, region = read.get("account", caller.account), read.get("region", caller.region)
    _check_names(read, account, region, path, faults)
    wire = {name: read.get(CreateKeyRequest.fields[name].name) for name in FROM_CREATE_KEY}
    request = ruled(path, faults, lambda: CreateKeyRequest.parse(wire))
    if request:
        ruled(path, faults, lambda: check_made_here(request, region))
    policy = _checked_policy(read, account, region, path, faults)
    _check_together(given, path, faults)
    if request is None or len(faults) > before:
        return None
    seed = Seed(path, _key(read, request, account, region), read, policy)
    if seed.period is not None:
        ruled(f"{path}.rotation_period_in_days", faults, lambda: check_rotates(seed.key))
    if seed.next_rotation is not None and seed.period is None:
        faults.append(f"{path}.next_rotation: goes with rotation_period_in_days only")
    seed.materials = materials_to_seed(read.get("materials", []), seed.key, seed.created or 0, path, faults)
    _add_replicas(seed, read, faults)
    return seed


def _key(read: dict[str, Any], request: CreateKeyRequest, account: str, region: str) -> Key:
    state = ENABLED if read.get("enabled", True) else DISABLED
    return Key(
        account=account,
        region=region,
        key_id=read["key_id"],
        spec=request.key_spec,
        usage=request.key_usage,
        origin=request.origin,
        manager="CUSTOMER",
        created=0,
        state=state if "materials" in read else PENDING_IMPORT,
        description=request.description,
        material_id="",
        multi_region={"primary": region, "replicas": []} if request.multi_region else None,
    )


def _add_replicas(seed: Seed, read: dict[str, Any], faults: list[str]) -> None:
    """Read the replicas of a key that is the primary one, and name the whole set in each of its keys."""
    for number, raw in enumerate(read.get("replicas", [])):
        replica = _replica(seed, read, raw, f"{seed.path}.replicas[{number}]", faults)
        if replica:
            seed.replicas.append(replica)
            regions = sorted(one.key.region for one in seed.replicas)
            seed.key = seed.key.changed(multi_region={"primary": seed.key.region, "replicas": regions})
    for replica in seed.replicas:
        replica.key = replica.key.changed(multi_region=seed.key.multi_region)


def _replica(primary: Seed, shared: dict[str, Any], raw: dict[str, Any], path: str, faults: list[str]) -> Seed | None:
    before = len(faults)
    read = members(raw, REPLICA_FIELDS, path, faults)
    region = read.get("region", primary.key.region)
    if "region" in read:
        ruled(f"{path}.region", faults, lambda: check_region(region, primary.key))
    policy = _checked_policy(read, primary.key.account, region, path, faults)
    if len(faults) > before:
        return None
    key = primary.key.changed(region=region, description=read.get("description", ""), state=ENABLED)
    seed = Seed(path, key, {**shared, "aliases": [], "tags": {}, **read}, policy)
    seed.materials = primary.materials
    return seed


def _check_names(read: dict[str, Any], account: str, region: str, path: str, faults: list[str]) -> None:
    key_id, is_multi_region = read.get("key_id"), read.get("multi_region", False)
    if key_id is not None and not _is_id(key_id, is_multi_region=is_multi_region):
        form = "mrk- and 32 hexadecimal digits" if is_multi_region else "a UUID"
        faults.append(f"{path}.key_id: must be {form} in lower case")
    if not is_account(account):
        faults.append(f"{path}.account: must be 12 digits, as text")
    if not is_region(region):
        faults.append(f"{path}.region: must be a Region")
    elif is_multi_region and region not in REGIONS:
        faults.append(f"{path}.region: must be one of AWS's Regions, for a multi-Region key")


def _is_id(key_id: str, *, is_multi_region: bool) -> bool:
    return is_key_id(key_id) and key_id == key_id.lower() and key_id.startswith("mrk-") == is_multi_region


def _check_together(given: dict[str, Any], path: str, faults: list[str]) -> None:
    """See that members are there with those that they go with only."""
    waits = given.get("origin") == "EXTERNAL" and "materials" not in given
    if waits and "enabled" in given:
        faults.append(f"{path}.enabled: goes with materials only; without any the key is pending import")
    if waits and "replicas" in given:
        faults.append(f"{path}.replicas: go with materials only; a key that is pending import is not replicated")
    if "replicas" in given and not given.get("multi_region"):
        faults.append(f"{path}.replicas: go with multi_region only")


def _checked_policy(read: dict[str, Any], account: str, region: str, path: str, faults: list[str]) -> str:
    """The policy of a key; its policy, aliases and tags, which are its own in each Region, are seen to."""
    for number, alias in enumerate(read.get("aliases", [])):
        ruled(f"{path}.aliases[{number}]", faults, partial(check_changeable, alias))
    _check_tags(read.get("tags", {}), path, faults)
    policy: str = read.get("policy") or default_policy(account, region)
    if "policy" in read:
        ruled(f"{path}.policy", faults, lambda: check_policy(policy))
    return policy


def _check_tags(tags: dict[str, Any], path: str, faults: list[str]) -> None:
    given = []
    for name, value in tags.items():
        tag = members({"tag_key": name, "tag_value": value}, _TAG, f"{path}.tags.{name}", faults)
        given += [Tag(**tag)] if len(tag) == len(_TAG) else []
    ruled(f"{path}.tags", faults, lambda: checked_tags([(tag.tag_key, tag.tag_value) for tag in given]))


_TAG = {field.name: field for field in Tag.fields.values()}
