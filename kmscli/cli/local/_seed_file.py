"""The seed file: keys that are the same on every machine (docs/seed.md), read by the operations' own fields and rules.

Every fault of a file is found before anything is seeded; none shows a value, since that may be key material.
"""

import json
from collections.abc import Callable
from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.cli.input_document import parse_yaml
from kmscli.cli.local._seed_entry import read_key
from kmscli.cli.local._seed_key import Seed
from kmscli.keys.key import Key

LARGEST = 1 << 24
"""A file's most bytes."""


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
    seeds = [
        read_key(_spelled_out(raw), f"keys[{number}]", caller, faults) for number, raw in enumerate(document["keys"])
    ]
    found = [seed for seed in seeds if seed]
    each = [one for seed in found for one in seed.set]
    _check_unlike(found, "key_id", lambda seed: [_unique_name(seed.key)], faults)
    _check_unlike(each, "aliases", lambda seed: [f"{seed.key.scope} {name}" for name in seed.aliases], faults)
    _check_unlike(each, "materials", _material_places, faults)
    return found


def _material_places(seed: Seed) -> list[str]:
    """Where the material of a key will be: its id is taken in its Region only."""
    return [f"{seed.key.region} {one.material_id}" for one in seed.materials]


def _unique_name(key: Key) -> str:
    """What no other key has: an ARN, or, since the id of a multi-Region key is its whole set's, account and id."""
    return f"{key.account} {key.key_id}" if key.multi_region else key.arn


def _spelled_out(raw: Any) -> Any:
    """A key whose policy, if it is a map, is JSON, and whose replicas are maps: what is a text is a Region.

    CreateKey takes the policy as text; what JSON cannot say is none either.
    """
    if not isinstance(raw, dict):
        return raw
    spelled = dict(raw)
    if isinstance(raw.get("policy"), dict):
        spelled["policy"] = json.dumps(raw["policy"], indent=2, ensure_ascii=False, default=str)
    if isinstance(raw.get("replicas"), list):
        spelled["replicas"] = [
            {"region": one} if isinstance(one, str) else _spelled_out(one) for one in raw["replicas"]
        ]
    return spelled


def _check_unlike(seeds: list[Seed], member: str, names: Callable[[Seed], list[str]], faults: list[str]) -> None:
    seen: dict[str, str] = {}
    for seed in seeds:
        for name in names(seed):
            if name in seen:
                faults.append(f"{seed.path}.{member}: the same as in {seen[name]}")
            seen.setdefault(name, seed.path)
