"""What falls due on a key: its deletion when the waiting period is over, its automatic rotation, and the expiry of
material that was imported.

One step at a time, each as of the moment at which it was due, so that one jump of two years and 730 steps of a day
leave the same (design, "Time").
"""

from kmscli.keys.aliases import ALIAS, ALIAS_COUNT, aliases_of
from kmscli.keys.grants import GRANT_COUNT, remove_some_grants
from kmscli.keys.imports import expire
from kmscli.keys.key import DELETION, EXPIRY, KEY, LAST_USE, Happened, Key
from kmscli.keys.material import MATERIAL, materials_of
from kmscli.keys.multi_region import leave
from kmscli.keys.policies import POLICY
from kmscli.keys.rotation import AUTOMATIC, rotate
from kmscli.keys.tags import TAGS
from kmscli.vault.transaction import Transaction


def bring_up_to_date(transaction: Transaction, key: Key) -> list[Happened]:
    """Do what is due on a key first. Nothing happened: only some grants are removed that a deletion takes with it."""
    when, what = key.next_due or (0, "")
    if what == DELETION:
        if remove_some_grants(transaction, key):
            return []
        delete(transaction, key)
        leave(transaction, key, when)
        return [Happened("DeleteKey", key, when, None)]
    if what == EXPIRY:
        expired, details = expire(transaction, key, when)
        return [Happened("DeleteExpiredKeyMaterial", expired, when, details)]
    return rotate(transaction, key, when, AUTOMATIC)


def delete(transaction: Transaction, key: Key) -> None:
    """Remove a key with all that is its own: material, aliases, tags, policy, last use. Its grants are gone before.

    Raises VaultDamagedError: its material does not show, and would stay behind.
    """
    materials = materials_of(transaction, key)
    if key.material_id and key.material_id not in {material.material_id for material in materials}:
        raise transaction.missing(MATERIAL, key.region, key.material_id)
    for material in materials:
        transaction.delete(MATERIAL, key.region, material.material_id, shred=True)
    for entry in aliases_of(transaction, key):
        transaction.delete(ALIAS, key.scope, entry.value.name)
    transaction.delete(ALIAS_COUNT, key.scope, key.key_id)
    transaction.delete(GRANT_COUNT, key.scope, key.key_id)
    transaction.delete(TAGS, key.scope, key.key_id)
    transaction.delete(POLICY, key.scope, key.key_id)
    transaction.delete(LAST_USE, key.scope, key.key_id)
    transaction.delete(KEY, key.scope, key.key_id)
    transaction.count(key.scope, "keys", -1)
