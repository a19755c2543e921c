"""Seeding a lab vault: keys of a seed file that are not there yet, all in one commit with one event."""

from functools import partial
from typing import Any

from kmscli.cli.call import standard_input
from kmscli.cli.local._seed_difference import is_there
from kmscli.cli.local._seed_file import read_seeds
from kmscli.cli.local._seed_key import Seed
from kmscli.cli.local._seed_making import make, tags_in
from kmscli.cli.local._seed_members import refuse, ruled
from kmscli.engine import Caller, Engine
from kmscli.errors import ConfigurationError, UsageError
from kmscli.keys.aliases import find_alias
from kmscli.keys.material import find_material
from kmscli.operations.kms.import_key_material import check_expiry
from kmscli.operations.new_keys import check_new_key
from kmscli.vault.keyring import Keyring
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
        made[:] = _arns([one for one in seeds if _seeded(transaction, engine.vault.keyring, one, now, faults)])
        refuse(file, faults, ConfigurationError)
        return {"file": file, "keys": made} if made else None

    engine.change_local(caller, "SeedVault", change)
    return made, [arn for arn in _arns(seeds) if arn not in made]


def content_of(file: str) -> bytes:
    """A seed file's content; of `-`, what is on standard input. Raises OSError, UsageError: it cannot be read."""
    if file == "-":
        return standard_input()
    with open(file, "rb") as opened:
        return opened.read()


def _arns(seeds: list[Seed]) -> list[str]:
    return [one.key.arn for seed in seeds for one in seed.set]


def _seeded(transaction: Transaction, keyring: Keyring, seed: Seed, now: float, faults: list[str]) -> bool:
    """Make a key and its replicas unless they are there. Whether they were made; what stands in the way is a fault."""
    if is_there(transaction, seed, faults):
        return False
    before = len(faults)
    for one in seed.set:
        _check_free(transaction, one, faults)
        ruled(one.path, faults, partial(check_new_key, transaction, one.key.scope, one.policy, tags_in(one)))
    if max([seed.created or 0, *(material.rotated or 0 for material in seed.materials)]) > now:
        faults.append(f"{seed.path}: created or rotated later than now")
    for number, material in enumerate(seed.materials):
        place = f"{seed.path}.materials[{number}].valid_to"
        ruled(place, faults, partial(check_expiry, material.valid_to, now))
    if len(faults) > before:
        return False
    make(transaction, keyring, seed, now)
    return True


def _check_free(transaction: Transaction, seed: Seed, faults: list[str]) -> None:
    """See that the names that a key is to have are not another's."""
    for number, name in enumerate(seed.aliases):
        if find_alias(transaction, seed.key.account, seed.key.region, name):
            faults.append(f"{seed.path}.aliases[{number}]: there is such an alias already")
    for number, material in enumerate(seed.materials):
        if find_material(transaction, seed.key.region, material.material_id):
            faults.append(f"{seed.path}.materials[{number}]: another key has this material id already")
