import binascii
from collections.abc import Iterator
from typing import Any

import pytest

from kmscli.keys.key import find_key
from kmscli.keys.managed_services import SERVICES
from kmscli.keys.material import add_material, make_material
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, START, House, arn, caller

LIMITS = {
    "ListKeys": 1000,
    "ListAliases": 100,
    "ListKeyPolicies": 1000,
    "ListResourceTags": 50,
    "ListKeyRotations": 1000,
}
"""The largest page of each list (4.4)."""
DEFAULTS = {"ListKeys": 100, "ListAliases": 50}
OF_A_KEY = ("ListKeyPolicies", "ListResourceTags", "ListKeyRotations")
RESULTS = {
    "ListKeys": "Keys",
    "ListAliases": "Aliases",
    "ListKeyPolicies": "PolicyNames",
    "ListResourceTags": "Tags",
    "ListKeyRotations": "Rotations",
}
BAD_MARKER = "InvalidMarkerException"


def pages(house: House, name: str, **members: Any) -> Iterator[list[Any]]:
    """All pages of a list, one after the other; `NextMarker` is there exactly while there are more."""
    marker: dict[str, str] = {}
    while True:
        answer = house.call(name, **members, **marker)
        yield answer[RESULTS[name]]
        assert answer["Truncated"] is ("NextMarker" in answer)
        if not answer["Truncated"]:
            return
        assert 1 <= len(answer["NextMarker"]) <= 1024
        marker = {"Marker": answer["NextMarker"]}


def many_keys(house: House, count: int) -> list[str]:
    """The ids of new keys, made in one commit."""
    outcomes = house.group(*[("CreateKey", {})] * count)
    return [outcome.made[-1].key_id for outcome in outcomes if outcome.made]


def test_paging_through_250_keys(house: House) -> None:
    """Pages have as many keys as asked for, 100 without a limit, each key once, and always in the same order."""
    made = many_keys(house, 250)
    whole = [key for page in pages(house, "ListKeys", Limit=1000) for key in page]
    assert {(key["KeyId"], key["KeyArn"]) for key in whole} == {(key, arn(key)) for key in made}
    assert len(whole) == 250
    for limit, sizes in ((None, [100, 100, 50]), (125, [125, 125]), (1, [1] * 250)):
        given = {} if limit is None else {"Limit": limit}
        found = list(pages(house, "ListKeys", **given))
        assert [len(page) for page in found] == sizes
        assert [key for page in found for key in page] == whole


def test_keys_made_and_deleted_while_paging(house: House) -> None:
    """A key that is there from the first page to the last is listed once, whatever comes and goes meanwhile."""
    made = many_keys(house, 20)
    seen = []
    for number, page in enumerate(pages(house, "ListKeys", Limit=3)):
        seen += [key["KeyId"] for key in page]
        if number < 3:
            many_keys(house, 3)
    assert sorted(set(seen) & set(made)) == sorted(made)
    assert len(seen) == len(set(seen))


def test_paging_through_aliases(house: House) -> None:
    """ListAliases has 50 a page without a limit, for an account, after whose own come AWS's, and for a key alike."""
    key, other = many_keys(house, 2)
    house.group(
        *(("CreateAlias", {"AliasName": f"alias/{number}", "TargetKeyId": key}) for number in range(50)),
        *(("CreateAlias", {"AliasName": f"alias/other/{number}", "TargetKeyId": other}) for number in range(10)),
    )
    found = list(pages(house, "ListAliases"))
    assert [len(page) for page in found] == [50, 10 + len(SERVICES)]
    assert len({alias["AliasName"] for page in found for alias in page}) == 60 + len(SERVICES)
    of_key = [alias for page in pages(house, "ListAliases", KeyId=arn(key), Limit=7) for alias in page]
    assert {alias["TargetKeyId"] for alias in of_key} == {key}
    assert len({alias["AliasName"] for alias in of_key}) == 50


def test_paging_through_tags(house: House) -> None:
    """Tags come by key, whatever the page."""
    tags = [{"TagKey": f"tag {number:02}", "TagValue": str(number)} for number in range(50)]
    key = house.new_key(Tags=tags[::-1])
    assert [len(page) for page in pages(house, "ListResourceTags", KeyId=key)] == [50]
    assert [tag for page in pages(house, "ListResourceTags", KeyId=key, Limit=7) for tag in page] == tags


def test_paging_through_rotations(house: House) -> None:
    """Rotations come by date, 100 a page without a limit."""
    key = house.new_key()
    transaction = house.transaction()
    found = find_key(transaction, ACCOUNT, REGION, key)
    assert found
    for number in range(1, 131):
        made = make_material(found.spec)
        add_material(transaction, found, made, order=number, rotated=START + number, rotation_type="AUTOMATIC")
    house.commit(transaction)
    listed = list(pages(house, "ListKeyRotations", KeyId=key))
    assert [len(page) for page in listed] == [100, 30]
    assert [entry["RotationDate"] for page in listed for entry in page] == [START + number for number in range(1, 131)]


@pytest.mark.parametrize("name", LIMITS)
def test_a_page_size_beyond_the_largest(house: House, name: str) -> None:
    """The largest page of each list is allowed, one more is refused, as are zero and less."""
    key = house.new_key()
    given = {"KeyId": key} if name in OF_A_KEY else {}
    house.call(name, Limit=LIMITS[name], **given)
    for size, constraint in (
        (LIMITS[name] + 1, f"Member must have value less than or equal to {LIMITS[name]}"),
        (0, "Member must have value greater than or equal to 1"),
        (-1, "Member must have value greater than or equal to 1"),
        (1001, "Member must have value less than or equal to 1000"),
    ):
        message = f"1 validation error detected: Value '{size}' at 'limit' failed to satisfy constraint: {constraint}"
        assert house.refusal(name, Limit=size, **given) == ("ValidationException", message)


