"""How an external key store's proxy is reached: what a request says of it, and what no two key stores may share
(reference, kms-semantics 12.3).
"""

from kmscli.errors import (
    XksProxyUriEndpointInUseException,
    XksProxyUriInUseException,
    XksProxyVpcEndpointServiceInUseException,
)
from kmscli.keys.key_stores import PRIVATE, PUBLIC, KeyStore
from kmscli.operations.key_store_members import XksProxyAuthenticationCredential
from kmscli.operations.key_store_rules import SERVICE, SERVICE_NAME, ask_for, refuse_members
from kmscli.operations.shapes import Request

MEMBERS = {
    "xks_proxy_connectivity": "connectivity",
    "xks_proxy_uri_endpoint": "uri_endpoint",
    "xks_proxy_uri_path": "uri_path",
    "xks_proxy_vpc_endpoint_service_name": "vpc_endpoint_service_name",
    "xks_proxy_vpc_endpoint_service_owner": "vpc_endpoint_service_owner",
}
"""A request's members, by the names of XksProxyConfiguration's, which a key store keeps."""


def proxy_after(request: Request, before: dict[str, str], account: str) -> dict[str, str]:
    """How a proxy is reached once a request is fulfilled. `before`: how it was; empty for a new key store.

    `account`: whose the VPC endpoint service is where neither says.
    """
    given = vars(request)
    after = before | {kept: given[name] for name, kept in MEMBERS.items() if name in given}
    credential = given.get("xks_proxy_authentication_credential")
    if credential is not None:
        after["access_key_id"] = credential.access_key_id
    if after["connectivity"] == PRIVATE:
        return {"vpc_endpoint_service_owner": account} | after
    return {name: value for name, value in after.items() if not name.startswith("vpc_endpoint_service")}


def raw_secret(credential: XksProxyAuthenticationCredential | None) -> bytes:
    """The secret in a credential; empty without one."""
    return credential.raw_secret_access_key.encode() if credential else b""


def check_service(request: Request, connectivity: str, service: str | None) -> None:
    """Raises ValidationException: a proxy at a public endpoint is given a VPC endpoint service, or one that is
    reached through a service has none.
    """
    if connectivity == PUBLIC:
        refuse_members(request, SERVICE, f"XksProxyConnectivity {PUBLIC}")
    elif service is None:
        ask_for(request, (SERVICE_NAME,), f"XksProxyConnectivity {PRIVATE}")


def check_proxy(proxy: dict[str, str], others: list[KeyStore]) -> None:
    """See that no other external key store of the account has the proxy's address in the Region, an endpoint that
    either of them reaches through a VPC endpoint service, or that service.

    Raises XksProxyUriInUseException, XksProxyUriEndpointInUseException, XksProxyVpcEndpointServiceInUseException.
    """
    taken = [other.proxy for other in others]
    sharing = [one for one in taken if host(one) == host(proxy)]
    if any(one["uri_path"] == proxy["uri_path"] for one in sharing):
        address = proxy["uri_endpoint"] + proxy["uri_path"]
        raise XksProxyUriInUseException(f"The proxy URI {address} is already in use by another external key store.")
    if any(PRIVATE in (one["connectivity"], proxy["connectivity"]) for one in sharing):
        raise XksProxyUriEndpointInUseException(
            f"The proxy URI endpoint {proxy['uri_endpoint']} is already in use by another external key store."
        )
    service = proxy.get("vpc_endpoint_service_name")
    if service and any(one.get("vpc_endpoint_service_name") == service for one in taken):
        raise XksProxyVpcEndpointServiceInUseException(
            f"The VPC endpoint service {service} is already in use by another external key store."
        )


def host(proxy: dict[str, str]) -> str:
    """A proxy's endpoint; capitals make no other host of it (RFC 4343)."""
    return proxy["uri_endpoint"].lower()
