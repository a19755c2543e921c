"""Custom key stores to test with."""

from typing import Any

from kmscli.authorization.caller import Caller
from kmscli.keys.key_stores import KeyStore, add_store, find_store, save_connection, store_secret
from tests.operations.house import ACCOUNT, REGION, START, House

SECRET = "aSecretOfNoProxy/0123456789+abcdefghijklmnopq="
OTHER_SECRET = "a" * 43
ACCESS_KEY = "ABCDE234567EXAMPLEXX"
PASSWORD = "kmsPswd-of-the-user"
CERTIFICATE = "-----BEGIN CERTIFICATE-----"
CLUSTER = "cluster-2a23b4cdefg"
NO_STORE = "cks-1234567890abcdef0"
STATES = ("CONNECTED", "CONNECTING", "FAILED", "DISCONNECTED", "DISCONNECTING")
"""The connection states of 12.1."""


def credential(secret: str = SECRET, access_key: str = ACCESS_KEY) -> dict[str, str]:
    """A proxy's credential."""
    return {"AccessKeyId": access_key, "RawSecretAccessKey": secret}


def service(name: str) -> str:
    """The name of a VPC endpoint service."""
    return f"com.amazonaws.vpce.us-east-1.vpce-svc-{name}"


def external(name: str = "store", /, **members: Any) -> dict[str, Any]:
    """The members that ask for an external key store, all its own; one that is None is left out."""
    asked = {
        "CustomKeyStoreName": name,
        "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
        "XksProxyUriEndpoint": f"https://{name}.example.com",
        "XksProxyUriPath": f"/{name}/kms/xks/v1",
        "XksProxyVpcEndpointServiceName": service(name),
        "XksProxyAuthenticationCredential": credential(),
        "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
        **members,
    }
    return {member: value for member, value in asked.items() if value is not None}


def cloud_hsm(name: str = "store", /, **members: Any) -> dict[str, Any]:
    """The members that ask for a key store with a CloudHSM cluster; one that is None is left out."""
    asked = {
        "CustomKeyStoreName": name,
        "CloudHsmClusterId": CLUSTER,
        "TrustAnchorCertificate": CERTIFICATE,
        "KeyStorePassword": PASSWORD,
        **members,
    }
    return {member: value for member, value in asked.items() if value is not None}


def new_store(house: House, name: str = "store", by: Caller | None = None, /, **members: Any) -> str:
    """A new external key store's id."""
    return str(house.call("CreateCustomKeyStore", by, **external(name, **members))["CustomKeyStoreId"])


def described(house: House, store: str, by: Caller | None = None) -> dict[str, Any]:
    """What DescribeCustomKeyStores says of a key store."""
    [found] = house.call("DescribeCustomKeyStores", by, CustomKeyStoreId=store)["CustomKeyStores"]
    said: dict[str, Any] = found
    return said


def put_in_state(house: House, store: str, state: str) -> None:
    """Bring a key store into a connection state, past all rules: most need a proxy that answers."""
    transaction = house.transaction()
    found = find_store(transaction, f"{ACCOUNT} {REGION}", store)
    assert found
    save_connection(transaction, found.changed(state=state, error="INTERNAL_ERROR" if state == "FAILED" else None))
    house.commit(transaction)


def plant_public_store(house: House, name: str) -> str:
    """A key store whose proxy is at a public endpoint, past all rules: making one needs a proxy that answers."""
    proxy = {"connectivity": "PUBLIC_ENDPOINT", "uri_endpoint": f"https://{name}.example.com"}
    proxy |= {"uri_path": f"/{name}/kms/xks/v1", "access_key_id": ACCESS_KEY}
    store = KeyStore(
        f"cks-{name:0<17}",
        account=ACCOUNT,
        region=REGION,
        name=name,
        type="EXTERNAL_KEY_STORE",
        created=START,
        proxy=proxy,
    )
    transaction = house.transaction()
    add_store(transaction, store, SECRET.encode())
    house.commit(transaction)
    return store.store_id


def kept(house: House, store: str) -> tuple[dict[str, Any], bytes]:
    """What the vault keeps of a key store, and its secret."""
    transaction = house.transaction()
    found = find_store(transaction, f"{ACCOUNT} {REGION}", store)
    assert found
    secret = store_secret(transaction, found)
    transaction.close()
    return vars(found), secret
