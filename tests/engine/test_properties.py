import importlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from kmscli.crypto.encryption_context import canonical
from kmscli.engine import find_operation
from kmscli.operations.fields import EARLIEST, LATEST, Enum, Field
from kmscli.operations.index import KMS
from kmscli.operations.shapes import List, Structure
from tests.operations.house import ABSENT, ACCOUNT, ANYONE, OTHER_ACCOUNT, REGION, House, alias_arn, arn, code_of

NAMES = [name for name, _ in KMS.values()]


def examples(count: int) -> settings:
    """So many examples, in a house that they share."""
    return settings(max_examples=count, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
contexts = st.dictionaries(texts, texts, max_size=6)


class Furnished:
    """A house with a key that has an alias, for tests that leave it as it is."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.key = house.new_key()
        house.call("CreateAlias", AliasName="alias/app", TargetKeyId=self.key)

    def encrypted(self, plaintext: bytes, context: dict[str, str]) -> bytes:
        """A blob under the key."""
        given = {"KeyId": self.key, "Plaintext": plaintext, "EncryptionContext": context}
        blob: bytes = self.house.call("Encrypt", **given)["CiphertextBlob"]
        return blob


@pytest.fixture
def furnished(house: House) -> Furnished:
    """A house with a key."""
    return Furnished(house)


@examples(60)
@given(plaintext=st.binary(min_size=1, max_size=4096), context=contexts)
@example(plaintext=b"\0" * 4096, context={})
def test_a_round_trip(furnished: Furnished, plaintext: bytes, context: dict[str, str]) -> None:
    """Any 1 to 4,096 bytes under any context come back as they were, and not under another context."""
    blob = furnished.encrypted(plaintext, context)
    opened = furnished.house.call("Decrypt", CiphertextBlob=blob, EncryptionContext=context)
    assert opened["Plaintext"] == plaintext
    again = furnished.house.call(
        "ReEncrypt", CiphertextBlob=blob, SourceEncryptionContext=context, DestinationKeyId="alias/app"
    )
    assert furnished.house.call("Decrypt", CiphertextBlob=again["CiphertextBlob"])["Plaintext"] == plaintext


@examples(60)
@given(context=contexts, other=contexts)
def test_another_context_opens_nothing(furnished: Furnished, context: dict[str, str], other: dict[str, str]) -> None:
    """A blob is refused under every context but its own."""
    assume(context != other)
    blob = furnished.encrypted(b"x", context)
    refusal = furnished.house.refusal("Decrypt", CiphertextBlob=blob, EncryptionContext=other)
    assert refusal == ("InvalidCiphertextException", "")


@examples(25)
@given(context=st.dictionaries(texts, texts, min_size=1, max_size=3), data=st.data())
def test_a_changed_context_opens_nothing(furnished: Furnished, context: dict[str, str], data: st.DataObject) -> None:
    """A context in which one name or value differs, or one pair is missing, opens nothing."""
    blob = furnished.encrypted(b"x", context)
    name = data.draw(st.sampled_from(sorted(context)))
    changed = {key: value for key, value in context.items() if key != name}
    change = data.draw(st.sampled_from(["dropped", "renamed", "other value", "moved"]))
    if change == "renamed":
        changed[name + "\0"] = context[name]
    elif change == "other value":
        changed[name] = context[name] + "\0"
    elif change == "moved":
        changed[name + context[name]] = ""
    assume(changed != context)
    refusal = furnished.house.refusal("Decrypt", CiphertextBlob=blob, EncryptionContext=changed)
    assert refusal == ("InvalidCiphertextException", "")


def test_any_changed_byte_is_refused(furnished: Furnished) -> None:
    """A blob with any one bit changed, a byte missing or a byte more is refused, with its key named or not."""
    blob = furnished.encrypted(b"sixteen bytes ok", {"a": "b"})
    context = {"EncryptionContext": {"a": "b"}}
    changed = [blob[:place] + bytes([blob[place] ^ 1 << place % 8]) + blob[place + 1 :] for place in range(len(blob))]
    refused = {"InvalidCiphertextException", "AccessDeniedException", "IncorrectKeyException"}
    calls = [
        ("Decrypt", {"CiphertextBlob": one, **context, **named})
        for one in [*changed, blob[:-1], blob + b"\0", b"\0" + blob, blob[1:], blob * 2]
        for named in ({}, {"KeyId": furnished.key})
    ]
    outcomes = furnished.house.group(*calls)
    assert {code_of(outcome) for outcome in outcomes} == refused


@examples(300)
@given(one=contexts, other=contexts)
@example(one={"a": "bc"}, other={"ab": "c"})
@example(one={"a": "b", "c": "d"}, other={"a": "bcd"})
@example(one={}, other={"": ""})
def test_the_canonical_context_is_injective(one: dict[str, str], other: dict[str, str]) -> None:
    """Two contexts are the same bytes exactly if they have the same pairs, in whatever order."""
    assert (canonical(one) == canonical(other)) is (one == other)
    assert canonical(one) == canonical(dict(reversed(one.items())))


def members_of(operation: str) -> dict[str, Field[Any]]:
    """A request's members by wire name."""
    return find_operation(operation).request.fields


odd_texts = st.text(max_size=30)
names = st.sampled_from(
    ["{key}", "{key_arn}", "alias/app", alias_arn("alias/app"), ABSENT, arn(ABSENT), arn(ABSENT, OTHER_ACCOUNT),
     alias_arn("alias/app", OTHER_ACCOUNT), f"arn:aws:kms:{REGION}:{ACCOUNT}:", "alias/aws/s3", "alias/\ud800", "arn:",
     "default", "AWS_RAM", ANYONE, '{"a":' * 65]
)  # fmt: skip


def right(field: Field[Any]) -> st.SearchStrategy[Any]:
    """Values of a member's JSON type, allowed ones and others."""
    if isinstance(field, Structure):
        return shaped(field.shape.fields)
    if isinstance(field, List):
        return st.lists(right(field.member), max_size=4)
    if isinstance(field, Enum):
        return st.sampled_from(field.choices) | odd_texts
    kinds: dict[str, st.SearchStrategy[Any]] = {
        "string": names | odd_texts,
        "blob": st.binary(max_size=200) | st.just(b"x" * 6200) | st.just(b"{blob}"),
        "integer": st.integers(0, 1100) | st.integers(),
        "boolean": st.booleans(),
        "map": st.dictionaries(odd_texts, odd_texts, max_size=4),
        "timestamp": st.floats(EARLIEST, LATEST),
    }
    return kinds[field.kind]


def shaped(fields: dict[str, Field[Any]]) -> st.SearchStrategy[dict[str, Any]]:
    """Members that may all be there or not."""
    return st.fixed_dictionaries({}, optional={wire: right(field) | st.none() for wire, field in fields.items()})


def raw_members(operation: str) -> st.SearchStrategy[dict[str, Any]]:
    """Requests of the right JSON types: what is required is mostly there."""
    fields = members_of(operation)
    required = {wire: right(field) for wire, field in fields.items() if field.is_required}
    return shaped(fields) | st.builds(
        lambda base, more: {**more, **base}, st.fixed_dictionaries(required), shaped(fields)
    )


def furnish(value: Any, furnished: Furnished, blob: bytes) -> Any:
    """A value with the real key and blob in the place of their placeholders."""
    if isinstance(value, dict):
        return {name: furnish(one, furnished, blob) for name, one in value.items()}
    if isinstance(value, list):
        return [furnish(one, furnished, blob) for one in value]
    return {"{key}": furnished.key, "{key_arn}": arn(furnished.key), b"{blob}": blob}.get(value, value)


@pytest.fixture(scope="module")
def steady(empty_vault: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Furnished]:
    """A furnished house for all examples."""
    house = House(Path(shutil.copy(empty_vault, tmp_path_factory.mktemp("steady") / "vault.db")))
    yield Furnished(house)
    house.close()


@examples(25)
@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_the_engine_raises_what_it_may(steady: Furnished, name: str, data: st.DataObject) -> None:
    """Whatever members of the right JSON types come, the answer is an answer or an error of kmscli's, and an event."""
    raw = furnish(data.draw(raw_members(name)), steady, b"kms\x01\x01\x01\0\0" + bytes(150))
    before = steady.house.engine.committed
    result = steady.house.result(name, **raw)
    assert result[0] != "SerializationException" if isinstance(result, tuple) else result is not None
    after = steady.house.engine.committed
    assert after is not before
    assert after
    assert all(line.count(b"\n") == 1 for line in after.lines)


WRONG = {
    "string": [1, 1.5, True, [], {}, b"x"],
    "blob": ["x", 1, True, [], {}],
    "integer": ["1", 1.5, True, [], {}],
    "boolean": ["true", 0, [], {}],
    "list": ["a", 1, True, {}],
    "map": ["a", 1, True, []],
    "structure": ["a", 1, True, []],
    "timestamp": ["2026-01-05T09:00:00Z", True, [], {}, float("nan"), float("inf"), 1e17, 10**400],
}


@examples(15)
@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_a_wrong_type_is_always_refused(steady: Furnished, name: str, data: st.DataObject) -> None:
    """One member of a wrong JSON type makes any request a SerializationException."""
    fields = members_of(name)
    wire = data.draw(st.sampled_from(sorted(fields)))
    raw = {**data.draw(raw_members(name)), wire: data.draw(st.sampled_from(WRONG[fields[wire].kind]))}
    assert steady.house.refusal(name, **raw)[0] == "SerializationException"


def test_every_operation_is_tried() -> None:
    """The properties above go over all operations that there are."""
    modules = {command.replace("-", "_") for command in KMS}
    assert len(NAMES) == len(modules) >= 29
    for module in modules:
        assert hasattr(importlib.import_module(f"kmscli.operations.kms.{module}"), module)
