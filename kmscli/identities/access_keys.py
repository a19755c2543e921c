"""Access keys: what a user signs his requests with.

An access key is found by its id alone, whatever its account, and tells whose it is. The secret is the row's secret.
"""

import binascii
import os

from kmscli.identities.resource import random_base32, save
from kmscli.identities.users import User
from kmscli.vault.transaction import Kind, Transaction

MOST_OF_A_USER = 2
ACTIVE = "Active"
INACTIVE = "Inactive"
HOME = "access keys"
"""The scope of all of them."""


class AccessKey:
    """An access key of a user. `status`: `Active` or `Inactive`."""

    def __init__(self, key_id: str, *, account: str, user_name: str, status: str, created: int) -> None:
        self.key_id = key_id
        self.account = account
        self.user_name = user_name
        self.status = status
        self.created = created


ACCESS_KEY: Kind[AccessKey] = Kind(53, "access key", lambda value: AccessKey(**value), vars)


def new_access_key_id() -> str:
    """A random id of a key that lasts."""
    return f"AKIA{random_base32(16)}"


def new_secret() -> str:
    """A random secret access key: 40 characters of base64."""
    return binascii.b2a_base64(os.urandom(30), newline=False).decode()


def find_access_key(transaction: Transaction, key_id: str) -> AccessKey | None:
    """An access key by its id, whether it is active or not; any text may be asked for."""
    return transaction.get(ACCESS_KEY, HOME, key_id) if key_id.isascii() else None


def secret_of(transaction: Transaction, key: AccessKey) -> str:
    """The secret access key. Do not keep it."""
    return transaction.secret(ACCESS_KEY, HOME, key.key_id).decode()


def add_access_key(transaction: Transaction, user: User, key: AccessKey, secret: str) -> None:
    """Give a user a new access key."""
    transaction.put(ACCESS_KEY, HOME, key.key_id, key, secret=secret.encode())
    save(transaction, user.changed(access_keys=[*user.access_keys, key.key_id]))


def set_status(transaction: Transaction, key: AccessKey, status: str) -> None:
    """Switch an access key on or off."""
    transaction.put(ACCESS_KEY, HOME, key.key_id, AccessKey(**{**vars(key), "status": status}))


def remove_access_key(transaction: Transaction, user: User, key: AccessKey) -> None:
    """Remove an access key with its secret, for good."""
    transaction.delete(ACCESS_KEY, HOME, key.key_id, shred=True)
    save(transaction, user.changed(access_keys=[key_id for key_id in user.access_keys if key_id != key.key_id]))
