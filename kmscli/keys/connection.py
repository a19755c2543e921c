"""The connection states of a custom key store, and what is said when one forbids a call (reference, kms-semantics
12.1).
"""

from kmscli.errors import CustomKeyStoreInvalidStateException

CONNECTED = "CONNECTED"
CONNECTING = "CONNECTING"
FAILED = "FAILED"
DISCONNECTED = "DISCONNECTED"
DISCONNECTING = "DISCONNECTING"
STATES = (CONNECTED, CONNECTING, FAILED, DISCONNECTED, DISCONNECTING)

CONNECTABLE = frozenset((CONNECTED, CONNECTING, DISCONNECTED))
"""For ConnectCustomKeyStore."""
DISCONNECTABLE = frozenset((CONNECTED, CONNECTING, FAILED))
"""For DisconnectCustomKeyStore."""
AT_REST = frozenset((DISCONNECTED,))
"""For DeleteCustomKeyStore, and for most of what UpdateCustomKeyStore changes."""
WORKING = frozenset((CONNECTED,))
"""For CreateKey."""


def check_connection(store_id: str, state: str, allowed: frozenset[str]) -> None:
    """Raises CustomKeyStoreInvalidStateException: a key store's connection state is none of the allowed ones."""
    if state not in allowed:
        first = "connect" if allowed == WORKING and state == DISCONNECTED else "disconnect"
        command = f"kmscli {first}-custom-key-store --custom-key-store-id {store_id}"
        raise CustomKeyStoreInvalidStateException(
            f"The custom key store {store_id} is {state}, which is not valid for this operation.",
            mend=f"First {first} it: {command}" if allowed != DISCONNECTABLE else "",
        )
