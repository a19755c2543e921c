"""DescribeCustomKeyStores."""

from kmscli.errors import CustomKeyStoreNotFoundException, ValidationException
from kmscli.keys.connection import STATES
from kmscli.keys.key_stores import KeyStore, find_store, page_of_stores, stores_of
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Enum, Timestamp
from kmscli.operations.key_store_members import (
    AccessKeyId,
    CloudHsmClusterId,
    CustomKeyStoreId,
    CustomKeyStoreName,
    CustomKeyStoreType,
    TrustAnchorCertificate,
    VpcEndpointServiceName,
    VpcEndpointServiceOwner,
    XksProxyConnectivity,
    XksProxyUriEndpoint,
    XksProxyUriPath,
)
from kmscli.operations.members import Limit, Marker, NextMarker
from kmscli.operations.operation import Pagination, operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = Pagination("CustomKeyStores", default=100, most=1000)
ERROR_CODES = (
    "INVALID_CREDENTIALS", "CLUSTER_NOT_FOUND", "NETWORK_ERRORS", "INTERNAL_ERROR", "INSUFFICIENT_CLOUDHSM_HSMS",
    "USER_LOCKED_OUT", "USER_NOT_FOUND", "USER_LOGGED_IN", "SUBNET_NOT_FOUND",
    "INSUFFICIENT_FREE_ADDRESSES_IN_SUBNET", "XKS_PROXY_ACCESS_DENIED", "XKS_PROXY_NOT_REACHABLE",
    "XKS_VPC_ENDPOINT_SERVICE_NOT_FOUND", "XKS_PROXY_INVALID_RESPONSE", "XKS_PROXY_INVALID_CONFIGURATION",
    "XKS_VPC_ENDPOINT_SERVICE_INVALID_CONFIGURATION", "XKS_PROXY_TIMED_OUT", "XKS_PROXY_INVALID_TLS_CONFIGURATION",
)  # fmt: skip


class DescribeCustomKeyStoresRequest(Request):
    """What DescribeCustomKeyStores is asked."""

    custom_key_store_id = CustomKeyStoreId("Describe only the key store of this id.")
    custom_key_store_name = CustomKeyStoreName("Describe only the key store of this name.")
    limit = Limit()
    marker = Marker()

    def rules(self) -> None:
        """An id, a name, or neither."""
        if self.custom_key_store_id is not None and self.custom_key_store_name is not None:
            raise ValidationException("You cannot specify both CustomKeyStoreId and CustomKeyStoreName.")


class XksProxyConfiguration(Shape):
    """How an external key store's proxy is reached."""

    connectivity = XksProxyConnectivity()
    access_key_id = AccessKeyId()
    uri_endpoint = XksProxyUriEndpoint()
    uri_path = XksProxyUriPath()
    vpc_endpoint_service_name = VpcEndpointServiceName()
    vpc_endpoint_service_owner = VpcEndpointServiceOwner()


class CustomKeyStoresListEntry(Shape):
    """A custom key store in the list."""

    custom_key_store_id = CustomKeyStoreId()
    custom_key_store_name = CustomKeyStoreName()
    cloud_hsm_cluster_id = CloudHsmClusterId()
    trust_anchor_certificate = TrustAnchorCertificate()
    connection_state = Enum(*STATES)
    connection_error_code = Enum(*ERROR_CODES)
    creation_date = Timestamp()
    custom_key_store_type = CustomKeyStoreType()
    xks_proxy_configuration = Structure(XksProxyConfiguration)


class DescribeCustomKeyStoresResponse(Response):
    """What DescribeCustomKeyStores answers."""

    custom_key_stores = List(Structure(CustomKeyStoresListEntry))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(read_only=True, pages=PAGES)
def describe_custom_key_stores(call: Call, request: DescribeCustomKeyStoresRequest) -> DescribeCustomKeyStoresResponse:
    """Describe the custom key stores of the account in the Region, or one of them.

    ConnectionState says whether a key store is connected, ConnectionErrorCode why it could not be.
    """
    if request.custom_key_store_id is not None or request.custom_key_store_name is not None:
        return DescribeCustomKeyStoresResponse(custom_key_stores=[entry(wanted(call, request))], truncated=False)
    found = page(
        call,
        PAGES,
        request.limit,
        request.marker,
        lambda after, limit: page_of_stores(call.transaction, call.scope, after, limit),
    )
    return DescribeCustomKeyStoresResponse(
        custom_key_stores=[entry(store) for store in found.values],
        truncated=found.truncated,
        next_marker=found.next_marker,
    )


def wanted(call: Call, request: DescribeCustomKeyStoresRequest) -> KeyStore:
    """The one key store that is asked for. Raises CustomKeyStoreNotFoundException."""
    if request.custom_key_store_id is not None:
        found = find_store(call.transaction, call.scope, request.custom_key_store_id)
    else:
        stores = stores_of(call.transaction, call.scope)
        found = next((store for store in stores if store.name == request.custom_key_store_name), None)
    if found is None:
        raise CustomKeyStoreNotFoundException
    return found


def entry(store: KeyStore) -> CustomKeyStoresListEntry:
    """A key store as the list shows it."""
    return CustomKeyStoresListEntry(
        custom_key_store_id=store.store_id,
        custom_key_store_name=store.name,
        connection_state=store.state,
        connection_error_code=store.error,
        creation_date=store.created,
        custom_key_store_type=store.type,
        xks_proxy_configuration=XksProxyConfiguration(**store.proxy),
    )
