"""What members a custom key store needs, what two may not share, and what no HSM and no proxy answers (reference
12.2, 12.3).
"""

from typing import Any

import pytest

from tests.operations.house import OTHER_ACCOUNT, House
from tests.operations.key_stores import (
    ACCESS_KEY,
    CERTIFICATE,
    CLUSTER,
    NO_STORE,
    OTHER_SECRET,
    PASSWORD,
    STATES,
    cloud_hsm,
    credential,
    described,
    external,
    new_store,
    plant_public_store,
    put_in_state,
    service,
)

PUBLIC = {"XksProxyConnectivity": "PUBLIC_ENDPOINT"}
OF_EXTERNAL = (
    "XksProxyUriEndpoint",
    "XksProxyUriPath",
    "XksProxyVpcEndpointServiceName",
    "XksProxyAuthenticationCredential",
    "XksProxyConnectivity",
)
OF_CLOUD_HSM = {"CloudHsmClusterId": CLUSTER, "TrustAnchorCertificate": CERTIFICATE, "KeyStorePassword": PASSWORD}
NO_SERVICE = {"XksProxyVpcEndpointServiceName": None}
NEEDED = [
    *((cloud_hsm(**{member: None}), f"{member} must be specified for a custom key store of type AWS_CLOUDHSM.")
      for member in OF_CLOUD_HSM),
    *((external(**{member: None}), f"{member} must be specified for a custom key store of type EXTERNAL_KEY_STORE.")
      for member in OF_EXTERNAL if member != "XksProxyVpcEndpointServiceName"),
    (external(**NO_SERVICE),
     "XksProxyVpcEndpointServiceName must be specified for XksProxyConnectivity VPC_ENDPOINT_SERVICE."),
    ({"CustomKeyStoreName": "store"},
     "CloudHsmClusterId must be specified for a custom key store of type AWS_CLOUDHSM."),
]  # fmt: skip
REFUSED = [
    *((cloud_hsm(**{member: external()[member]}),
       f"{member} cannot be specified for a custom key store of type AWS_CLOUDHSM.") for member in OF_EXTERNAL),
    (cloud_hsm(XksProxyVpcEndpointServiceOwner=OTHER_ACCOUNT),
     "XksProxyVpcEndpointServiceOwner cannot be specified for a custom key store of type AWS_CLOUDHSM."),
    *((external(**{member: value}),
       f"{member} cannot be specified for a custom key store of type EXTERNAL_KEY_STORE.")
      for member, value in OF_CLOUD_HSM.items()),
    (external(**PUBLIC),
     "XksProxyVpcEndpointServiceName cannot be specified for XksProxyConnectivity PUBLIC_ENDPOINT."),
    (external(**PUBLIC, **NO_SERVICE, XksProxyVpcEndpointServiceOwner=OTHER_ACCOUNT),
     "XksProxyVpcEndpointServiceOwner cannot be specified for XksProxyConnectivity PUBLIC_ENDPOINT."),
]  # fmt: skip


@pytest.mark.parametrize(("members", "message"), NEEDED + REFUSED)
def test_the_members_of_a_new_key_store(house: House, members: dict[str, Any], message: str) -> None:
    """Each type of key store, and each connectivity, has members that it needs and members that it cannot have."""
    assert house.refusal("CreateCustomKeyStore", **members) == ("ValidationException", message)
    assert house.call("DescribeCustomKeyStores")["CustomKeyStores"] == []


BAD = {
    "CustomKeyStoreName": "",
    "XksProxyUriEndpoint": "http://store.example.com",
    "XksProxyUriPath": "/kms/xks/v1/",
    "XksProxyVpcEndpointServiceName": "com.amazonaws.vpce.us-east-1.svc-1",
    "XksProxyVpcEndpointServiceOwner": "12345678901x",
    "XksProxyAuthenticationCredential": {"AccessKeyId": "lower-case-and-short"},
    "XksProxyConnectivity": "BOTH",
    "CustomKeyStoreType": "SOFT_HSM",
    "CloudHsmClusterId": "cluster-0000000000000",
    "KeyStorePassword": "short",
}


