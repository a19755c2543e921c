"""What the operations on custom key stores leave in the trail and in the vault (reference 14.1, 14.2)."""

from typing import Any

import pytest

from kmscli.errors import VaultDamagedError
from kmscli.keys.check import inspect
from kmscli.keys.key_stores import KEY_STORE, KEY_STORE_COUNT
from kmscli.vault.transaction import Kind
from tests.operations.house import ACCOUNT, REGION, START, House
from tests.operations.key_stores import (
    ACCESS_KEY,
    CERTIFICATE,
    CLUSTER,
    NO_STORE,
    OTHER_SECRET,
    PASSWORD,
    SECRET,
    cloud_hsm,
    credential,
    external,
    kept,
    new_store,
    service,
)

HOME = f"{ACCOUNT} {REGION}"


def recorded(event: dict[str, Any]) -> tuple[Any, ...]:
    """What an event says of its request and answer. None of these has resources."""
    assert event["resources"] == []
    names = ("eventName", "readOnly", "requestParameters", "responseElements")
    return (*(event[name] for name in names), event.get("additionalEventData"))


def test_the_record_of_a_new_key_store(house: House) -> None:
    """CreateCustomKeyStore's record shows the name and the new id, also of a request that was sent again."""
    for _ in range(2):
        store = new_store(house)
        answer = {"customKeyStoreId": store}
        expected = ("CreateCustomKeyStore", False, {"customKeyStoreName": "store"}, answer, None)
        assert recorded(house.event()) == expected


UPDATE: dict[str, Any] = {
    "XksProxyUriEndpoint": "https://new.example.com",
    "XksProxyUriPath": "/new/kms/xks/v1",
    "XksProxyVpcEndpointServiceName": service("new"),
    "XksProxyVpcEndpointServiceOwner": ACCOUNT,
    "XksProxyAuthenticationCredential": credential(OTHER_SECRET),
    "XksProxyConnectivity": "VPC_ENDPOINT_SERVICE",
}


def test_the_records_of_the_others(house: House) -> None:
    """The other writes name the key store by its id, and beside the request by its name, an updated one's as it was
    found.
    """
    store = new_store(house)
    calls: list[tuple[str, dict[str, Any]]] = [
        ("ConnectCustomKeyStore", {}),
        ("DisconnectCustomKeyStore", {}),
        ("UpdateCustomKeyStore", UPDATE | {"NewCustomKeyStoreName": "new"}),
        ("DeleteCustomKeyStore", {}),
    ]
    names = ["store", "store", "store", "new"]
    for (name, members), found in zip(calls, names, strict=True):
        house.call(name, CustomKeyStoreId=store, **members)
        additional = {"customKeyStoreName": found}
        assert recorded(house.event()) == (name, False, {"customKeyStoreId": store}, None, additional)


def test_the_record_of_the_list(house: House) -> None:
    """A description is a read; its record shows what was asked for, or nothing."""
    store = new_store(house)
    asked: list[tuple[dict[str, Any], Any]] = [
        ({}, None),
        ({"CustomKeyStoreId": store}, {"customKeyStoreId": store}),
        ({"CustomKeyStoreName": "store"}, {"customKeyStoreName": "store"}),
        ({"Limit": 1}, {"limit": 1}),
    ]
    for members, parameters in asked:
        house.call("DescribeCustomKeyStores", **members)
        assert recorded(house.event()) == ("DescribeCustomKeyStores", True, parameters, None, None)


def test_the_records_of_refused_calls(house: House) -> None:
    """A refused call's record shows the same of the request, a cluster under the trail's own name for it."""
    house.refusal("CreateCustomKeyStore", **cloud_hsm())
    event = house.event()
    assert event["errorCode"] == "CloudHsmClusterNotFoundException"
    parameters = {"customKeyStoreName": "store", "clusterId": CLUSTER}
    assert recorded(event) == ("CreateCustomKeyStore", False, parameters, None, None)
    house.refusal("UpdateCustomKeyStore", CustomKeyStoreId=NO_STORE, CloudHsmClusterId=CLUSTER)
    event = house.event()
    assert (event["errorCode"], "errorMessage" in event) == ("CustomKeyStoreNotFoundException", False)
    parameters = {"customKeyStoreId": NO_STORE, "clusterId": CLUSTER}
    assert recorded(event) == ("UpdateCustomKeyStore", False, parameters, None, None)


