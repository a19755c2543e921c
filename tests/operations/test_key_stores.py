"""Custom key stores: made, described, connected, disconnected, deleted (reference 12)."""

import re
from typing import Any

import pytest

from kmscli.keys.key_stores import add_store, change_store, find_store
from kmscli.vault.rows import ConflictError
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, START, House, caller, code_of
from tests.operations.key_stores import (
    ACCESS_KEY,
    NO_STORE,
    OTHER_SECRET,
    STATES,
    cloud_hsm,
    credential,
    described,
    external,
    new_store,
    put_in_state,
    service,
)

NOT_FOUND = ("CustomKeyStoreNotFoundException", "")
WRONG_STATE = "CustomKeyStoreInvalidStateException"
NAME_IN_USE = "CustomKeyStoreNameInUseException"
URI = {"XksProxyUriPath": "/other/kms/xks/v1"}


def test_a_new_key_store(house: House) -> None:
    """A new key store has a random id, is disconnected, and shows everything but the secret."""
    answer = house.call("CreateCustomKeyStore", **external("store"))
    assert list(answer) == ["CustomKeyStoreId"]
    store = answer["CustomKeyStoreId"]
    assert re.fullmatch("cks-[0-9a-f]{17}", store)
    assert house.call("DescribeCustomKeyStores") == {
        "CustomKeyStores": [
            {
                "CustomKeyStoreId": store,
                "CustomKeyStoreName": "store",
                "ConnectionState": "DISCONNECTED",
                "CreationDate": START,
                "CustomKeyStoreType": "EXTERNAL_KEY_STORE",
                "XksProxyConfiguration": {
                    "Connectivity": "VPC_ENDPOINT_SERVICE",
                    "AccessKeyId": ACCESS_KEY,
                    "UriEndpoint": "https://store.example.com",
                    "UriPath": "/store/kms/xks/v1",
                    "VpcEndpointServiceName": service("store"),
                    "VpcEndpointServiceOwner": ACCOUNT,
                },
            }
        ],
        "Truncated": False,
    }


def test_the_owner_of_a_service(house: House) -> None:
    """A VPC endpoint service may be another account's."""
    store = new_store(house, XksProxyVpcEndpointServiceOwner=OTHER_ACCOUNT)
    assert described(house, store)["XksProxyConfiguration"]["VpcEndpointServiceOwner"] == OTHER_ACCOUNT


def test_connecting_and_disconnecting(house: House) -> None:
    """No proxy is reached: connecting is answered and then has failed; disconnecting ends that."""
    store = new_store(house)
    for _ in range(2):
        assert house.call("ConnectCustomKeyStore", CustomKeyStoreId=store) == {}
        shown = described(house, store)
        assert (shown["ConnectionState"], shown["ConnectionErrorCode"]) == ("FAILED", "XKS_PROXY_NOT_REACHABLE")
        assert house.call("DisconnectCustomKeyStore", CustomKeyStoreId=store) == {}
        shown = described(house, store)
        assert (shown["ConnectionState"], shown.get("ConnectionErrorCode")) == ("DISCONNECTED", None)


NAME = ("UpdateCustomKeyStore", {"NewCustomKeyStoreName": "new"})
PATH = ("UpdateCustomKeyStore", {"XksProxyUriPath": "/new/kms/xks/v1"})
CREDENTIAL = ("UpdateCustomKeyStore", {"XksProxyAuthenticationCredential": credential(OTHER_SECRET)})
ENDPOINT = ("UpdateCustomKeyStore", {"XksProxyUriEndpoint": "https://new.example.com"})
SERVICE = ("UpdateCustomKeyStore", {"XksProxyVpcEndpointServiceName": service("new")})
OWNER = ("UpdateCustomKeyStore", {"XksProxyVpcEndpointServiceOwner": OTHER_ACCOUNT})
CONNECTIVITY = ("UpdateCustomKeyStore", {"XksProxyConnectivity": "VPC_ENDPOINT_SERVICE"})
MIXED = ("UpdateCustomKeyStore", NAME[1] | ENDPOINT[1])

ALLOWED: list[tuple[tuple[str, dict[str, Any]], set[str]]] = [
    (("ConnectCustomKeyStore", {}), {"CONNECTED", "CONNECTING", "DISCONNECTED"}),
    (("DisconnectCustomKeyStore", {}), {"CONNECTED", "CONNECTING", "FAILED"}),
    (("DeleteCustomKeyStore", {}), {"DISCONNECTED"}),
    (NAME, set(STATES)),
    (PATH, set(STATES)),
    (CREDENTIAL, set(STATES)),
    (ENDPOINT, {"DISCONNECTED"}),
    (SERVICE, {"DISCONNECTED"}),
    (OWNER, {"DISCONNECTED"}),
    (CONNECTIVITY, {"DISCONNECTED"}),
    (MIXED, {"DISCONNECTED"}),
]
"""12.1: in which connection states each operation is allowed."""


