from typing import Any

import pytest

from tests.operations.house import House


def pairs(tags: dict[str, str]) -> list[dict[str, str]]:
    """Tags as requests and answers hold them."""
    return [{"TagKey": key, "TagValue": value} for key, value in tags.items()]


def tags_of(house: House, key: str) -> dict[str, str]:
    """A key's tags."""
    return {tag["TagKey"]: tag["TagValue"] for tag in house.call("ListResourceTags", KeyId=key)["Tags"]}


def test_tags_come_and_go(house: House) -> None:
    """Tags are given at creation or later, replaced by key, listed in order, and removed; an absent one is no error."""
    key = house.new_key(Tags=pairs({"b": "1", "a": "2"}))
    assert house.call("ListResourceTags", KeyId=key) == {"Tags": pairs({"a": "2", "b": "1"}), "Truncated": False}
    assert house.call("TagResource", KeyId=key, Tags=pairs({"c": "", "b": "3"})) == {}
    assert tags_of(house, key) == {"a": "2", "b": "3", "c": ""}
    assert house.call("UntagResource", KeyId=key, TagKeys=["a", "none"]) == {}
    assert house.call("UntagResource", KeyId=key, TagKeys=["none"]) == {}
    assert tags_of(house, key) == {"b": "3", "c": ""}
    house.call("UntagResource", KeyId=key, TagKeys=["b", "c"])
    assert house.call("ListResourceTags", KeyId=key) == {"Tags": [], "Truncated": False}


@pytest.mark.parametrize("tag", [("a" * 128, "b" * 256), ("Größe", "ß _.:/=+-@"), ("key", ""), ("a\tb", "1\u00a02")])
def test_a_tag_that_may_be(house: House, tag: tuple[str, str]) -> None:
    """Letters, digits and white space of any script and `_ . : / = + - @` make a tag."""
    key = house.new_key(Tags=pairs(dict([tag])))
    assert tags_of(house, key) == dict([tag])


def test_tags_differ_by_case(house: House) -> None:
    """Tag keys are case sensitive."""
    tags = {"Name": "1", "name": "2"}
    assert tags_of(house, house.new_key(Tags=pairs(tags))) == tags


RESERVED = ("TagException", "Tags beginning with aws: are reserved")
DUPLICATE = ("TagException", "Duplicate tag keys")
AT = "1 validation error detected: Value '{value}' at 'tags.1.member.{member}' failed to satisfy constraint: "
MISSING = "1 validation error detected: Value null at 'tags.1.member.{member}' failed to satisfy constraint: "


@pytest.mark.parametrize("name", ["CreateKey", "TagResource"])
@pytest.mark.parametrize(
    ("tags", "code", "message"),
    [
        (pairs({"aws:a": ""}), *RESERVED),
        (pairs({"AwS:a": ""}), *RESERVED),
        (pairs({"a": "AWS:b"}), *RESERVED),
        ([*pairs({"a": "1"}), *pairs({"a": "2"})], *DUPLICATE),
        (pairs({"a,b": ""}), "TagException", None),
        (pairs({"a": "<b>"}), "TagException", None),
        (pairs({"": ""}), "ValidationException",
         AT.format(value="", member="tagKey") + "Member must have length greater than or equal to 1"),
        (pairs({"a" * 129: ""}), "ValidationException",
         AT.format(value="a" * 129, member="tagKey") + "Member must have length less than or equal to 128"),
        (pairs({"a": "b" * 257}), "ValidationException",
         AT.format(value="b" * 257, member="tagValue") + "Member must have length less than or equal to 256"),
        ([{"TagKey": "a"}], "ValidationException", MISSING.format(member="tagValue") + "Member must not be null"),
        ([{"TagValue": "a"}], "ValidationException", MISSING.format(member="tagKey") + "Member must not be null"),
    ],
)  # fmt: skip
def test_a_tag_that_may_not_be(
    house: House, name: str, tags: list[dict[str, str]], code: str, message: str | None
) -> None:
    """A reserved, doubled, malformed or incomplete tag is refused, and no tag of the request is kept."""
    key = house.new_key(Tags=pairs({"old": "1"}))
    found, said = house.refusal(name, KeyId=key, Tags=[*tags, *pairs({"new": "1"})])
    assert found == code
    assert message is None or said == message
    assert tags_of(house, key) == {"old": "1"}


def test_the_quota_of_tags(house: House) -> None:
    """A key has up to 50 tags: CreateKey says Too many tags, TagResource that a limit is exceeded."""
    many = {f"tag{number:02}": "" for number in range(51)}
    fifty = dict(list(many.items())[:50])
    assert house.refusal("CreateKey", Tags=pairs(many)) == ("TagException", "Too many tags")
    key = house.new_key(Tags=pairs(fifty))
    assert len(house.call("ListResourceTags", KeyId=key)["Tags"]) == 50
    assert house.refusal("TagResource", KeyId=key, Tags=pairs({"one more": ""}))[0] == "LimitExceededException"
    house.call("TagResource", KeyId=key, Tags=pairs({"tag07": "replaced"}))
    assert tags_of(house, key) == {**fifty, "tag07": "replaced"}


@pytest.mark.parametrize(
    ("name", "given"),
    [("TagResource", {"Tags": pairs({"a": "1"})}), ("UntagResource", {"TagKeys": ["a"]}), ("ListResourceTags", {})],
)
def test_tags_belong_to_their_key(house: House, name: str, given: dict[str, Any]) -> None:
    """An operation on one key's tags leaves another's alone."""
    one, other = house.new_key(Tags=pairs({"a": "2"})), house.new_key(Tags=pairs({"a": "2"}))
    house.call(name, KeyId=one, **given)
    assert tags_of(house, other) == {"a": "2"}
