"""Multi-Region keys: one primary key and its replicas, with the same id and the same material, a Region each.

Each of them is a key of its own, with rows of its own, sealed for their own place; each names the whole set, and what
they share is written to all of them in one commit (reference, kms-semantics 11).
"""

from typing import Any

from kmscli.clock import DAY
from kmscli.errors import UnsupportedOperationException
from kmscli.keys.key import KEY, Happened, Key, find_key, save_key, scope
from kmscli.keys.material import MATERIAL, Material, material_bytes, materials_of, save_material
from kmscli.keys.states import ENABLED, PENDING_DELETION, PENDING_IMPORT
from kmscli.vault.transaction import Transaction


def check_primary(key: Key) -> None:
    """Raises UnsupportedOperationException: the key is a replica, or of a single Region."""
    if not key.is_primary:
        raise UnsupportedOperationException(f"{key.arn} is not a multi-region primary key.")


def refuse_replica(key: Key) -> None:
    """Raises UnsupportedOperationException: the key is a replica, and this is for its primary key."""
    if key.is_replica:
        check_primary(key)


def first_due(transaction: Transaction, key: Key, now: float, held: float) -> Key | None:
    """The one on which something is due first, of a key and those related to it, as they are stored."""
    stored = [find_key(transaction, key.account, region, key.key_id) for region in key.regions]
    due = [one for one in stored if one and one.is_due(now, held)]
    return min(due, key=lambda one: one.due or 0, default=None)


def related_keys(transaction: Transaction, key: Key) -> list[Key]:
    """The other keys of a key's set, the primary first. Raises VaultDamagedError: one of them is gone."""
    return [_must_find(transaction, key, region) for region in key.regions if region != key.region]


def save_shared(transaction: Transaction, key: Key, **members: Any) -> Key:
    """Change what related keys share, on a key and on all that are related to it. Returns the key."""
    for one in related_keys(transaction, key):
        save_key(transaction, one.changed(**members))
    changed = key.changed(**members)
    save_key(transaction, changed)
    return changed


def synchronized(key: Key, when: float) -> list[Happened]:
    """What happens when what a primary key shares was saved: an event, if it has replicas (14.3)."""
    return [Happened("SynchronizeMultiRegionKey", key, when, None, is_call=True)] if len(key.regions) > 1 else []


def leave(transaction: Transaction, key: Key, when: float) -> None:
    """Take a key that is deleted out of its set.

    A primary key that waited for its last replica's deletion waits for its own from then on (3.2).
    """
    for one in related_keys(transaction, key):
        replicas = [region for region in one.regions[1:] if region != key.region]
        left = one.changed(multi_region={"primary": one.regions[0], "replicas": replicas})
        if left.deletion_window is not None and not replicas:
            deletion = when + left.deletion_window * DAY
            left = left.changed(state=PENDING_DELETION, deletion=deletion, deletion_window=None)
        save_key(transaction, left)


def replicate(transaction: Transaction, primary: Key, region: str, *, now: float, description: str) -> Key:
    """Make a replica, without tags and policy so far. It has all of the primary key's materials, and is ready to use.

    Imported material it knows of only: that is to be imported into it as well.
    """
    replicas = sorted([*primary.regions[1:], region])
    primary = save_shared(transaction, primary, multi_region={"primary": primary.region, "replicas": replicas})
    state = PENDING_IMPORT if primary.origin == "EXTERNAL" else ENABLED
    replica = primary.changed(region=region, created=now, description=description, state=state, imported=None)
    save_key(transaction, replica)
    for material in _all_materials(transaction, primary):
        copy_material(transaction, material, replica)
    return replica


def copy_material(transaction: Transaction, material: Material, key: Key) -> None:
    """Give a related key a copy of a material, sealed for its own place; of an imported one all but its bytes."""
    copied = material.changed(region=key.region)
    if key.origin == "EXTERNAL":
        save_material(transaction, key, copied.changed(present=False, valid_to=None))
    else:
        secret = material_bytes(transaction, material.region, material.material_id)
        save_material(transaction, key, copied, secret=secret)


def _all_materials(transaction: Transaction, key: Key) -> list[Material]:
    """Raises VaultDamagedError: the current one does not show, and others may not either."""
    materials = materials_of(transaction, key)
    if key.material_id not in {material.material_id for material in materials}:
        raise transaction.missing(MATERIAL, key.region, key.material_id)
    return materials


def _must_find(transaction: Transaction, key: Key, region: str) -> Key:
    found = find_key(transaction, key.account, region, key.key_id)
    if found is None:
        raise transaction.missing(KEY, scope(key.account, region), key.key_id)
    return found