@pytest.mark.parametrize("state", STATES)
@pytest.mark.parametrize(
    ("call", "allowed"), ALLOWED, ids=[" ".join((name, *members)) for (name, members), _ in ALLOWED]
)
def test_the_connection_states(house: House, call: tuple[str, dict[str, Any]], allowed: set[str], state: str) -> None:
    """An operation is answered with nothing in the states of 12.1, and changes nothing in any other."""
    name, members = call
    store = new_store(house)
    put_in_state(house, store, state)
    before = described(house, store)
    if state in allowed:
        assert house.call(name, CustomKeyStoreId=store, **members) == {}
        return
    code, message = house.refusal(name, CustomKeyStoreId=store, **members)
    assert code == WRONG_STATE
    assert message == f"The custom key store {store} is {state}, which is not valid for this operation."
    assert described(house, store) == before


@pytest.mark.parametrize("state", ["CONNECTED", "CONNECTING"])
def test_connecting_what_is_connected(house: House, state: str) -> None:
    """Connecting a key store that is connected, or about to be, changes nothing."""
    store = new_store(house)
    put_in_state(house, store, state)
    house.call("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert described(house, store)["ConnectionState"] == state


def test_deleting(house: House) -> None:
    """A deleted key store is gone for every operation, and its name, address and service are free."""
    store = new_store(house)
    assert house.call("DeleteCustomKeyStore", CustomKeyStoreId=store) == {}
    assert house.call("DescribeCustomKeyStores")["CustomKeyStores"] == []
    assert house.refusal("DeleteCustomKeyStore", CustomKeyStoreId=store) == NOT_FOUND
    assert new_store(house) != store


@pytest.mark.parametrize("store", [NO_STORE, "x", "ключ", "\ud800", "x" * 64])
@pytest.mark.parametrize(
    "name",
    [
        "ConnectCustomKeyStore",
        "DeleteCustomKeyStore",
        "DescribeCustomKeyStores",
        "DisconnectCustomKeyStore",
        "UpdateCustomKeyStore",
    ],
)
def test_no_such_key_store(house: House, name: str, store: str) -> None:
    """Whatever text names no key store is not found; the exception has no message, as AWS documents it."""
    assert house.refusal(name, CustomKeyStoreId=store) == NOT_FOUND


def test_describing_by_name(house: House) -> None:
    """A key store is described by id or by name, as it is spelled, and not by both."""
    store = new_store(house, "a")
    new_store(house, "b")
    by_name = house.call("DescribeCustomKeyStores", CustomKeyStoreName="a")
    assert by_name == house.call("DescribeCustomKeyStores", CustomKeyStoreId=store)
    assert by_name["Truncated"] is False
    assert [one["CustomKeyStoreId"] for one in by_name["CustomKeyStores"]] == [store]
    assert house.refusal("DescribeCustomKeyStores", CustomKeyStoreName="A") == NOT_FOUND
    both = house.refusal("DescribeCustomKeyStores", CustomKeyStoreName="a", CustomKeyStoreId=store)
    assert both == ("ValidationException", "You cannot specify both CustomKeyStoreId and CustomKeyStoreName.")


def test_paging(house: House) -> None:
    """Pages have as many key stores as asked for, each once; a marker is good for this operation only."""
    made = {new_store(house, str(number)) for number in range(5)}
    seen: list[str] = []
    marker: dict[str, str] = {}
    sizes = []
    while True:
        answer = house.call("DescribeCustomKeyStores", Limit=2, **marker)
        sizes.append(len(answer["CustomKeyStores"]))
        seen += [store["CustomKeyStoreId"] for store in answer["CustomKeyStores"]]
        if not answer["Truncated"]:
            break
        marker = {"Marker": answer["NextMarker"]}
    assert (sizes, sorted(seen)) == ([2, 2, 1], sorted(made))
    assert house.refusal("ListKeys", **marker)[0] == "InvalidMarkerException"
    assert house.refusal("DescribeCustomKeyStores", Marker="x")[0] == "InvalidMarkerException"
    assert house.refusal("DescribeCustomKeyStores", Limit=0)[0] == "ValidationException"


def test_creating_again(house: House) -> None:
    """The same request again finds the key store that it made, as long as that is disconnected (12.2)."""
    store = new_store(house)
    assert new_store(house) == store
    assert len(house.call("DescribeCustomKeyStores")["CustomKeyStores"]) == 1
    house.call("ConnectCustomKeyStore", CustomKeyStoreId=store)
    assert house.refusal("CreateCustomKeyStore", **external())[0] == NAME_IN_USE
    house.call("DisconnectCustomKeyStore", CustomKeyStoreId=store)
    assert new_store(house) == store


@pytest.mark.parametrize(
    "other",
    [
        {"XksProxyAuthenticationCredential": credential(OTHER_SECRET)},
        {"XksProxyAuthenticationCredential": credential(access_key="A" * 20)},
        {"XksProxyUriPath": "/other/kms/xks/v1"},
        {"XksProxyUriEndpoint": "https://other.example.com"},
        {"XksProxyVpcEndpointServiceName": service("other")},
        {"XksProxyVpcEndpointServiceOwner": OTHER_ACCOUNT},
    ],
)
def test_creating_another_of_the_same_name(house: House, other: dict[str, Any]) -> None:
    """A request that differs in anything, the secret too, is for another key store, whose name is not free."""
    new_store(house)
    code, message = house.refusal("CreateCustomKeyStore", **external(**other))
    assert (code, message) == (NAME_IN_USE, "The custom key store name store is already in use.")


def test_creating_again_after_an_update(house: House) -> None:
    """What was asked for is compared with what a key store is now, its secret too."""
    store = new_store(house)
    changed = {"XksProxyAuthenticationCredential": credential(OTHER_SECRET)}
    house.call("UpdateCustomKeyStore", CustomKeyStoreId=store, **changed)
    assert house.refusal("CreateCustomKeyStore", **external())[0] == NAME_IN_USE
    assert new_store(house, **changed) == store


def test_the_quota(house: House) -> None:
    """The eleventh key store of an account in a Region is refused, of either type; one that goes makes room."""
    stores = [new_store(house, str(number)) for number in range(10)]
    refusal = (
        "LimitExceededException",
        "You have reached the quota of 10 custom key stores in this account and Region.",
    )
    assert house.refusal("CreateCustomKeyStore", **external("new")) == refusal
    assert house.refusal("CreateCustomKeyStore", **cloud_hsm("new")) == refusal
    assert new_store(house, "3") == stores[3]
    house.call("DeleteCustomKeyStore", CustomKeyStoreId=stores[0])
    new_store(house, "new")
    assert house.refusal("CreateCustomKeyStore", **external("newer")) == refusal


def test_accounts_and_regions_are_apart(house: House) -> None:
    """Each account has its own key stores in each Region, of the same names and addresses; nobody sees another's."""
    callers = [caller(), caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)]
    made = {by: new_store(house, "store", by) for by in callers}
    assert len(set(made.values())) == 3
    for by in callers:
        listed = house.call("DescribeCustomKeyStores", by)["CustomKeyStores"]
        assert [one["CustomKeyStoreId"] for one in listed] == [made[by]]
        for other in set(callers) - {by}:
            assert house.refusal("DeleteCustomKeyStore", by, CustomKeyStoreId=made[other]) == NOT_FOUND
            assert house.refusal("DescribeCustomKeyStores", by, CustomKeyStoreId=made[other]) == NOT_FOUND


def test_key_stores_in_a_group(house: House) -> None:
    """Calls in one commit see each other's key stores: their names, their number, and that they are the same."""
    same = [("CreateCustomKeyStore", external("0"))] * 2
    rival = ("CreateCustomKeyStore", external("other", CustomKeyStoreName="0"))
    more = [("CreateCustomKeyStore", external(str(number))) for number in range(1, 11)]
    outcomes = house.group(*same, rival, *more)
    assert [code_of(one) for one in outcomes] == ["", "", NAME_IN_USE, *[""] * 9, "LimitExceededException"]
    assert len(house.call("DescribeCustomKeyStores")["CustomKeyStores"]) == 10


def test_two_that_want_one_name(house: House) -> None:
    """Of two processes that take one name from the same snapshot, by a new key store and by a change, only one can."""
    store = new_store(house)
    other = House(house.path)
    first, second = house.transaction(), other.transaction()
    found = find_store(first, f"{ACCOUNT} {REGION}", store)
    assert found
    change_store(first, found.changed(name="new"), None)
    add_store(second, found.changed(name="new", store_id=NO_STORE), b"x")
    house.commit(first)
    with pytest.raises(ConflictError):
        other.commit(second)
    second.close()
    other.close()
