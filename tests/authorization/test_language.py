import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kmscli.authorization.conditions import Condition
from kmscli.authorization.context import Context
from kmscli.authorization.decision import Policies, decide
from kmscli.authorization.document import MalformedDocumentError, parse
from kmscli.authorization.evaluation import Source
from kmscli.authorization.variables import expanded
from kmscli.authorization.wildcards import matches, pattern_of
from tests.authorization.documents import ALICE, KEY, about, document, key_policy, question, statement

ABSENT: tuple[str, ...] | None = None
CASES: list[tuple[str, Any, tuple[str, ...] | None, bool]] = [
    ("StringEquals", "a", ("a",), True),
    ("StringEquals", "a", ("A",), False),
    ("StringEquals", ["b", "a"], ("a",), True),
    ("StringEquals", "a*", ("ab",), False),
    ("StringEquals", "a", ABSENT, False),
    ("StringNotEquals", "a", ("b",), True),
    ("StringNotEquals", ["a", "b"], ("b",), False),
    ("StringNotEquals", "a", ABSENT, True),
    ("StringEqualsIgnoreCase", "ABC", ("abc",), True),
    ("StringNotEqualsIgnoreCase", "ABC", ("abc",), False),
    ("StringLike", "a*c?", ("abbbcd",), True),
    ("StringLike", "a*c?", ("abbbc",), False),
    ("StringNotLike", "a*", ("bc",), True),
    ("StringEqualsIfExists", "a", ABSENT, True),
    ("StringEqualsIfExists", "a", ("b",), False),
    ("StringNotEqualsIfExists", "a", ABSENT, True),
    ("NumericEquals", "7", ("7.0",), True),
    ("NumericNotEquals", 7, ("8",), True),
    ("NumericLessThan", "10", ("9",), True),
    ("NumericLessThan", "10", ("10",), False),
    ("NumericLessThanEquals", "10", ("10",), True),
    ("NumericGreaterThan", "10", ("9",), False),
    ("NumericGreaterThanEquals", "10", ("10",), True),
    ("NumericLessThan", "10", ("nine",), False),
    ("NumericLessThan", "inf", ("9",), False),
    ("DateLessThan", "2026-01-05T09:00:00Z", ("1767603599",), True),
    ("DateLessThan", "2026-01-05T09:00:00Z", ("1767603600",), False),
    ("DateGreaterThanEquals", "1767603600", ("2026-01-05T09:00:00Z",), True),
    ("DateEquals", "2026-01-05T10:00:00+01:00", ("1767603600",), True),
    ("DateNotEquals", "2026-01-05T09:00:00Z", ("1767603600",), False),
    ("DateEquals", "soon", ("1767603600",), False),
    ("Bool", True, ("true",), True),
    ("Bool", "False", ("false",), True),
    ("Bool", "true", ABSENT, False),
    ("BinaryEquals", "QUI=", ("QUI=",), True),
    ("BinaryEquals", "QUI=", ("QUM=",), False),
    ("IpAddress", "10.0.0.0/8", ("10.1.2.3",), True),
    ("IpAddress", "10.0.0.0/8", ("11.1.2.3",), False),
    ("IpAddress", "2001:db8::/32", ("2001:db8::1",), True),
    ("IpAddress", "2001:db8::/32", ("10.1.2.3",), False),
    ("NotIpAddress", "10.0.0.0/8", ("11.1.2.3",), True),
    ("IpAddress", "10.0.0.0/8", ("here",), False),
    ("ArnLike", "arn:aws:iam::*:role/*", ("arn:aws:iam::111122223333:role/a/b",), True),
    ("ArnEquals", "arn:aws:iam::1111*:role/a", ("arn:aws:iam::111122223333:role/a",), True),
    ("ArnLike", "arn:aws:*:role/a", ("arn:aws:iam::111122223333:role/a",), False),
    ("ArnNotLike", "arn:aws:iam::*:role/a", ("arn:aws:iam::111122223333:role/b",), True),
    ("ArnNotEquals", "arn:aws:iam::*:role/a", ("arn:aws:iam::111122223333:role/a",), False),
    ("Null", True, ABSENT, True),
    ("Null", True, ("a",), False),
    ("Null", "false", ("a",), True),
    ("Null", False, ABSENT, False),
    ("ForAnyValue:StringEquals", ["a", "b"], ("c", "b"), True),
    ("ForAnyValue:StringEquals", ["a", "b"], ("c", "d"), False),
    ("ForAnyValue:StringEquals", "a", ABSENT, False),
    ("ForAnyValue:StringNotEquals", "a", ("a", "b"), True),
    ("ForAnyValue:StringNotEquals", "a", ABSENT, False),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "b"), True),
    ("ForAllValues:StringEquals", ["a", "b"], ("a", "c"), False),
    ("ForAllValues:StringEquals", "a", ABSENT, True),
    ("ForAllValues:StringNotLike", "a*", ("b", "c"), True),
    ("ForAllValues:StringNotLike", "a*", ("b", "ac"), False),
    ("StringEquals", "a", ("a", "b"), True),
    ("StringNotEquals", "a", ("a", "b"), False),
]