def marker_of(house: House, name: str, **members: Any) -> str:
    """The marker of a first page of one."""
    return str(house.call(name, Limit=1, **members)["NextMarker"])


@pytest.fixture
def full(house: House) -> str:
    """A key with two aliases and two tags, in an account with two keys in each of two Regions."""
    house.new_key()
    for them in (caller(region=OTHER_REGION), caller(OTHER_ACCOUNT)):
        house.new_key(them)
        house.new_key(them)
    key = house.new_key(Tags=[{"TagKey": "a", "TagValue": ""}, {"TagKey": "b", "TagValue": ""}])
    for alias in ("alias/a", "alias/b"):
        house.call("CreateAlias", AliasName=alias, TargetKeyId=key)
    return key


@pytest.mark.parametrize("name", LIMITS)
@pytest.mark.parametrize("marker", ["nonsense", "AAAA", "a=", "ä", " ", "A" * 1024, "kmscli" * 30])
def test_a_marker_that_is_none(house: House, full: str, name: str, marker: str) -> None:
    """What no list gave is refused as a marker, by every list."""
    given = {"KeyId": full} if name in OF_A_KEY else {}
    assert house.refusal(name, Marker=marker, **given)[0] == BAD_MARKER


@pytest.mark.parametrize("marker", ["", "A" * 1025, "\u0100", "\n"])
def test_a_marker_that_the_shape_refuses(house: House, marker: str) -> None:
    """A marker has 1 to 1,024 characters of Latin-1."""
    assert house.refusal("ListKeys", Marker=marker)[0] == "ValidationException"


def test_a_marker_is_bound_to_what_it_came_from(house: House, full: str) -> None:
    """A marker is refused by another operation, in another account or Region, and for other owners."""
    marker = marker_of(house, "ListKeys")
    assert house.call("ListKeys", Marker=marker)["Keys"]
    assert house.call("ListKeys", Marker=marker, ResourceOwners=["SELF"])["Keys"]
    assert house.refusal("ListAliases", Marker=marker)[0] == BAD_MARKER
    assert house.refusal("ListKeyPolicies", KeyId=full, Marker=marker)[0] == BAD_MARKER
    for them in (caller(region=OTHER_REGION), caller(OTHER_ACCOUNT)):
        assert house.refusal("ListKeys", them, Marker=marker)[0] == BAD_MARKER
    for owners in (["OTHER_ACCOUNTS_VIA_RAM"], ["SELF", "OTHER_ACCOUNTS_VIA_RAM"]):
        assert house.refusal("ListKeys", Marker=marker, ResourceOwners=owners)[0] == BAD_MARKER


def test_an_altered_marker_is_refused(house: House, full: str) -> None:
    """Changing any one byte of a marker makes it none."""
    sealed = binascii.a2b_base64(marker_of(house, "ListAliases"))
    for place in range(len(sealed)):
        altered = sealed[:place] + bytes([sealed[place] ^ 1]) + sealed[place + 1 :]
        marker = binascii.b2a_base64(altered, newline=False).decode()
        assert house.refusal("ListAliases", Marker=marker)[0] == BAD_MARKER


def test_a_marker_shows_nothing(house: House, full: str) -> None:
    """A marker holds no name in clear."""
    sealed = binascii.a2b_base64(marker_of(house, "ListResourceTags", KeyId=full))
    assert full.encode() not in sealed
    assert len(sealed) >= 76


def test_whose_keys_are_listed(house: House, full: str) -> None:
    """Nobody shares keys yet: the caller's own come for SELF, and none for others' accounts alone."""
    own = house.call("ListKeys")
    for owners in (["SELF"], ["SELF", "OTHER_ACCOUNTS_VIA_RAM"]):
        assert house.call("ListKeys", ResourceOwners=owners) == own
    assert house.call("ListKeys", ResourceOwners=["OTHER_ACCOUNTS_VIA_RAM"]) == {"Keys": [], "Truncated": False}
    code, message = house.refusal("ListKeys", ResourceOwners=["ALL"])
    assert code == "ValidationException"
    assert message.endswith("[Member must satisfy enum value set: [SELF, OTHER_ACCOUNTS_VIA_RAM]]")


def test_lists_are_of_an_account_and_a_region(house: House, full: str) -> None:
    """Keys and aliases of other accounts and Regions are never listed."""
    for them in (caller(region=OTHER_REGION), caller(OTHER_ACCOUNT)):
        assert len(house.call("ListKeys", them)["Keys"]) == 2
        assert house.aliases(them) == []
        assert full not in str(house.call("ListKeys", them))


def test_empty_lists(house: House) -> None:
    """A list of nothing is empty and not truncated."""
    key = house.new_key(caller(OTHER_ACCOUNT))
    them = caller(OTHER_ACCOUNT)
    assert house.call("ListKeys") == {"Keys": [], "Truncated": False}
    assert house.aliases() == []
    assert house.call("ListAliases", them, KeyId=key) == {"Aliases": [], "Truncated": False}
    assert house.call("ListResourceTags", them, KeyId=key) == {"Tags": [], "Truncated": False}
    assert house.call("ListKeyRotations", them, KeyId=key) == {"Rotations": [], "Truncated": False}
