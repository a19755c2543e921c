import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmscli.engine import Caller, find_operation
from kmscli.errors import UnknownOperationException
from kmscli.keys.key import Key, save_key
from kmscli.operations.call import Call
from kmscli.operations.members import KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.recording import Asked
from kmscli.operations.shapes import Request
from tests.operations.house import ABSENT, House, arn, caller, code_of

Asking = tuple[str, dict[str, Any]]

RANDOM = re.compile("[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{64}")


class Renamed:
    """What a vault shows, with every id that is random named after its first appearance."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}

    def __call__(self, value: Any) -> Any:
        if isinstance(value, bytes):
            return len(value)
        if isinstance(value, dict):
            return {name: self(one) for name, one in value.items()}
        if isinstance(value, list | tuple):
            return [self(one) for one in value]
        return RANDOM.sub(self._name, value) if isinstance(value, str) else value

    def _name(self, found: re.Match[str]) -> str:
        return self.names.setdefault(found[0], f"id {len(self.names)}")


def answers(house: House, calls: list[Asking], *, grouped: bool) -> list[Any]:
    """What the calls come to, in one commit or in one each."""
    groups = [calls] if grouped else [[call] for call in calls]
    outcomes = [outcome for group in groups for outcome in house.group(*group)]
    return [
        (code_of(outcome), outcome.error.message)
        if outcome.error
        else outcome.response and outcome.response.members({})
        for outcome in outcomes
    ]


def state(house: House, keys: list[str]) -> list[Any]:
    """All that reads show."""
    reads = (
        "DescribeKey",
        "GetKeyPolicy",
        "GetKeyRotationStatus",
        "ListKeyRotations",
        "ListResourceTags",
        "ListAliases",
    )
    shown = [house.result(name, KeyId=key) for key in keys for name in reads]
    aliases = sorted(house.call("ListAliases")["Aliases"], key=lambda alias: str(alias["AliasName"]))
    return [*shown, aliases, len(house.call("ListKeys")["Keys"])]


def seen(path: Path, keys: list[str], calls: list[Asking], *, grouped: bool) -> Any:
    """Answers, state and events, ids aside."""
    house = House(path)
    renamed = Renamed()
    for key in keys:
        renamed(key)
    told = answers(house, calls, grouped=grouped)
    for name, answer in zip((name for name, _ in calls), told, strict=True):
        if name == "ListKeys" and isinstance(answer, dict):
            answer["Keys"] = len(answer["Keys"])
    shown = renamed([told, state(house, keys), house.events()[3:]])
    house.close()
    return shown


def calls_on(keys: list[str], blob: bytes) -> list[Asking]:
    """Calls that get into each other's way."""
    one, other = keys
    each: list[Asking] = []
    for key in keys:
        each += [
            ("DescribeKey", {"KeyId": key}),
            ("DisableKey", {"KeyId": key}),
            ("EnableKey", {"KeyId": key}),
            ("EnableKeyRotation", {"KeyId": key, "RotationPeriodInDays": 90}),
            ("RotateKeyOnDemand", {"KeyId": key}),
            ("ListKeyRotations", {"KeyId": key}),
            ("ScheduleKeyDeletion", {"KeyId": key}),
            ("CancelKeyDeletion", {"KeyId": key}),
            ("TagResource", {"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": "1"}]}),
            ("TagResource", {"KeyId": key, "Tags": [{"TagKey": "b", "TagValue": "2"}]}),
            ("UntagResource", {"KeyId": key, "TagKeys": ["a"]}),
            ("ListResourceTags", {"KeyId": key}),
            ("CreateAlias", {"AliasName": "alias/a", "TargetKeyId": key}),
            ("CreateAlias", {"AliasName": "alias/b", "TargetKeyId": key}),
            ("UpdateAlias", {"AliasName": "alias/a", "TargetKeyId": key}),
            ("ListAliases", {"KeyId": key}),
            ("PutKeyPolicy", {"KeyId": key, "Policy": "{}", "BypassPolicyLockoutSafetyCheck": True}),
            ("GetKeyPolicy", {"KeyId": key}),
            ("UpdateKeyDescription", {"KeyId": key, "Description": "new"}),
        ]
    return [
        *each,
        ("DeleteAlias", {"AliasName": "alias/a"}),
        ("Encrypt", {"KeyId": "alias/a", "Plaintext": b"x"}),
        ("GenerateDataKey", {"KeyId": "alias/b", "KeySpec": "AES_256"}),
        ("Decrypt", {"CiphertextBlob": blob}),
        ("Decrypt", {"CiphertextBlob": blob, "KeyId": other}),
        ("ReEncrypt", {"CiphertextBlob": blob, "DestinationKeyId": "alias/a"}),
        ("CreateKey", {}),
        ("CreateKey", {"Tags": [{"TagKey": "aws:", "TagValue": ""}]}),
        ("ListKeys", {}),
        ("DescribeKey", {"KeyId": arn(ABSENT)}),
        ("Encrypt", {"KeyId": one, "Plaintext": b""}),
    ]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(picked=st.lists(st.integers(0, 48), min_size=1, max_size=14))