@pytest.mark.parametrize("member", BAD)
def test_members_that_break_their_own_rules(house: House, member: str) -> None:
    """A member that the API model does not allow is refused by name."""
    code, message = house.refusal("CreateCustomKeyStore", **external(**{member: BAD[member]}))
    assert code == "ValidationException"
    assert f"'{member[0].lower()}{member[1:]}" in message


def test_a_cluster_is_never_found(house: House) -> None:
    """There are no CloudHSM clusters yet: with everything else right, the cluster is not found, the name looked at
    before it.
    """
    not_found = ("CloudHsmClusterNotFoundException", f"The CloudHSM cluster {CLUSTER} was not found.")
    assert house.refusal("CreateCustomKeyStore", **cloud_hsm()) == not_found
    assert house.refusal("CreateCustomKeyStore", **cloud_hsm(CustomKeyStoreType="AWS_CLOUDHSM")) == not_found
    new_store(house)
    assert house.refusal("CreateCustomKeyStore", **cloud_hsm())[0] == "CustomKeyStoreNameInUseException"


UNREACHABLE = ("XksProxyUriUnreachableException", "The external key store proxy at {} could not be reached.")


def unreachable(address: str) -> tuple[str, str]:
    """The refusal of a proxy that does not answer."""
    code, message = UNREACHABLE
    return code, message.format(address)


def test_a_public_proxy_is_tried_at_once(house: House) -> None:
    """A proxy at a public endpoint must answer before its key store is made, and none does."""
    refusal = house.refusal("CreateCustomKeyStore", **external(**PUBLIC, **NO_SERVICE))
    assert refusal == unreachable("https://store.example.com/store/kms/xks/v1")
    assert house.call("DescribeCustomKeyStores")["CustomKeyStores"] == []


URI_IN_USE = "XksProxyUriInUseException"
ENDPOINT_IN_USE = "XksProxyUriEndpointInUseException"
SERVICE_IN_USE = "XksProxyVpcEndpointServiceInUseException"
AT_A = {"XksProxyUriEndpoint": "https://a.example.com"}
PATH_OF_A = {"XksProxyUriPath": "/a/kms/xks/v1"}
SHARED: list[tuple[str, dict[str, Any], str]] = [
    ("private", AT_A | PATH_OF_A, URI_IN_USE),
    ("private", AT_A, ENDPOINT_IN_USE),
    ("private", {"XksProxyUriEndpoint": "https://A.Example.COM"}, ENDPOINT_IN_USE),
    ("private", {"XksProxyVpcEndpointServiceName": service("a")}, SERVICE_IN_USE),
    ("private", PATH_OF_A, ""),
    ("private", AT_A | PUBLIC | NO_SERVICE, ENDPOINT_IN_USE),
    ("public", AT_A | PATH_OF_A, URI_IN_USE),
    ("public", AT_A | PATH_OF_A | PUBLIC | NO_SERVICE, URI_IN_USE),
    ("public", AT_A, ENDPOINT_IN_USE),
    ("public", AT_A | PUBLIC | NO_SERVICE, "XksProxyUriUnreachableException"),
    ("public", PATH_OF_A, ""),
]
"""12.3: how a key store named `a` is reached, what another has of it, and how that is refused. Two proxies at one
public endpoint are fine, and then tried.
"""


@pytest.mark.parametrize(("connectivity", "members", "code"), SHARED)
def test_what_two_key_stores_share(house: House, connectivity: str, members: dict[str, Any], code: str) -> None:
    """No two external key stores have one address or one service, nor one endpoint unless it is public for both."""
    if connectivity == "public":
        plant_public_store(house, "a")
    else:
        new_store(house, "a")
    asked = external("b", **members)
    made = house.result("CreateCustomKeyStore", **asked)
    assert (made[0] if isinstance(made, tuple) else "") == code


def changes(house: House, store: str, **members: Any) -> dict[str, Any] | tuple[str, str]:
    """What a change of a key store comes to."""
    return house.result("UpdateCustomKeyStore", CustomKeyStoreId=store, **members)


