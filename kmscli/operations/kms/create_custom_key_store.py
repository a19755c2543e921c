"""CreateCustomKeyStore."""

from kmscli.crypto.hashing import same
from kmscli.keys.connection import DISCONNECTED
from kmscli.keys.key_stores import (
    CLOUD_HSM,
    EXTERNAL,
    KeyStore,
    add_store,
    check_room,
    new_store_id,
    store_secret,
    stores_of,
)
from kmscli.keystores.outside import probe, refuse_cluster
from kmscli.operations.call import Call
from kmscli.operations.dependent_actions import KEY_STORES, authorize_look, authorize_service_linked_role
from kmscli.operations.key_store_members import (
    CloudHsmClusterId,
    Credential,
    CustomKeyStoreId,
    CustomKeyStoreName,
    CustomKeyStoreType,
    KeyStorePassword,
    KeyStoreRequest,
    TrustAnchorCertificate,
    VpcEndpointServiceName,
    VpcEndpointServiceOwner,
    XksProxyConnectivity,
    XksProxyUriEndpoint,
    XksProxyUriPath,
)
from kmscli.operations.key_store_proxy import check_proxy, check_service, proxy_after, raw_secret
from kmscli.operations.key_store_rules import check_members, check_name
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Response


class CreateCustomKeyStoreRequest(KeyStoreRequest):
    """What CreateCustomKeyStore is asked."""

    custom_key_store_name = CustomKeyStoreName("A name that no other key store of yours has in the Region.").required()
    cloud_hsm_cluster_id = CloudHsmClusterId("The CloudHSM cluster that is to back the key store.")
    trust_anchor_certificate = TrustAnchorCertificate("The cluster's certificate: what customerCA.crt holds.")
    key_store_password = KeyStorePassword()
    custom_key_store_type = CustomKeyStoreType("What is to back the key store.").default(CLOUD_HSM)
    xks_proxy_uri_endpoint = XksProxyUriEndpoint("The external key store proxy's host, as https://HOST.")
    xks_proxy_uri_path = XksProxyUriPath("The proxy's path, which ends in /kms/xks/v1.")
    xks_proxy_vpc_endpoint_service_name = VpcEndpointServiceName("The VPC endpoint service that leads to the proxy.")
    xks_proxy_vpc_endpoint_service_owner = VpcEndpointServiceOwner("The account of that service; yours by default.")
    xks_proxy_authentication_credential = Credential()
    xks_proxy_connectivity = XksProxyConnectivity("How to reach the proxy.")

    def rules(self) -> None:
        """All that a key store of the type needs, and nothing that is of the other type."""
        check_members(self, self.custom_key_store_type)
        if self.xks_proxy_connectivity is not None:
            check_service(self, self.xks_proxy_connectivity, self.xks_proxy_vpc_endpoint_service_name)


class CreateCustomKeyStoreResponse(Response):
    """What CreateCustomKeyStore answers."""

    custom_key_store_id = CustomKeyStoreId()


@operation(logs="response")
def create_custom_key_store(call: Call, request: CreateCustomKeyStoreRequest) -> CreateCustomKeyStoreResponse:
    """Create a custom key store: a place outside of the vault where keys live and work.

    It is backed by a CloudHSM cluster, or (--custom-key-store-type EXTERNAL_KEY_STORE) by an external key manager
    behind a proxy. A new key store is disconnected: connect it with connect-custom-key-store before keys are made in
    it. This kmscli knows no CloudHSM clusters and reaches no proxy, so of all key stores only an external one with
    --xks-proxy-connectivity VPC_ENDPOINT_SERVICE can be made, and none can be connected.
    """
    authorize_dependents(call, request)
    transaction = call.transaction
    others = stores_of(transaction, call.scope)
    if request.cloud_hsm_cluster_id is not None:
        check_name(request.custom_key_store_name, others)
        check_room(transaction, call.scope)
        refuse_cluster(request.cloud_hsm_cluster_id)
    store = KeyStore(
        new_store_id(),
        account=call.caller.account,
        region=call.caller.region,
        name=request.custom_key_store_name,
        type=EXTERNAL,
        created=call.now,
        proxy=proxy_after(request, {}, call.caller.account),
    )
    secret = raw_secret(request.xks_proxy_authentication_credential)
    for other in others:
        if is_same(other, store) and same(store_secret(transaction, other), secret):
            return CreateCustomKeyStoreResponse(custom_key_store_id=other.store_id)
    check_name(store.name, others)
    check_room(transaction, call.scope)
    check_proxy(store.proxy, others)
    probe(store.proxy)
    add_store(transaction, store, secret)
    return CreateCustomKeyStoreResponse(custom_key_store_id=store.store_id)


def authorize_dependents(call: Call, request: CreateCustomKeyStoreRequest) -> None:
    """See that the caller may do what creating the key store does besides (6.2). Raises AccessDeniedException."""
    if request.custom_key_store_type == CLOUD_HSM:
        authorize_look(call, "cloudhsm:DescribeClusters")
        authorize_service_linked_role(call, KEY_STORES)
    elif request.xks_proxy_vpc_endpoint_service_name is not None:
        authorize_look(call, "ec2:DescribeVpcEndpointServices")


def is_same(store: KeyStore, asked: KeyStore) -> bool:
    """Whether a request asks for a key store that is there already and disconnected: likely it was sent again (12.2).

    Their secrets aside.
    """
    return store.state == DISCONNECTED and (store.name, store.proxy) == (asked.name, asked.proxy)