def test_a_group_is_its_calls_one_by_one(empty_vault: Path, folder: Path, picked: list[int]) -> None:
    """Calls in one commit have the answers, the state and the events of the same calls in a commit each."""
    start = Path(shutil.copy(empty_vault, folder / "start.db"))
    house = House(start)
    keys = [house.new_key(), house.new_key()]
    blob = house.call("Encrypt", KeyId=keys[0], Plaintext=b"x")["CiphertextBlob"]
    house.close()
    every = calls_on(keys, blob)
    calls = [every[number] for number in picked]
    both = []
    for grouped in (False, True):
        with TemporaryDirectory(dir=folder) as own:
            path = Path(shutil.copy(start, own))
            both.append(seen(path, keys, calls, grouped=grouped))
    assert both[0] == both[1]


def test_all_the_calls_there_are() -> None:
    """The property above picks from all calls."""
    assert len(calls_on([ABSENT, ABSENT], b"")) == 49


def test_a_failure_in_the_middle_leaves_its_event_only(house: House) -> None:
    """A failed call among others changes nothing, and the others take effect."""
    key = house.new_key(Tags=[{"TagKey": "kept", "TagValue": ""}])
    fifty = [{"TagKey": str(number), "TagValue": ""} for number in range(50)]
    outcomes = house.group(
        ("UpdateKeyDescription", {"KeyId": key, "Description": "first"}),
        ("TagResource", {"KeyId": key, "Tags": fifty}),
        ("CreateAlias", {"AliasName": "alias/app", "TargetKeyId": key}),
        ("Encrypt", {"KeyId": "alias/app", "Plaintext": b"x", "DryRun": True}),
        ("Encrypt", {"KeyId": "alias/app", "Plaintext": b"x"}),
    )
    assert [code_of(outcome) for outcome in outcomes] == [
        "",
        "LimitExceededException",
        "",
        "DryRunOperationException",
        "",
    ]
    assert house.call("ListResourceTags", KeyId=key)["Tags"] == [{"TagKey": "kept", "TagValue": ""}]
    events = [(event["eventName"], event.get("errorCode")) for event in house.events()[1:6]]
    assert events == [
        ("UpdateKeyDescription", None),
        ("TagResource", "LimitExceededException"),
        ("CreateAlias", None),
        ("Encrypt", "DryRunOperationException"),
        ("Encrypt", None),
    ]


def test_a_group_falls_due_as_a_whole(lab: House) -> None:
    """What is due on any key of a group happens before its first call."""
    one, other = lab.new_key(), lab.new_key()
    for key in (one, other):
        lab.call("EnableKeyRotation", KeyId=key, RotationPeriodInDays=90)
    lab.later(days=90)
    lab.group(("DescribeKey", {"KeyId": one}), ("DescribeKey", {"KeyId": other}))
    names = [event["eventName"] for event in lab.events()]
    assert names[-4:] == ["RotateKey", "RotateKey", "DescribeKey", "DescribeKey"]


