"""Texts that are nearly policies, or none at all: never a traceback, and never an Allow from what does not parse."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kmscli.authorization.decision import IDENTITY, RESOURCE, Policies, decide
from kmscli.authorization.document import MalformedDocumentError, parse
from kmscli.authorization.evaluation import Source
from kmscli.authorization.explanation import explained
from kmscli.identities.finding import find_user
from kmscli.identities.resource import save
from kmscli.keys.policies import default_policy
from kmscli.operations.explaining import told
from tests.authorization.documents import ALICE, BOB, ROOT, SESSION, question
from tests.authorization.mutations import IDENTITY_POLICIES, KEY_POLICIES, changed_in_text, nearly
from tests.authorization.stored import write
from tests.operations.grant_calls import by
from tests.operations.house import ACCOUNT, REGION, House, arn

REFUSALS = {"MalformedPolicyDocumentException", "ValidationException", "LimitExceededException"}
IAM_REFUSALS = {"MalformedPolicyDocument", "ValidationError", "LimitExceeded"}
CALLERS = (ROOT, ALICE, SESSION, BOB)
CALLS: dict[str, dict[str, Any]] = {
    "Encrypt": {"Plaintext": b"x", "EncryptionContext": {"App": "shop"}},
    "PutKeyPolicy": {"Policy": "{}"},
    "DescribeKey": {},
}
CONTEXT = {
    "kms:CallerAccount": ("111122223333",),
    "kms:EncryptionContextKeys": ("App", "b"),
    "aws:username": ("alice",),
    "aws:EpochTime": ("1767603600",),
    "aws:CurrentTime": ("2026-01-05T09:00:00Z",),
    "aws:SourceIp": ("127.0.0.1",),
    "aws:PrincipalArn": (ALICE,),
    "aws:userid": ("QUlEQQ==",),
}
TEXTS = st.one_of(nearly(KEY_POLICIES), nearly(IDENTITY_POLICIES), st.text(max_size=40))
FEW = settings(max_examples=60, deadline=None)


def is_policy(text: str, *, names_principals: bool = True) -> bool:
    """Whether a text parses."""
    try:
        parse(text, names_principals=names_principals)
    except MalformedDocumentError:
        return False
    return True


def effects(value: Any) -> set[Any]:
    """All that JSON says under the name of Effect, anywhere."""
    if isinstance(value, list):
        return set().union(*map(effects, value))
    if not isinstance(value, dict):
        return set()
    own = {value["Effect"]} if isinstance(value.get("Effect"), str) else set()
    return own | effects(list(value.values()))


@settings(max_examples=400, deadline=None)
@given(TEXTS, st.booleans(), st.sampled_from(CALLERS), st.sampled_from([{}, CONTEXT]))
def test_a_text_is_a_policy_or_malformed(text: str, names: bool, caller: str, context: Any) -> None:
    """What is no JSON is malformed; what parses answers every question, and allows nothing without an Allow."""
    try:
        value = json.loads(text)
    except ValueError:
        assert not is_policy(text, names_principals=names)
        return
    if not is_policy(text, names_principals=names):
        return
    source = Source(RESOURCE if names else IDENTITY, parse(text, names_principals=names))
    asked = question(caller, context=context)
    decision = decide(asked, Policies(resource=[source]) if names else Policies(resource=None, identity=[source]))
    assert not decision.allowed or "Allow" in effects(value) or decision.by == "root user"
    assert json.dumps(explained(asked, decision))


@pytest.fixture(scope="module")
def key(shared: House) -> str:
    """A key whose policy is put again and again."""
    return shared.new_key()


def allowed(house: House, key: str) -> set[str]:
    """Who may use a key, or change its policy; every decision is explained too."""
    found = set()
    for who in CALLERS:
        caller = by(who)
        caller.explains = True
        for name, members in CALLS.items():
            [outcome] = house.engine.group([(caller, name, {"KeyId": arn(key), **members})])
            denied = getattr(outcome.error, "code", "") == "AccessDeniedException"
            why = told(outcome.weighed, outcome.error)
            assert json.dumps(why)
            assert denied == (why["Decision"] != "allowed")
            found |= set() if denied else {who}
    return found


@FEW
@given(nearly(KEY_POLICIES))
def test_a_policy_is_stored_or_refused(shared: House, key: str, text: str) -> None:
    """PutKeyPolicy stores what is a policy as it was given, and refuses what is none; the one before stays then."""
    before = default_policy(ACCOUNT, REGION)
    write(shared, key, before)
    given = {"KeyId": key, "Policy": text, "BypassPolicyLockoutSafetyCheck": True}
    code, _ = shared.result_by(by(ROOT), "PutKeyPolicy", **given)
    assert code in ("", *REFUSALS)
    if code:
        assert shared.call("GetKeyPolicy", KeyId=key)["Policy"] == before
    else:
        assert is_policy(text)
        assert "Allow" in effects(json.loads(text)) or not allowed(shared, key)


@FEW
@given(changed_in_text(KEY_POLICIES) | st.text(max_size=40))
def test_garbage_in_the_vault_allows_nobody(shared: House, key: str, text: str) -> None:
    """A key whose policy does not parse, as one from before policies were read, is nobody's."""
    write(shared, key, text)
    assert is_policy(text) or allowed(shared, key) == set()


@FEW
@given(nearly(IDENTITY_POLICIES))
def test_a_policy_of_a_user(shared: House, text: str) -> None:
    """PutUserPolicy stores or refuses likewise; a row that holds garbage gives its user nothing."""
    name = BOB.rpartition("/")[2]
    root = by(BOB.replace("user/bob", "root"))
    shared.result_by(root, "iam:CreateUser", UserName=name)
    given = {"UserName": name, "PolicyName": "p", "PolicyDocument": text}
    code, _ = shared.result_by(root, "iam:PutUserPolicy", **given)
    parses = is_policy(text, names_principals=False)
    assert code in ("", *IAM_REFUSALS)
    assert code or parses
    transaction = shared.transaction()
    user = find_user(transaction, root.account, name)
    assert user
    save(transaction, user.changed(policies={"p": text}))
    shared.commit(transaction)
    assert parses or shared.result_by(by(BOB), "ListKeys")[0] == "AccessDeniedException"


def test_the_callers_are_allowed_by_what_is_changed(shared: House, key: str) -> None:
    """The policies that are changed allow somebody something as they are, or their changes would show nothing."""
    for text in KEY_POLICIES:
        write(shared, key, text)
        assert allowed(shared, key)
