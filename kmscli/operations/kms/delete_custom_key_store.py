"""DeleteCustomKeyStore."""

from kmscli.keys.connection import AT_REST, check_connection
from kmscli.keys.key_stores import remove_store
from kmscli.operations.call import Call
from kmscli.operations.key_store_members import CustomKeyStoreId
from kmscli.operations.key_store_rules import store_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class DeleteCustomKeyStoreRequest(Request):
    """What DeleteCustomKeyStore is asked."""

    custom_key_store_id = CustomKeyStoreId().required()


class DeleteCustomKeyStoreResponse(Response):
    """What DeleteCustomKeyStore answers: nothing."""


@operation()
def delete_custom_key_store(call: Call, request: DeleteCustomKeyStoreRequest) -> DeleteCustomKeyStoreResponse:
    """Delete a custom key store, which must be disconnected. What backs it stays as it is."""
    store = store_named(call, request.custom_key_store_id)
    check_connection(store.store_id, store.state, AT_REST)
    remove_store(call.transaction, store)
    return DeleteCustomKeyStoreResponse()