def test_changing_everything(house: House) -> None:
    """A change shows in everything that was given, and leaves all else."""
    store = new_store(house)
    before = described(house, store)
    assert changes(house, store, NewCustomKeyStoreName="new") == {}
    assert described(house, store) == before | {"CustomKeyStoreName": "new"}
    given = {
        "XksProxyUriEndpoint": "https://new.example.com",
        "XksProxyUriPath": "/kms/xks/v1",
        "XksProxyVpcEndpointServiceName": service("new"),
        "XksProxyVpcEndpointServiceOwner": OTHER_ACCOUNT,
        "XksProxyAuthenticationCredential": credential(OTHER_SECRET, "B" * 20),
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
    }
    assert changes(house, store, **given) == {}
    assert described(house, store)["XksProxyConfiguration"] == {
        "Connectivity": "VPC_ENDPOINT_SERVICE",
        "AccessKeyId": "B" * 20,
        "UriEndpoint": "https://new.example.com",
        "UriPath": "/kms/xks/v1",
        "VpcEndpointServiceName": service("new"),
        "VpcEndpointServiceOwner": OTHER_ACCOUNT,
    }


@pytest.mark.parametrize(
    "member",
    ["NewCustomKeyStoreName", "XksProxyUriPath", "XksProxyUriEndpoint", "XksProxyVpcEndpointServiceName"],
)
def test_changing_to_what_it_is(house: House, member: str) -> None:
    """A key store does not stand in its own way."""
    store = new_store(house)
    before = described(house, store)
    value = external()[member.removeprefix("New")]
    assert changes(house, store, **{member: value}) == {}
    assert described(house, store) == before


@pytest.mark.parametrize(
    ("members", "code"),
    [
        ({"NewCustomKeyStoreName": "a"}, "CustomKeyStoreNameInUseException"),
        (AT_A, ENDPOINT_IN_USE),
        (AT_A | PATH_OF_A, URI_IN_USE),
        ({"XksProxyVpcEndpointServiceName": service("a")}, SERVICE_IN_USE),
        ({"CloudHsmClusterId": CLUSTER}, "ValidationException"),
        ({"KeyStorePassword": PASSWORD}, "ValidationException"),
        (PUBLIC, "ValidationException"),
        (PUBLIC | AT_A | {"XksProxyVpcEndpointServiceName": service("b")}, "ValidationException"),
        (PUBLIC | AT_A | {"XksProxyVpcEndpointServiceOwner": OTHER_ACCOUNT}, "ValidationException"),
        (PUBLIC | {"XksProxyUriEndpoint": "https://new.example.com"}, "XksProxyUriUnreachableException"),
    ],
)
def test_changes_that_are_refused(house: House, members: dict[str, Any], code: str) -> None:
    """A change follows the rules of a new key store, and a refused one changes nothing."""
    new_store(house, "a")
    store = new_store(house, "b")
    before = described(house, store)
    refused = changes(house, store, **members)
    assert refused[0] == code if isinstance(refused, tuple) else False
    assert described(house, store) == before


