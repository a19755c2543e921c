"""What of a custom key store lies outside of the vault, where this kmscli does not reach yet: it knows no CloudHSM
cluster, and no external key store proxy answers it.

Every call that needs one of them ends here.
"""

from typing import NoReturn

from kmscli.errors import (
    CloudHsmClusterNotFoundException,
    CustomKeyStoreInvalidStateException,
    XksProxyUriUnreachableException,
)
from kmscli.keys.key_stores import PUBLIC

NOT_REACHABLE = "XKS_PROXY_NOT_REACHABLE"
"""The ConnectionErrorCode of a key store whose proxy does not answer (12.3)."""


def refuse_cluster(cluster_id: str) -> NoReturn:
    """Raises CloudHsmClusterNotFoundException: there is no cluster of this id."""
    raise CloudHsmClusterNotFoundException(f"The CloudHSM cluster {cluster_id} was not found.")


def probe(proxy: dict[str, str]) -> None:
    """See whether a proxy answers, where that is asked before it is connected: at a public endpoint (12.3).

    Raises XksProxyUriUnreachableException.
    """
    if proxy["connectivity"] == PUBLIC:
        address = proxy["uri_endpoint"] + proxy["uri_path"]
        raise XksProxyUriUnreachableException(f"The external key store proxy at {address} could not be reached.")


def refuse_external_key(store_id: str) -> NoReturn:
    """Raises CustomKeyStoreInvalidStateException: the key store's proxy does not say what external keys it has."""
    raise CustomKeyStoreInvalidStateException(f"The proxy of the custom key store {store_id} could not be reached.")
