"""ConnectCustomKeyStore."""

from kmscli.keys.connection import CONNECTABLE, DISCONNECTED, FAILED, check_connection
from kmscli.keys.key_stores import save_connection
from kmscli.keystores.outside import NOT_REACHABLE
from kmscli.operations.call import Call
from kmscli.operations.key_store_members import CustomKeyStoreId
from kmscli.operations.key_store_rules import store_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class ConnectCustomKeyStoreRequest(Request):
    """What ConnectCustomKeyStore is asked."""

    custom_key_store_id = CustomKeyStoreId().required()


class ConnectCustomKeyStoreResponse(Response):
    """What ConnectCustomKeyStore answers: nothing."""


@operation()
def connect_custom_key_store(call: Call, request: ConnectCustomKeyStoreRequest) -> ConnectCustomKeyStoreResponse:
    """Connect a custom key store to what backs it.

    The answer does not say whether that worked: describe-custom-key-stores does, by ConnectionState. This kmscli
    reaches no external key store proxy, so the state is FAILED at once. A key store that failed must be disconnected
    before it can be connected again.
    """
    store = store_named(call, request.custom_key_store_id)
    check_connection(store.store_id, store.state, CONNECTABLE)
    if store.state == DISCONNECTED:
        save_connection(call.transaction, store.changed(state=FAILED, error=NOT_REACHABLE))
    return ConnectCustomKeyStoreResponse()