def test_an_empty_group(house: House) -> None:
    """No calls have no outcomes and no events."""
    assert house.group() == []
    house.call("ListKeys")
    assert [event["eventName"] for event in house.events()] == ["ListKeys"]


def test_an_unknown_operation_stops_a_group_before_it_starts(house: House) -> None:
    """If one operation is none, none of the calls is answered."""
    with pytest.raises(UnknownOperationException):
        house.group(("CreateKey", {}), ("MakeKey", {}))
    assert house.call("ListKeys")["Keys"] == []


class TroubleRequest(Request):
    """What a call is asked that kmscli fails on."""

    key_id = KeyId().required()


def write_and_fail(call: Call, request: TroubleRequest, key: Key) -> None:
    """Write something, and fail in a way that nobody thought of."""
    save_key(call.transaction, key.changed(description="half done"))
    raise ZeroDivisionError


write_and_fail.__module__ = "kmscli.operations.kms.trouble"


def test_a_fault_of_kmscli_fails_one_call_alone(house: House) -> None:
    """Whatever goes wrong in one call of a group, the others are answered, and its own event says that it failed."""
    key = house.new_key(Description="as made")
    trouble = operation(targets=[Target("key_id")])(write_and_fail)
    encrypt = find_operation("Encrypt")
    good = Asked(caller(), encrypt, {"KeyId": key, "Plaintext": b"x"})
    bad = Asked(caller(), trouble, {"KeyId": key})
    unreadable = Asked(caller(), encrypt, {"KeyId": key, "Plaintext": b"x", "EncryptionContext": Unreadable(a="b")})
    outcomes = house.engine.answer([good, bad, unreadable, Asked(caller(), encrypt, {"KeyId": key, "Plaintext": b"x"})])
    internal = "KMSInternalException"
    assert [code_of(outcome) for outcome in outcomes] == ["", internal, internal, ""]
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Description"] == "as made"
    events = [(event["eventName"], event.get("errorCode"), event["requestParameters"]) for event in house.events()[1:5]]
    assert events[1:3] == [("WriteAndFail", internal, None), ("Encrypt", internal, None)]
    assert [name for name, _, _ in events] == ["Encrypt", "WriteAndFail", "Encrypt", "Encrypt"]
    with pytest.raises(ZeroDivisionError):
        outcomes[1].answer()


class Unreadable(dict[str, Any]):
    """A member that cannot even be looked at."""

    def __iter__(self) -> Iterator[str]:
        raise ZeroDivisionError

    def items(self) -> Any:
        raise ZeroDivisionError


ALLOWS = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"}]}'
ON_CONTEXT = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*",'
    '"Condition":{"StringEquals":{"kms:EncryptionContext:app":"shop"}}}]}'
)
NOBODY = (
    '{"Statement":[{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::111122223333:root"},'
    '"Action":"kms:Put*","Resource":"*"}]}'
)
OFF = {"UserName": "alice", "PolicyName": "p", "PolicyDocument": ALLOWS.replace("Allow", "Deny")}
CHANGES: dict[str, tuple[str, dict[str, Any]]] = {
    "the key's policy": ("PutKeyPolicy", {"Policy": NOBODY}),
    "the user's policy": ("iam:PutUserPolicy", OFF),
    "the user's policy taken away": ("iam:DeleteUserPolicy", {"UserName": "alice", "PolicyName": "p"}),
    "the user's boundary": (
        "iam:PutUserPermissionsBoundary",
        {"UserName": "alice", "PermissionsBoundary": "arn:aws:iam::111122223333:policy/bound"},
    ),
}


@pytest.fixture
def alice(house: House) -> Caller:
    """A user who may use every key by a policy of his own; and a policy that could bound him."""
    document = ALLOWS.replace("kms:", "s3:")
    house.call("iam:CreatePolicy", PolicyName="bound", PolicyDocument=document)
    house.call("iam:CreateUser", UserName="alice")
    house.call("iam:PutUserPolicy", UserName="alice", PolicyName="p", PolicyDocument=ALLOWS)
    return house.caller.become("arn:aws:iam::111122223333:user/alice", access_key="")