def test_changing_to_a_vpc_endpoint_service(house: House) -> None:
    """A key store with a public endpoint goes behind a service with another endpoint and a service's name; the service
    is the account's own unless the change says otherwise.
    """
    store = plant_public_store(house, "a")
    private = {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE"}
    endpoint, behind = (
        {"XksProxyUriEndpoint": "https://new.example.com"},
        {"XksProxyVpcEndpointServiceName": service("a")},
    )
    for lacking in (private | behind, private | endpoint, behind):
        refused = changes(house, store, **lacking)
        assert refused[0] == "ValidationException" if isinstance(refused, tuple) else False
    assert changes(house, store, **private, **endpoint, **behind) == {}
    shown = described(house, store)["XksProxyConfiguration"]
    assert (shown["VpcEndpointServiceName"], shown["VpcEndpointServiceOwner"]) == (service("a"), "111122223333")


@pytest.mark.parametrize(
    "members", [{"XksProxyUriPath": "/new/kms/xks/v1"}, {"XksProxyAuthenticationCredential": credential()}]
)
def test_a_public_proxy_is_tried_after_a_change(house: House, members: dict[str, Any]) -> None:
    """A proxy at a public endpoint is tried when its path or credential changes, not when its key store is renamed."""
    store = plant_public_store(house, "a")
    refused = changes(house, store, **members)
    assert refused == unreachable("https://a.example.com" + members.get("XksProxyUriPath", "/a/kms/xks/v1"))
    assert changes(house, store, NewCustomKeyStoreName="b") == {}


IN_STORE = {"CustomKeyStoreId": NO_STORE}
XKS = {"Origin": "EXTERNAL_KEY_STORE"}
HSM = {"Origin": "AWS_CLOUDHSM"}
HMAC = {"KeySpec": "HMAC_256", "KeyUsage": "GENERATE_VERIFY_MAC"}
EXTERNAL_KEY = {"XksKeyId": "key-1"}
KEYS: list[tuple[dict[str, Any], str, str]] = [
    (HMAC | IN_STORE, "UnsupportedOperationException", "KeySpec HMAC_256 is not supported in a custom key store."),
    (HMAC | IN_STORE | XKS, "UnsupportedOperationException",
     "Origin EXTERNAL_KEY_STORE is not supported for KeySpec HMAC_256."),
    (IN_STORE | XKS | EXTERNAL_KEY | {"MultiRegion": True}, "UnsupportedOperationException",
     "You cannot create a multi-Region key in a custom key store."),
    (XKS | {"MultiRegion": True}, "UnsupportedOperationException",
     "You cannot create a multi-Region key in a custom key store."),
    (IN_STORE, "ValidationException", "You cannot specify CustomKeyStoreId for a KMS key with Origin AWS_KMS."),
    (IN_STORE | {"Origin": "EXTERNAL"}, "ValidationException",
     "You cannot specify CustomKeyStoreId for a KMS key with Origin EXTERNAL."),
    (HSM, "ValidationException", "You must specify CustomKeyStoreId for a KMS key with Origin AWS_CLOUDHSM."),
    (XKS | EXTERNAL_KEY, "ValidationException",
     "You must specify CustomKeyStoreId for a KMS key with Origin EXTERNAL_KEY_STORE."),
    (XKS | IN_STORE, "ValidationException", "You must specify XksKeyId for a KMS key with Origin EXTERNAL_KEY_STORE."),
    (HSM | IN_STORE | EXTERNAL_KEY, "ValidationException",
     "You cannot specify XksKeyId for a KMS key with Origin AWS_CLOUDHSM."),
    (EXTERNAL_KEY, "ValidationException", "You cannot specify XksKeyId for a KMS key with Origin AWS_KMS."),
    (XKS | IN_STORE | EXTERNAL_KEY, "CustomKeyStoreNotFoundException", ""),
    (HSM | IN_STORE, "CustomKeyStoreNotFoundException", ""),
]  # fmt: skip


@pytest.mark.parametrize(("members", "code", "message"), KEYS)
def test_keys_that_no_key_store_holds(house: House, members: dict[str, Any], code: str, message: str) -> None:
    """CreateKey refuses a key whose spec, Regions, origin, key store and external key do not go together (2.1)."""
    assert house.refusal("CreateKey", **members) == (code, message)
    assert house.call("ListKeys")["Keys"] == []


@pytest.mark.parametrize("state", STATES)
def test_keys_need_a_connected_key_store(house: House, state: str) -> None:
    """A key is made only in a connected key store, and not there either while no proxy is reached."""
    store = new_store(house)
    put_in_state(house, store, state)
    code, message = house.refusal("CreateKey", **XKS, CustomKeyStoreId=store, **EXTERNAL_KEY)
    assert code == "CustomKeyStoreInvalidStateException"
    expected = f"The custom key store {store} is {state}, which is not valid for this operation."
    connected = f"The proxy of the custom key store {store} could not be reached."
    assert message == (connected if state == "CONNECTED" else expected)
    assert house.call("ListKeys")["Keys"] == []


def test_what_an_external_key_store_is_not_for(house: House) -> None:
    """An external key store holds no keys of a CloudHSM cluster, and makes no random bytes, whatever its state."""
    store = new_store(house)
    message = f"The custom key store {store} is of type EXTERNAL_KEY_STORE, which is not valid for this operation."
    refusal = ("UnsupportedOperationException", message)
    assert house.refusal("CreateKey", **HSM, CustomKeyStoreId=store) == refusal
    assert house.refusal("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=store) == refusal
    not_found = house.refusal("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=NO_STORE)
    assert not_found == ("CustomKeyStoreNotFoundException", "")
    assert ACCESS_KEY not in message