def test_the_records_of_calls_that_name_a_key_store(house: House) -> None:
    """CreateKey and GenerateRandom show the key store and the external key that were asked for."""
    store = new_store(house)
    house.refusal("CreateKey", Origin="EXTERNAL_KEY_STORE", CustomKeyStoreId=store, XksKeyId="key-1")
    parameters = house.event()["requestParameters"]
    assert (parameters["customKeyStoreId"], parameters["xksKeyId"]) == (store, "key-1")
    house.refusal("GenerateRandom", NumberOfBytes=8, CustomKeyStoreId=store)
    assert house.event()["requestParameters"] == {"customKeyStoreId": store}


LONG = "x" * 5001
WRONG = (credential("a?" * 22), credential(access_key="A9" * 10))
SECRETS = (SECRET, OTHER_SECRET, PASSWORD, ACCESS_KEY, CERTIFICATE, LONG, "A9" * 10, "a?" * 22, "short")


def test_secrets_are_nowhere(house: House) -> None:
    """No password, credential or certificate is in an event, an answer, a message, a repr or the vault's file, whether
    the call succeeds or a rule refuses it.
    """
    store = new_store(house)
    said = [
        house.result("UpdateCustomKeyStore", CustomKeyStoreId=store, **UPDATE),
        house.result("UpdateCustomKeyStore", CustomKeyStoreId=store, KeyStorePassword=PASSWORD),
        house.result("CreateCustomKeyStore", **external("other", CustomKeyStoreName="store")),
        house.result("CreateCustomKeyStore", **cloud_hsm()),
        house.result("CreateCustomKeyStore", **cloud_hsm(KeyStorePassword="short", TrustAnchorCertificate=LONG)),
        *(house.result("CreateCustomKeyStore", **external(XksProxyAuthenticationCredential=wrong)) for wrong in WRONG),
    ]
    [shown] = house.call("DescribeCustomKeyStores")["CustomKeyStores"]
    assert shown["XksProxyConfiguration"].pop("AccessKeyId") == ACCESS_KEY
    outcomes = house.group(("CreateCustomKeyStore", external("last")), ("CreateCustomKeyStore", cloud_hsm("hsm")))
    spoken = repr([said, shown, [repr(outcome.asked.request) for outcome in outcomes]]).encode()
    wal = house.path.with_name(f"{house.path.name}-wal")
    for where in (spoken, house.log(), house.path.read_bytes(), wal.read_bytes()):
        assert [secret for secret in SECRETS if secret.encode() in where] == []


def test_what_a_vault_keeps_of_a_key_store(house: House) -> None:
    """A key store comes back from the vault as it was made; its secret stays through all changes but its own."""
    store = new_store(house)
    members, secret = kept(house, store)
    assert secret == SECRET.encode()
    assert members == {
        "store_id": store,
        "account": ACCOUNT,
        "region": REGION,
        "name": "store",
        "type": "EXTERNAL_KEY_STORE",
        "created": START,
        "proxy": {
            "connectivity": "VPC_ENDPOINT_SERVICE",
            "access_key_id": ACCESS_KEY,
            "uri_endpoint": "https://store.example.com",
            "uri_path": "/store/kms/xks/v1",
            "vpc_endpoint_service_name": service("store"),
            "vpc_endpoint_service_owner": ACCOUNT,
        },
        "state": "DISCONNECTED",
        "error": None,
    }
    house.call("ConnectCustomKeyStore", CustomKeyStoreId=store)
    house.call("UpdateCustomKeyStore", CustomKeyStoreId=store, NewCustomKeyStoreName="new")
    assert kept(house, store)[1] == SECRET.encode()
    given = {"XksProxyAuthenticationCredential": credential(OTHER_SECRET)}
    house.call("UpdateCustomKeyStore", CustomKeyStoreId=store, **given)
    assert kept(house, store)[1] == OTHER_SECRET.encode()


@pytest.mark.parametrize(
    ("kind", "named"),
    [
        (KEY_STORE, "key store: 1 more missing; which, cannot be told"),
        (KEY_STORE_COUNT, f"key store count in {HOME}: missing"),
    ],
    ids=["key store", "count"],
)
def test_a_row_that_is_gone(house: House, kind: Kind[Any], named: str) -> None:
    """A check knows the rows of key stores, and says which kind is missing."""
    new_store(house)
    assert inspect(house.engine.vault).faults == []
    house.tamper("DELETE FROM rows WHERE kind = ?", kind.number)
    assert [str(fault) for fault in inspect(house.engine.vault).faults] == [named]


def test_a_row_that_is_damaged(house: House) -> None:
    """A call that meets a damaged key store says so."""
    store = new_store(house)
    house.tamper("UPDATE rows SET version = version + 100 WHERE kind = ?", 36)
    with pytest.raises(VaultDamagedError, match="was altered or is damaged: key store"):
        house.call("DeleteCustomKeyStore", CustomKeyStoreId=store)
