"""ListGrants and ListRetirableGrants: pages, filters, markers."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, House, arn, caller

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
BOB = f"arn:aws:iam::{ACCOUNT}:role/Bob"
CAROL = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Carol"
NO_GRANT = "0" * 64
SERVICE = "dynamodb.us-east-1.amazonaws.com"
INVALID = "ValidationException"


def grants(house: House, key: str, number: int, **members: Any) -> list[str]:
    """The ids of new grants on a key, made in one commit."""
    given = {"KeyId": key, "GranteePrincipal": ALICE, "Operations": ["Encrypt"], **members}
    outcomes = house.group(*[("CreateGrant", given)] * number)
    return [outcome.response.members({})["GrantId"] for outcome in outcomes if outcome.response]


def pages(house: House, name: str, **members: Any) -> Iterator[list[str]]:
    """The ids on all pages, one after the other; `NextMarker` is there exactly while there are more."""
    marker: dict[str, str] = {}
    while True:
        answer = house.call(name, **members, **marker)
        yield [grant["GrantId"] for grant in answer["Grants"]]
        assert answer["Truncated"] is ("NextMarker" in answer)
        if not answer["Truncated"]:
            return
        marker = {"Marker": answer["NextMarker"]}


@pytest.mark.parametrize(("limit", "sizes"), [(None, [50, 50, 20]), (100, [100, 20]), (60, [60, 60]), (1, [1] * 120)])
@pytest.mark.parametrize("name", ["ListGrants", "ListRetirableGrants"])
def test_paging(house: House, name: str, limit: int | None, sizes: list[int]) -> None:
    """Pages have as many grants as asked for, 50 without a limit, each grant once, always in the same order."""
    key = house.new_key()
    made = grants(house, key, 120, RetiringPrincipal=BOB)
    given: dict[str, Any] = {"KeyId": key} if name == "ListGrants" else {"RetiringPrincipal": BOB}
    whole = [one for page in pages(house, name, **given) for one in page]
    assert sorted(whole) == sorted(made)
    found = list(pages(house, name, **given, **({} if limit is None else {"Limit": limit})))
    assert [len(page) for page in found] == sizes
    assert [one for page in found for one in page] == whole


@pytest.mark.parametrize("name", ["ListGrants", "ListRetirableGrants"])
def test_a_page_size_beyond_the_largest(house: House, name: str) -> None:
    """A page of 100 is allowed, one more is refused, as are zero and less."""
    given: dict[str, Any] = {"KeyId": house.new_key()} if name == "ListGrants" else {"RetiringPrincipal": BOB}
    house.call(name, Limit=100, **given)
    for size in (101, 0, -1, 1001):
        assert house.refusal(name, Limit=size, **given)[0] == INVALID


def test_each_key_has_its_own_grants(house: House) -> None:
    """A list shows the grants of one key."""
    key, other = house.new_key(), house.new_key()
    made, others = grants(house, key, 3), grants(house, other, 2)
    assert sorted(*pages(house, "ListGrants", KeyId=key)) == sorted(made)
    assert sorted(*pages(house, "ListGrants", KeyId=arn(other))) == sorted(others)
    assert house.call("ListGrants", KeyId=house.new_key()) == {"Grants": [], "Truncated": False}


def test_filters(house: House) -> None:
    """A grant's id and its grantee choose from a key's grants, together too; none fitting is an empty list."""
    key = house.new_key()
    [one, two] = grants(house, key, 2)
    [third] = grants(house, key, 1, GranteePrincipal=BOB)
    [elsewhere] = grants(house, house.new_key(), 1)
    table: list[tuple[dict[str, str], list[str]]] = [
        ({"GrantId": one}, [one]),
        ({"GrantId": elsewhere}, []),
        ({"GrantId": NO_GRANT}, []),
        ({"GranteePrincipal": ALICE}, [one, two]),
        ({"GranteePrincipal": BOB}, [third]),
        ({"GranteePrincipal": CAROL}, []),
        ({"GrantId": third, "GranteePrincipal": BOB}, [third]),
        ({"GrantId": third, "GranteePrincipal": ALICE}, []),
    ]
    for members, expected in table:
        answer = house.call("ListGrants", KeyId=key, **members)
        assert sorted(grant["GrantId"] for grant in answer["Grants"]) == sorted(expected)
        assert answer["Truncated"] is False


def test_a_filtered_page_may_be_short(house: House) -> None:
    """Pages of a filtered list hold no more than asked for, and all that fits is on one of them."""
    key = house.new_key()
    grants(house, key, 20)
    wanted = grants(house, key, 5, GranteePrincipal=BOB)
    found = list(pages(house, "ListGrants", KeyId=key, GranteePrincipal=BOB, Limit=2))
    assert max(map(len, found)) <= 2
    assert sorted(one for page in found for one in page) == sorted(wanted)


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("ListGrants", {"GranteePrincipal": ALICE, "GranteeServicePrincipal": SERVICE}),
        ("ListGrants", {"GranteeServicePrincipal": SERVICE}),
        ("ListRetirableGrants", {}),
        ("ListRetirableGrants", {"RetiringPrincipal": BOB, "RetiringServicePrincipal": SERVICE}),
        ("ListRetirableGrants", {"RetiringServicePrincipal": SERVICE}),
    ],
)
def test_filters_that_are_refused(house: House, name: str, members: dict[str, str]) -> None:
    """A list is for one principal, and only a service may ask for what is a service's."""
    key = {"KeyId": house.new_key()} if name == "ListGrants" else {}
    assert house.refusal(name, **key, **members)[0] == INVALID


