"""UpdateCustomKeyStore."""

from kmscli.keys.connection import AT_REST, check_connection
from kmscli.keys.key_stores import change_store, stores_of
from kmscli.keystores.outside import probe
from kmscli.operations.call import Call
from kmscli.operations.key_store_members import (
    CloudHsmClusterId,
    Credential,
    CustomKeyStoreId,
    CustomKeyStoreName,
    KeyStorePassword,
    KeyStoreRequest,
    VpcEndpointServiceName,
    VpcEndpointServiceOwner,
    XksProxyConnectivity,
    XksProxyUriEndpoint,
    XksProxyUriPath,
)
from kmscli.operations.key_store_proxy import check_proxy, check_service, proxy_after, raw_secret
from kmscli.operations.key_store_rules import FOREIGN, ask_for, check_name, refuse_members, store_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Response

ANY_TIME = frozenset(
    ("custom_key_store_id", "new_custom_key_store_name", "xks_proxy_authentication_credential", "xks_proxy_uri_path")
)
"""The members that may be given in every connection state (12.1)."""


class UpdateCustomKeyStoreRequest(KeyStoreRequest):
    """What UpdateCustomKeyStore is asked."""

    custom_key_store_id = CustomKeyStoreId().required()
    new_custom_key_store_name = CustomKeyStoreName(
        "A name that no other key store of yours has in the Region.", logged=False
    )
    key_store_password = KeyStorePassword()
    cloud_hsm_cluster_id = CloudHsmClusterId("The related CloudHSM cluster that is to back the key store.")
    xks_proxy_uri_endpoint = XksProxyUriEndpoint("The external key store proxy's host, as https://HOST.")
    xks_proxy_uri_path = XksProxyUriPath("The proxy's path, which ends in /kms/xks/v1.")
    xks_proxy_vpc_endpoint_service_name = VpcEndpointServiceName("The VPC endpoint service that leads to the proxy.")
    xks_proxy_vpc_endpoint_service_owner = VpcEndpointServiceOwner("The account of that service.")
    xks_proxy_authentication_credential = Credential()
    xks_proxy_connectivity = XksProxyConnectivity(
        "How to reach the proxy. Another way needs another endpoint, and a VPC endpoint service or none."
    )


class UpdateCustomKeyStoreResponse(Response):
    """What UpdateCustomKeyStore answers: nothing."""


@operation()
def update_custom_key_store(call: Call, request: UpdateCustomKeyStoreRequest) -> UpdateCustomKeyStoreResponse:
    """Change the properties of a custom key store.

    Its name and, of an external key store, the proxy's path and credential can be changed at any time, everything else
    only while it is disconnected. This kmscli reaches no proxy, so a change to --xks-proxy-connectivity
    PUBLIC_ENDPOINT, which is tried at once, is refused.
    """
    store = store_named(call, request.custom_key_store_id)
    refuse_members(request, FOREIGN[store.type], f"a custom key store of type {store.type}")
    if not ANY_TIME.issuperset(vars(request)):
        check_connection(store.store_id, store.state, AT_REST)
    check_change(request, store.proxy)
    others = [other for other in stores_of(call.transaction, call.scope) if other.store_id != store.store_id]
    name, credential = request.new_custom_key_store_name, request.xks_proxy_authentication_credential
    changed = store.changed(name=name or store.name, proxy=proxy_after(request, store.proxy, store.account))
    check_name(changed.name, others)
    check_proxy(changed.proxy, others)
    if credential is not None or changed.proxy != store.proxy:
        probe(changed.proxy)
    change_store(call.transaction, changed, raw_secret(credential) or None)
    return UpdateCustomKeyStoreResponse()


def check_change(request: UpdateCustomKeyStoreRequest, proxy: dict[str, str]) -> None:
    """Raises ValidationException: another connectivity without another endpoint, or a proxy that would be reached
    through a VPC endpoint service that is not given, or not through one that is (12.3).
    """
    connectivity = request.xks_proxy_connectivity or proxy["connectivity"]
    if connectivity != proxy["connectivity"]:
        ask_for(request, ("xks_proxy_uri_endpoint",), f"a change of XksProxyConnectivity to {connectivity}")
    check_service(
        request, connectivity, request.xks_proxy_vpc_endpoint_service_name or proxy.get("vpc_endpoint_service_name")
    )