@pytest.mark.parametrize(("operator", "wanted", "given_values", "expected"), CASES)
def test_an_operator(operator: str, wanted: Any, given_values: tuple[str, ...] | None, *, expected: bool) -> None:
    """Each operator compares as the reference's 6.6 says, with absent keys and several values as in its table."""
    policy = key_policy(about(ALICE, Condition={operator: {"KMS:Some-Key": wanted}}))
    context = {"kms:some-key": given_values} if given_values is not None else {}
    assert decide(question(context=context), Policies(resource=[policy])).allowed is expected


def test_conditions_are_anded() -> None:
    """All operators and all keys of a condition must hold."""
    both = {"StringEquals": {"kms:a": "1", "kms:b": "2"}, "Null": {"kms:c": "true"}}
    policy = key_policy(about(ALICE, Condition=both))
    fits = {"kms:a": ("1",), "kms:b": ("2",)}
    assert decide(question(context=fits), Policies(resource=[policy])).allowed
    for broken in ({**fits, "kms:b": ("3",)}, {"kms:a": ("1",)}, {**fits, "kms:c": ("x",)}):
        assert not decide(question(context=broken), Policies(resource=[policy])).allowed


ACTIONS = [
    ("kms:Encrypt", True),
    ("KMS:encrypt", True),
    ("kms:Enc*", True),
    ("kms:?ncrypt", True),
    ("*", True),
    ("kms:Decrypt", False),
    ("kms:Encryp", False),
    ("s3:*", False),
]


@pytest.mark.parametrize(("action", "expected"), ACTIONS)
def test_an_action(action: str, *, expected: bool) -> None:
    """Actions match without regard to case, with wildcards; NotAction is the contrary."""
    assert decide(question(), Policies(resource=[key_policy(about(ALICE, Action=action))])).allowed is expected
    without = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "NotAction": [action], "Resource": "*"}
    assert decide(question(), Policies(resource=[key_policy(without)])).allowed is not expected


RESOURCES = [
    ("*", True),
    (KEY, True),
    (KEY.upper(), False),
    (KEY[:-1] + "?", True),
    ("arn:aws:kms:*:key/*", True),
    ("arn:aws:s3:::*", False),
]


@pytest.mark.parametrize(("resource", "expected"), RESOURCES)
def test_a_resource(resource: str, *, expected: bool) -> None:
    """Resources match by case, with wildcards over the whole ARN; NotResource is the contrary."""
    assert decide(question(), Policies(resource=[key_policy(about(ALICE, Resource=[resource]))])).allowed is expected
    without = {"Effect": "Allow", "Principal": {"AWS": ALICE}, "Action": "kms:*", "NotResource": resource}
    assert decide(question(), Policies(resource=[key_policy(without)])).allowed is not expected


def test_a_missing_action_or_resource_matches_nothing() -> None:
    """A statement without Action, or without Resource, is taken, and says nothing (5.3)."""
    for missing in ("Action", "Resource"):
        given = about(ALICE)
        del given[missing]
        assert not decide(question(), Policies(resource=[key_policy(given)])).allowed


VARIABLES = [
    ("${aws:username}", "alice", True),
    ("team-${aws:PrincipalTag/team}", "team-red", True),
    ("${aws:PrincipalTag/none, 'blue'}", "blue", True),
    ("${aws:PrincipalTag/none}", "", False),
    ("${aws:PrincipalTag/none}", "${aws:PrincipalTag/none}", False),
    ("a${*}b", "a*b", True),
    ("a${*}b", "axb", False),
    ("a${?}b", "a?b", True),
    ("${$}{aws:username}", "${aws:username}", True),
    ("${aws:username", "${aws:username", False),
    ("*${aws:username}", "my-alice", True),
    ("${kms:wild}", "a*", True),
    ("${kms:wild}", "abc", False),
]


@pytest.mark.parametrize(("text", "value", "expected"), VARIABLES)
def test_a_variable(text: str, value: str, *, expected: bool) -> None:
    """A variable stands for its value by the letter, its default, or nothing; never for a wildcard."""
    context = Context({"aws:username": ("alice",), "aws:principaltag/team": ("red",), "kms:wild": ("a*",)})
    pattern = expanded(text, context)
    assert (pattern is not None and matches(pattern, value)) is expected


