"""What holds of all decisions, whatever the policies."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kmscli.authorization.decision import Policies, decide
from kmscli.authorization.explanation import explained
from tests.authorization.documents import ADMIN, ALICE, BOB, KEY, ROOT, SESSION, identity_policy, key_policy, question

CALLERS = st.sampled_from([ROOT, ALICE, BOB, SESSION])
ACTIONS = st.sampled_from(["kms:Encrypt", "kms:Decrypt", "kms:*", "kms:Enc*", "s3:*"])
RESOURCES = st.sampled_from(["*", KEY, "arn:aws:kms:eu-west-1:*"])
CONDITIONS = st.sampled_from(
    [
        {},
        {"StringEquals": {"kms:CallerAccount": "111122223333"}},
        {"StringNotEquals": {"kms:CallerAccount": "111122223333"}},
        {"Null": {"kms:EncryptionContextKeys": "true"}},
        {"ForAllValues:StringEquals": {"kms:EncryptionContextKeys": ["a"]}},
    ]
)
IDENTITY_STATEMENTS = st.fixed_dictionaries(
    {
        "Effect": st.sampled_from(["Allow", "Deny"]),
        "Action": st.lists(ACTIONS, min_size=1, max_size=3),
        "Resource": st.lists(RESOURCES, min_size=1, max_size=2),
        "Condition": CONDITIONS,
    }
)
PRINCIPALS = st.lists(st.sampled_from([ROOT, ALICE, BOB, ADMIN, SESSION, "*"]), min_size=1, max_size=3)
KEY_STATEMENTS = st.builds(lambda given, names: {**given, "Principal": {"AWS": names}}, IDENTITY_STATEMENTS, PRINCIPALS)
KEY_POLICIES = st.lists(KEY_STATEMENTS, min_size=1, max_size=4)
IDENTITY_POLICIES = st.lists(IDENTITY_STATEMENTS, min_size=1, max_size=3)
CONTEXTS = st.sampled_from([{"kms:CallerAccount": ("111122223333",)}, {"kms:EncryptionContextKeys": ("a", "b")}, {}])


def allows(caller: str, context: Any, of_key: list[Any], own: list[Any]) -> bool:
    """Whether a caller is allowed by a key policy and a policy of his own, and what the explanation says of that."""
    asked = question(caller, context=context)
    decision = decide(asked, Policies(resource=[key_policy(*of_key)], identity=[identity_policy(*own)]))
    told = explained(asked, decision)
    assert (told["Decision"] == "allowed") is decision.allowed
    matched = [one for policy in told["Policies"] for one in policy["Statements"] if one["Matched"]]
    assert decision.allowed or not decision.explicit or any(one["Effect"] == "Deny" for one in matched)
    assert not decision.allowed or all(one["Effect"] == "Allow" for one in matched)
    return bool(decision.allowed)


@given(CALLERS, CONTEXTS, KEY_POLICIES, IDENTITY_POLICIES, KEY_STATEMENTS)
def test_a_deny_never_allows_and_an_allow_never_denies(
    caller: str, context: Any, of_key: list[Any], own: list[Any], more: dict[str, Any]
) -> None:
    """Another Deny never allows anything, another Allow never denies anything, in either policy."""
    before = allows(caller, context, of_key, own)
    denying, allowing = {**more, "Effect": "Deny"}, {**more, "Effect": "Allow"}
    assert before or not allows(caller, context, [*of_key, denying], own)
    assert not before or allows(caller, context, [*of_key, allowing], own)
    del denying["Principal"], allowing["Principal"]
    assert before or not allows(caller, context, of_key, [*own, denying])
    assert not before or allows(caller, context, of_key, [*own, allowing])


@given(CALLERS, CONTEXTS, KEY_POLICIES, IDENTITY_POLICIES, st.randoms(use_true_random=False))
def test_order_does_not_matter(caller: str, context: Any, of_key: list[Any], own: list[Any], order: Any) -> None:
    """The order of statements, and of what stands in them, does not matter."""
    before = allows(caller, context, of_key, own)
    turned = [dict(reversed([(name, _shuffled(value, order)) for name, value in one.items()])) for one in of_key]
    order.shuffle(turned)
    assert allows(caller, context, turned, list(reversed(own))) is before


def _shuffled(value: Any, order: Any) -> Any:
    return order.sample(value, len(value)) if isinstance(value, list) else value