def test_an_id_that_is_none(house: House) -> None:
    """A list by an id that cannot be one is refused as such."""
    assert house.refusal("ListGrants", KeyId=house.new_key(), GrantId="x")[0] == "InvalidGrantIdException"


def test_retirable_grants_are_those_of_the_very_principal(house: House) -> None:
    """A list names the grants in the Region whose retiring principal is the same text, on keys of any account."""
    key = house.new_key()
    [bobs] = grants(house, key, 1, RetiringPrincipal=BOB)
    grants(house, key, 1)
    grants(house, key, 1, RetiringPrincipal=f"arn:aws:iam::{ACCOUNT}:root")
    grants(house, key, 1, RetiringPrincipal=BOB.lower())
    them, there = caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)
    given = {"GranteePrincipal": ALICE, "Operations": ["Encrypt"], "RetiringPrincipal": BOB}
    theirs = house.call("CreateGrant", them, KeyId=house.new_key(them), **given)["GrantId"]
    elsewhere = house.call("CreateGrant", there, KeyId=house.new_key(there), **given)["GrantId"]
    assert sorted(*pages(house, "ListRetirableGrants", RetiringPrincipal=BOB)) == sorted([bobs, theirs])
    [found] = house.call("ListRetirableGrants", there, RetiringPrincipal=BOB)["Grants"]
    assert found["GrantId"] == elsewhere
    shown = {
        grant["KeyId"].split(":")[4] for grant in house.call("ListRetirableGrants", RetiringPrincipal=BOB)["Grants"]
    }
    assert shown == {ACCOUNT, OTHER_ACCOUNT}


def test_whose_retirable_grants_may_be_listed(house: House) -> None:
    """A caller lists for principals of the own account only, named by their ARNs."""
    assert house.refusal("ListRetirableGrants", RetiringPrincipal=CAROL)[0] == "AccessDeniedException"
    assert house.refusal("ListRetirableGrants", RetiringPrincipal=ACCOUNT) == (
        "InvalidArnException",
        f"ARN does not refer to a valid principal: {ACCOUNT}",
    )


def test_a_marker_is_bound_to_what_it_came_from(house: House) -> None:
    """A marker is refused by the other list, for another key, principal or filter."""
    key, other = house.new_key(), house.new_key()
    for one in (key, other):
        grants(house, one, 2, RetiringPrincipal=BOB)
    grants(house, key, 2, RetiringPrincipal=ALICE)
    of_key = house.call("ListGrants", KeyId=key, Limit=1)["NextMarker"]
    of_bob = house.call("ListRetirableGrants", RetiringPrincipal=BOB, Limit=1)["NextMarker"]
    assert house.call("ListGrants", KeyId=arn(key), Marker=of_key)["Grants"]
    refused: list[tuple[str, dict[str, str]]] = [
        ("ListGrants", {"KeyId": other, "Marker": of_key}),
        ("ListGrants", {"KeyId": key, "GranteePrincipal": ALICE, "Marker": of_key}),
        ("ListGrants", {"KeyId": key, "Marker": of_bob}),
        ("ListRetirableGrants", {"RetiringPrincipal": ALICE, "Marker": of_bob}),
        ("ListRetirableGrants", {"RetiringPrincipal": BOB, "Marker": of_key}),
        ("ListGrants", {"KeyId": key, "Marker": "nonsense"}),
    ]
    for name, members in refused:
        assert house.refusal(name, **members)[0] == "InvalidMarkerException"
