"""What CreateKey and GenerateRandom ask where they are to work in a custom key store (reference, kms-semantics 2.1,
8.4, 12).
"""

from typing import TYPE_CHECKING, NoReturn

from kmscli.errors import UnsupportedOperationException, ValidationException
from kmscli.keys.connection import WORKING, check_connection
from kmscli.keys.key_stores import CLOUD_HSM, EXTERNAL, KeyStore
from kmscli.keys.specs import STORABLE
from kmscli.keystores.outside import refuse_external_key
from kmscli.operations.call import Call
from kmscli.operations.key_store_rules import store_named

if TYPE_CHECKING:
    from kmscli.operations.kms.create_key import CreateKeyRequest

ORIGINS = (CLOUD_HSM, EXTERNAL)
"""The origins of keys in custom key stores; each is the type of its key store."""


def check_members(request: "CreateKeyRequest") -> None:
    """See that a new key's members fit a custom key store, or that it needs none.

    Raises UnsupportedOperationException: its spec is none that a key store holds, or it is multi-Region.
    ValidationException: origin, key store and external key do not go together.
    """
    spec, origin, store = request.key_spec, request.origin, request.custom_key_store_id
    if store is not None and spec not in STORABLE:
        raise UnsupportedOperationException(f"KeySpec {spec} is not supported in a custom key store.")
    if request.multi_region and (store is not None or origin in ORIGINS):
        raise UnsupportedOperationException("You cannot create a multi-Region key in a custom key store.")
    if store is not None and origin not in ORIGINS:
        raise ValidationException(f"You cannot specify CustomKeyStoreId for a KMS key with Origin {origin}.")
    if store is None and origin in ORIGINS:
        raise ValidationException(f"You must specify CustomKeyStoreId for a KMS key with Origin {origin}.")
    if request.xks_key_id is None and origin == EXTERNAL:
        raise ValidationException(f"You must specify XksKeyId for a KMS key with Origin {origin}.")
    if request.xks_key_id is not None and origin != EXTERNAL:
        raise ValidationException(f"You cannot specify XksKeyId for a KMS key with Origin {origin}.")


def refuse_key(call: Call, store_id: str, origin: str) -> NoReturn:
    """Look at the key store that is to hold a new key, and then for the external key, which no proxy shows.

    Raises CustomKeyStoreNotFoundException. UnsupportedOperationException: it is of another type than the key's origin.
    CustomKeyStoreInvalidStateException: it is not connected, or its proxy does not answer.
    """
    store = store_named(call, store_id)
    if store.type != origin:
        _refuse_type(store)
    check_connection(store.store_id, store.state, WORKING)
    refuse_external_key(store.store_id)


def refuse_random_bytes(call: Call, store_id: str) -> NoReturn:
    """Raises CustomKeyStoreNotFoundException. UnsupportedOperationException: the key store is an external one, which
    makes no random bytes.
    """
    _refuse_type(store_named(call, store_id))


def _refuse_type(store: KeyStore) -> NoReturn:
    raise UnsupportedOperationException(
        f"The custom key store {store.store_id} is of type {store.type}, which is not valid for this operation."
    )