@pytest.mark.parametrize("change", CHANGES)
def test_what_allowed_one_call_of_a_group_allows_no_later_one(house: House, alice: Caller, change: str) -> None:
    """A caller who was allowed is refused from the very next call on, once a call has changed what allowed it."""
    key = house.new_key()
    name, members = CHANGES[change]
    encrypt = (alice, "Encrypt", {"KeyId": key, "Plaintext": b"x"})
    changed = (house.caller, name, {"KeyId": key, **members} if name == "PutKeyPolicy" else members)
    outcomes = house.engine.group([encrypt, encrypt, changed, encrypt])
    assert [code_of(outcome) for outcome in outcomes] == ["", "", "", "AccessDeniedException"]


def test_conditions_are_asked_of_each_call_of_a_group(house: House, alice: Caller) -> None:
    """What a policy asks of a request is asked of every one, whatever became of the one before."""
    house.call("iam:PutUserPolicy", UserName="alice", PolicyName="p", PolicyDocument=ON_CONTEXT)
    key = house.new_key()
    good = (alice, "Encrypt", {"KeyId": key, "Plaintext": b"x", "EncryptionContext": {"app": "shop"}})
    other = (alice, "Encrypt", {"KeyId": key, "Plaintext": b"x", "EncryptionContext": {"app": "other"}})
    denied = "AccessDeniedException"
    assert [code_of(one) for one in house.engine.group([good, other, good, other])] == ["", denied, "", denied]


def test_others_are_not_let_in_by_who_was(house: House, alice: Caller) -> None:
    """That one caller, key and action are allowed tells nothing of another."""
    house.call("iam:CreateUser", UserName="bob")
    policy = ALLOWS.replace("kms:*", "kms:Encrypt")
    house.call("iam:PutUserPolicy", UserName="alice", PolicyName="p", PolicyDocument=policy)
    bob = house.caller.become("arn:aws:iam::111122223333:user/bob", access_key="")
    key = house.new_key()
    encrypt: dict[str, Any] = {"KeyId": key, "Plaintext": b"x"}
    generate: dict[str, Any] = {"KeyId": key, "KeySpec": "AES_256"}
    calls = [
        (alice, "Encrypt", encrypt),
        (bob, "Encrypt", encrypt),
        (alice, "GenerateDataKey", generate),
        (alice, "Encrypt", encrypt),
    ]
    denied = "AccessDeniedException"
    assert [code_of(one) for one in house.engine.group(calls)] == ["", denied, denied, ""]


class Silent:
    """An answer of no kind that an event could show."""

    def logged(self, _style: object) -> dict[str, Any]:
        raise ZeroDivisionError


def answer_what_cannot_be_told(call: Call, request: TroubleRequest, key: Key) -> Any:
    """Write something, and answer what the event cannot show."""
    save_key(call.transaction, key.changed(description="half done"))
    return Silent()


answer_what_cannot_be_told.__module__ = "kmscli.operations.kms.trouble"


def test_an_event_that_cannot_be_made_fails_one_call_alone(house: House) -> None:
    """A call whose event kmscli fails to make has changed nothing, and leaves an event that says that it failed."""
    key = house.new_key(Description="as made")
    trouble = operation(targets=[Target("key_id")], logs="response")(answer_what_cannot_be_told)
    good = Asked(caller(), find_operation("Encrypt"), {"KeyId": key, "Plaintext": b"x"})
    outcomes = house.engine.answer([good, Asked(caller(), trouble, {"KeyId": key})])
    assert [code_of(outcome) for outcome in outcomes] == ["", "KMSInternalException"]
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Description"] == "as made"
    events = [(event["eventName"], event.get("errorCode")) for event in house.events()[1:3]]
    assert events == [("Encrypt", None), ("AnswerWhatCannotBeTold", "KMSInternalException")]
