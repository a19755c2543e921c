"""DisconnectCustomKeyStore."""

from kmscli.keys.connection import DISCONNECTABLE, DISCONNECTED, check_connection
from kmscli.keys.key_stores import save_connection
from kmscli.operations.call import Call
from kmscli.operations.key_store_members import CustomKeyStoreId
from kmscli.operations.key_store_rules import store_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class DisconnectCustomKeyStoreRequest(Request):
    """What DisconnectCustomKeyStore is asked."""

    custom_key_store_id = CustomKeyStoreId().required()


class DisconnectCustomKeyStoreResponse(Response):
    """What DisconnectCustomKeyStore answers: nothing."""


@operation()
def disconnect_custom_key_store(
    call: Call, request: DisconnectCustomKeyStoreRequest
) -> DisconnectCustomKeyStoreResponse:
    """Disconnect a custom key store from what backs it, or end an attempt to connect it that failed."""
    store = store_named(call, request.custom_key_store_id)
    check_connection(store.store_id, store.state, DISCONNECTABLE)
    save_connection(call.transaction, store.changed(state=DISCONNECTED, error=None))
    return DisconnectCustomKeyStoreResponse()
