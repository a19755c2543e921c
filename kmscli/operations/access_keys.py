"""Finding the access keys of a user."""

from kmscli.errors import NoSuchEntity
from kmscli.identities.access_keys import ACCESS_KEY, HOME, AccessKey, find_access_key
from kmscli.identities.users import User
from kmscli.operations.call import Call


def keys_of(call: Call, user: User) -> list[AccessKey]:
    """All of a user's access keys, the oldest first. Raises VaultDamagedError: one is not there."""
    return [_must_find(call, key_id) for key_id in user.access_keys]


def key_of(call: Call, user: User, key_id: str) -> AccessKey:
    """An access key of a user. Raises NoSuchEntity: it is not one of his."""
    if key_id not in user.access_keys:
        raise NoSuchEntity(f"The Access Key with id {key_id} cannot be found.")
    return _must_find(call, key_id)


def _must_find(call: Call, key_id: str) -> AccessKey:
    found = find_access_key(call.transaction, key_id)
    if found is None:
        raise call.transaction.missing(ACCESS_KEY, HOME, key_id)
    return found