def test_the_old_version_has_no_variables() -> None:
    """In a policy of version 2008-10-17 `${aws:username}` is those characters."""
    given = statement(Condition={"StringEquals": {"kms:a": "${aws:username}"}}, Principal={"AWS": ALICE})
    old, new = (
        parse(document(given, version=version), names_principals=True) for version in ("2008-10-17", "2012-10-17")
    )
    spelled = {"kms:a": ("${aws:username}",), "aws:username": ("alice",)}
    meant = {"kms:a": ("alice",), "aws:username": ("alice",)}
    for parsed, context, expected in (
        (old, spelled, True),
        (old, meant, False),
        (new, meant, True),
        (new, spelled, False),
    ):
        policies = Policies(resource=[Source("resource-based", parsed)])
        assert decide(question(context=context), policies).allowed is expected


@given(st.text(alphabet="ab*?", max_size=12), st.text(alphabet="ab*?", max_size=16))
def test_wildcards_agree_with_regular_expressions(pattern: str, text: str) -> None:
    """A pattern matches what the same regular expression matches."""
    expression = "".join({"*": ".*", "?": "."}.get(one, re.escape(one)) for one in pattern)
    assert matches(pattern_of(pattern), text) is bool(re.fullmatch(expression, text, re.DOTALL))


def test_no_pattern_takes_forever() -> None:
    """A pattern of many wildcards against a long text is done in length times length steps."""
    assert not matches(pattern_of("a*" * 200 + "b"), "a" * 4000)


MALFORMED: dict[str, Any] = {
    "no JSON": "{",
    "a list": "[]",
    "no statement": '{"Version":"2012-10-17"}',
    "an empty list of statements": document(),
    "another version": document(about(ALICE), version="2020-01-01"),
    "an unknown element": document({**about(ALICE), "Extra": 1}),
    "an unknown member": '{"Version":"2012-10-17","Statement":[],"Extra":1}',
    "no effect": document({"Principal": "*", "Action": "*", "Resource": "*"}),
    "an unknown effect": document({**about(ALICE), "Effect": "allow"}),
    "no principal": document(statement()),
    "an empty principal": document(statement(Principal={})),
    "a principal and its negation": document({**about(ALICE), "NotPrincipal": "*"}),
    "an unknown kind of principal": document(statement(Principal={"Somebody": ALICE})),
    "a canonical user": document(statement(Principal={"CanonicalUser": "abc"})),
    "a group": document(about("arn:aws:iam::111122223333:group/admins")),
    "a wildcard in a principal": document(about("arn:aws:iam::111122223333:user/*")),
    "the id of a deleted user": document(about("AIDAEXAMPLEEXAMPLE000")),
    "an empty list of principals": document(about([])),
    "an action that is a number": document(about(ALICE, Action=1)),
    "an action and its negation": document(about(ALICE, NotAction="kms:*")),
    "a condition that is a list": document(about(ALICE, Condition=[])),
    "an unknown operator": document(about(ALICE, Condition={"StringIs": {"a": "b"}})),
    "a quantifier of no kind": document(about(ALICE, Condition={"ForSome:StringEquals": {"a": "b"}})),
    "Null if it exists": document(about(ALICE, Condition={"NullIfExists": {"a": "true"}})),
    "a value that is an object": document(about(ALICE, Condition={"StringEquals": {"a": {}}})),
    "no values": document(about(ALICE, Condition={"StringEquals": {"a": []}})),
    "ForAllValues on a context pair": document(
        about(ALICE, Condition={"ForAllValues:StringEquals": {"kms:EncryptionContext:a": "b"}})
    ),
    "ForAllValues on a request tag": document(
        about(ALICE, Condition={"ForAllValues:StringEquals": {"aws:RequestTag/a": "b"}})
    ),
    "a member that is there twice": '{"Version":"2012-10-17","Version":"2012-10-17","Statement":[]}',
    "NaN": '{"Version":"2012-10-17","Statement":NaN}',
    "deep nesting": '{"Statement":' + "[" * 70 + "]" * 70 + "}",
}


@pytest.mark.parametrize("text", MALFORMED.values(), ids=MALFORMED.keys())
def test_a_malformed_document(text: str) -> None:
    """What is no policy is refused, whole."""
    with pytest.raises(MalformedDocumentError):
        parse(text, names_principals=True)


def test_an_identity_policy_names_no_principal() -> None:
    """A principal in a policy that is attached to one is malformed."""
    with pytest.raises(MalformedDocumentError):
        parse(document(about(ALICE)), names_principals=False)


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["Allow", "Deny", "*", ALICE, "kms:*"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Principal",
                    "AWS",
                    "Action",
                    "Resource",
                    "Condition",
                    "StringLike",
                    "a",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_a_fuzzed_document_never_gives_a_traceback(value: Any) -> None:
    """Any JSON is a policy that answers, or malformed."""
    try:
        parsed = parse(json.dumps(value), names_principals=True)
    except MalformedDocumentError:
        return
    decide(question(), Policies(resource=[Source("resource-based", parsed)]))


def test_a_condition_of_no_operator_is_an_error() -> None:
    """Only known operators make a condition."""
    with pytest.raises(KeyError):
        Condition("StringIs", "a", ["b"])
