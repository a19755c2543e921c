"""What holds of all decisions, whatever the policies."""

from collections.abc import Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmscli.authorization.decision import (
    BOUNDARY,
    ENDPOINT,
    IDENTITY,
    RESOURCE,
    RESOURCE_CONTROL,
    SERVICE_CONTROL,
    Policies,
    decide,
)
from kmscli.authorization.decision import SESSION as SESSION_KIND
from kmscli.authorization.document import parse
from kmscli.authorization.evaluation import Source
from kmscli.authorization.explanation import explained
from kmscli.operations.explaining import told
from tests.authorization.documents import ADMIN, ALICE, BOB, KEY, ROOT, SESSION, document, question
from tests.authorization.stored import write
from tests.operations.grant_calls import by
from tests.operations.house import House, arn

Statements = list[dict[str, Any]]
Situation = Mapping[str, Any]

ANY_SPEED = settings(deadline=None)
CALLERS = st.sampled_from([ROOT, ALICE, BOB, SESSION])
ACTIONS = st.sampled_from(["kms:Encrypt", "kms:Decrypt", "kms:*", "kms:Enc*", "s3:*"])
RESOURCES = st.sampled_from(["*", KEY, "arn:aws:kms:eu-west-1:*", "${aws:username}"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"kms:CallerAccount": ["444455556666", "111122223333"]}},
        {"StringNotEquals": {"kms:CallerAccount": "111122223333"}},
        {"Null": {"kms:EncryptionContextKeys": "true"}},
        {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["a", "b"]}},
        {"StringLike": {"kms:CallerAccount": "1*"}, "Null": {"kms:EncryptionContextKeys": "false", "aws:a": "true"}},
    ]
)
EFFECTS = st.sampled_from(["Allow", "Allow", "Allow", "Deny"])


def either(element: str, values: st.SearchStrategy[Any]) -> st.SearchStrategy[dict[str, Any]]:
    """An element of a statement, or its negation."""
    return st.builds(lambda name, given: {name: given}, st.sampled_from([element, element, f"Not{element}"]), values)


OWN_STATEMENTS = st.builds(
    lambda effect, action, resource, condition: {"Effect": effect, **action, **resource, "Condition": condition},
    EFFECTS,
    either("Action", st.lists(ACTIONS, min_size=1, max_size=3)),
    either("Resource", st.lists(RESOURCES, min_size=1, max_size=2)),
    CONDITIONS,
)
PRINCIPALS = st.lists(st.sampled_from([ROOT, ALICE, BOB, ADMIN, SESSION, "*"]), min_size=1, max_size=3)
KEY_STATEMENTS = st.builds(
    lambda given, names: {**given, **names},
    OWN_STATEMENTS,
    either("Principal", st.builds(lambda names: {"AWS": names}, PRINCIPALS)),
)
KEY_POLICIES = st.lists(KEY_STATEMENTS, min_size=1, max_size=4)
OWN_POLICIES = st.lists(OWN_STATEMENTS, min_size=1, max_size=3)
GRANTS = st.sampled_from([("", False), ("g", False), ("g", True)])
SITUATIONS = st.fixed_dictionaries(
    {RESOURCE: KEY_POLICIES, IDENTITY: OWN_POLICIES, "grant": GRANTS},
    optional={
        BOUNDARY: OWN_POLICIES,
        SESSION_KIND: OWN_POLICIES,
        SERVICE_CONTROL: OWN_POLICIES,
        RESOURCE_CONTROL: KEY_POLICIES,
        ENDPOINT: KEY_POLICIES,
    },
)
"""The statements of each policy that has a say, and the grant."""
NAMES_PRINCIPALS = (RESOURCE, RESOURCE_CONTROL, ENDPOINT)
CONTEXTS = st.sampled_from([{"kms:CallerAccount": ("111122223333",)}, {"kms:EncryptionContextKeys": ("a", "b")}, {}])


def policies(situation: Situation) -> Policies:
    """The policies of a situation."""
    found = {
        kind: [Source(kind, parse(document(*said), names_principals=kind in NAMES_PRINCIPALS), name=kind)]
        for kind, said in situation.items()
        if kind != "grant"
    }
    return Policies(
        resource=found[RESOURCE],
        identity=found[IDENTITY],
        boundary=next(iter(found.get(BOUNDARY, ())), None),
        sessions=found.get(SESSION_KIND, ()),
        service_control=[found[SERVICE_CONTROL]] if SERVICE_CONTROL in found else (),
        resource_control=[found[RESOURCE_CONTROL]] if RESOURCE_CONTROL in found else (),
        endpoint=next(iter(found.get(ENDPOINT, ())), None),
        grant=lambda: situation["grant"],
    )


