"""Custom key stores: what is stored of those whose key material lives outside of the vault (reference,
kms-semantics 12).

An account has few of them in a Region. One row counts them; whoever makes, changes or deletes one writes that row too,
so that of two calls at once that want the same name, address or last place only one gets it.
"""

import os
from typing import Any, Self

from kmscli.keys.connection import DISCONNECTED
from kmscli.keys.key import scope
from kmscli.vault.transaction import Entry, Kind, Transaction, plain_kind

QUOTA = 10
"""Custom key stores of both types per account and Region, unless the vault's settings say more."""
MOST = 100
"""The most that the settings may say: all of them are read when one is made."""
CLOUD_HSM = "AWS_CLOUDHSM"
EXTERNAL = "EXTERNAL_KEY_STORE"
PUBLIC = "PUBLIC_ENDPOINT"
PRIVATE = "VPC_ENDPOINT_SERVICE"


class KeyStore:
    """An external key store of an account and Region. The secret access key for its proxy is the row's secret.

    `proxy`: how KMS reaches it, by the Python names of XksProxyConfiguration's members, those that it has.
    `error`: why it could not be connected, as ConnectionErrorCode says it; None in every state but FAILED.
    """

    def __init__(
        self,
        store_id: str,
        *,
        account: str,
        region: str,
        name: str,
        type: str,
        created: float,
        proxy: dict[str, str],
        state: str = DISCONNECTED,
        error: str | None = None,
    ) -> None:
        self.store_id = store_id
        self.account = account
        self.region = region
        self.name = name
        self.type = type
        self.created = created
        self.proxy = proxy
        self.state = state
        self.error = error

    @property
    def scope(self) -> str:
        """The account and Region that it is of."""
        return scope(self.account, self.region)

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


KEY_STORE: Kind[KeyStore] = Kind(36, "key store", lambda value: KeyStore(**value), vars)
KEY_STORE_COUNT: Kind[int] = plain_kind(37, "key store count")
COUNT = "key stores"
"""The count's name in its scope."""


def new_store_id() -> str:
    """A random id (reference 1.1)."""
    return f"cks-{os.urandom(9).hex()[:17]}"


def find_store(transaction: Transaction, home: str, store_id: str) -> KeyStore | None:
    """A key store of a scope by its id; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(KEY_STORE, home, store_id) if store_id.isascii() else None


def page_of_stores(transaction: Transaction, home: str, after: bytes = b"", limit: int = MOST) -> list[Entry]:
    """The key stores of a scope, in the vault's order."""
    return transaction.page(KEY_STORE, home, after, limit)


def stores_of(transaction: Transaction, home: str) -> list[KeyStore]:
    """All key stores of a scope."""
    return [entry.value for entry in page_of_stores(transaction, home)]


def store_secret(transaction: Transaction, store: KeyStore) -> bytes:
    """The secret access key for a key store's proxy. Do not keep it."""
    return transaction.secret(KEY_STORE, store.scope, store.store_id)


def check_room(transaction: Transaction, home: str) -> None:
    """Raises LimitExceededException: a scope has as many key stores as it may."""
    count = (transaction.get(KEY_STORE_COUNT, home, COUNT) or 0) + 1
    if count > QUOTA:
        from kmscli.keys.quotas import refuse_beyond

        refuse_beyond(transaction, "custom-key-stores", count, "You have")


def add_store(transaction: Transaction, store: KeyStore, secret: bytes) -> None:
    """Write a new key store."""
    _count(transaction, store, 1)
    transaction.put(KEY_STORE, store.scope, store.store_id, store, secret=secret)


def change_store(transaction: Transaction, store: KeyStore, secret: bytes | None) -> None:
    """Write a key store whose name, address or credential changes; no secret leaves the one that it has."""
    _count(transaction, store, 0)
    transaction.put(KEY_STORE, store.scope, store.store_id, store, secret=secret)


def save_connection(transaction: Transaction, store: KeyStore) -> None:
    """Write a key store that is connected or disconnected, which no other one depends on."""
    transaction.put(KEY_STORE, store.scope, store.store_id, store)


def remove_store(transaction: Transaction, store: KeyStore) -> None:
    """Remove a key store with its secret."""
    _count(transaction, store, -1)
    transaction.delete(KEY_STORE, store.scope, store.store_id, shred=True)


def _count(transaction: Transaction, store: KeyStore, change: int) -> None:
    count = transaction.get(KEY_STORE_COUNT, store.scope, COUNT) or 0
    transaction.put(KEY_STORE_COUNT, store.scope, COUNT, count + change)