def allows(caller: str, context: Any, situation: Situation) -> bool:
    """Whether a caller is allowed; what is told of that is what was decided."""
    asked = question(caller, context=context)
    decision = decide(asked, policies(situation))
    said = explained(asked, decision)
    decider = said["DecidedBy"]
    matched = [(policy, one) for policy in said["Policies"] for one in policy["Statements"] if one["Matched"]]
    named = (decider.get("Policy"), decider.get("Statement"))
    decided = [one for policy, one in matched if (policy["Name"], one["Statement"]) == named]
    if any(one["Effect"] == "Deny" for _, one in matched):
        assert (said["Decision"], [one["Effect"] for one in decided]) == ("explicitDeny", ["Deny"])
    elif decision.allowed:
        assert said["Decision"] == "allowed"
        assert decider.get("GrantId") == "g" or [one["Effect"] for one in decided] == ["Allow"]
    else:
        assert (said["Decision"], decided) == ("implicitDeny", [])
    assert {policy["Kind"] for policy in said["Policies"]} == situation.keys() - {"grant"}
    return decision.allowed


@ANY_SPEED
@given(CALLERS, CONTEXTS, SITUATIONS, KEY_STATEMENTS)
def test_a_deny_never_allows_and_an_allow_never_denies(
    caller: str, context: Any, situation: Situation, more: dict[str, Any]
) -> None:
    """Another Deny never allows anything, another Allow or grant never denies anything, in whatever policy."""
    before = allows(caller, context, situation)
    without = {name: value for name, value in more.items() if not name.endswith("Principal")}
    for kind in situation.keys() - {"grant"}:
        added = more if kind in NAMES_PRINCIPALS else without
        denying = {**situation, kind: [*situation[kind], {**added, "Effect": "Deny"}]}
        allowing = {**situation, kind: [*situation[kind], {**added, "Effect": "Allow"}]}
        assert before or not allows(caller, context, denying)
        assert not before or allows(caller, context, allowing)
    granted = [
        allows(caller, context, {**situation, "grant": grant}) for grant in (("", False), ("g", True), ("g", False))
    ]
    assert granted == sorted(granted)


@ANY_SPEED
@given(CALLERS, CONTEXTS, SITUATIONS, st.integers(0, 999).map(Random))
def test_order_does_not_matter(caller: str, context: Any, situation: Situation, order: Random) -> None:
    """The order of statements, of their members, and of whatever stands in those, does not matter."""
    before = allows(caller, context, situation)
    turned = {kind: said if kind == "grant" else shuffled(said, order) for kind, said in situation.items()}
    assert allows(caller, context, turned) is before


def shuffled(value: Any, order: Random) -> Any:
    """The same in another order, inside too."""
    if isinstance(value, dict):
        return {name: shuffled(value[name], order) for name in order.sample(list(value), len(value))}
    if isinstance(value, list):
        return [shuffled(one, order) for one in order.sample(value, len(value))]
    return value


@pytest.fixture(scope="module")
def key(shared: House) -> str:
    """A key whose policy is written again and again."""
    return shared.new_key()


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("Encrypt", {"Plaintext": b"x"}),
    ("Encrypt", {"Plaintext": b"x", "EncryptionContext": {"a": "1", "b": "2"}}),
    ("Decrypt", {"CiphertextBlob": b"x"}),
    ("TagResource", {"Tags": [{"TagKey": "a", "TagValue": "b"}]}),
    ("ListKeys", {}),
]


@ANY_SPEED
@given(CALLERS, KEY_POLICIES, st.sampled_from(CALLS))
def test_explaining_changes_nothing(shared: House, key: str, caller: str, said: Statements, asked: Any) -> None:
    """A call that is explained comes to what it comes to otherwise, and is told to be refused where it is."""
    write(shared, key, document(*said))
    name, members = asked
    explaining = by(caller)
    explaining.explains = True
    calls = [(who, name, {"KeyId": arn(key), **members}) for who in (by(caller), explaining)]
    plain, explained_call = shared.engine.group(calls)
    assert str(plain.error) == str(explained_call.error)
    assert type(plain.error) is type(explained_call.error)
    refused = getattr(plain.error, "code", "") == "AccessDeniedException"
    assert (told(explained_call.weighed, explained_call.error)["Decision"] != "allowed") is refused
