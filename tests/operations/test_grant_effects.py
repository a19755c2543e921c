"""What a grant allows: every operation, with every constraint, to every kind of grantee, until it ends."""

import json
from typing import Any

import pytest

from tests.operations.grant_calls import (
    ALLOWED,
    DENIED,
    OF_OTHERS,
    OF_SYMMETRIC,
    PUBLIC,
    SYMMETRIC,
    Asked,
    Calls,
    Context,
    by,
    came_to,
)
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, House
from tests.operations.stock import Stock

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
BOB = f"arn:aws:iam::{ACCOUNT}:user/Bob"
DAVE = f"arn:aws:iam::{ACCOUNT}:user/Dave"
EVE = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Eve"
MALLORY = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Mallory"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Deploy"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Deploy/one"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/orders"
OTHER_TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table/others"

GRANTEES = {
    ALICE: (ALICE, True),
    SESSION: (ROLE, True),
    EVE: (EVE, True),
    OTHER_ROOT: (OTHER_ROOT, True),
    BOB: (ROOT, False),
    MALLORY: (OTHER_ROOT, False),
}
"""Who calls, whom the grant is for, and whether that is enough: for an account's users it is not."""
CALLERS = (*GRANTEES, DAVE)

EQUALS = {"EncryptionContextEquals": {"App": "shop", "stage": "test"}}
SUBSET = {"EncryptionContextSubset": {"App": "shop"}}
BOTH = {**EQUALS, **SUBSET}
BOTH_PAIRS = {"App": "shop", "stage": "test"}
CONTEXTS: dict[str, tuple[dict[str, Any], Context, bool]] = {
    "no constraint, no context": ({}, None, True),
    "no constraint, any context": ({}, BOTH_PAIRS, True),
    "equals, fitting": (EQUALS, BOTH_PAIRS, True),
    "equals, in another order": (EQUALS, {"stage": "test", "App": "shop"}, True),
    "equals, names in another case": (EQUALS, {"aPP": "shop", "STAGE": "test"}, True),
    "equals, a value in another case": (EQUALS, {"App": "Shop", "stage": "test"}, False),
    "equals, a pair less": (EQUALS, {"App": "shop"}, False),
    "equals, a pair more": (EQUALS, {**BOTH_PAIRS, "more": ""}, False),
    "equals, a name once more in another case": (EQUALS, {"app": "evil", **BOTH_PAIRS}, False),
    "equals, no context": (EQUALS, None, False),
    "equals nothing, no context": ({"EncryptionContextEquals": {}}, None, True),
    "equals nothing, a context": ({"EncryptionContextEquals": {}}, {"App": "shop"}, False),
    "subset, fitting": (SUBSET, {"App": "shop"}, True),
    "subset, a pair more": (SUBSET, BOTH_PAIRS, True),
    "subset, the name in another case": (SUBSET, {"aPP": "shop"}, True),
    "subset, another value": (SUBSET, {"App": "bank"}, False),
    "subset, missing": (SUBSET, {"stage": "test"}, False),
    "subset, no context": (SUBSET, None, False),
    "both, fitting": (BOTH, BOTH_PAIRS, True),
    "both, fitting one": (BOTH, {"App": "shop"}, False),
}
SOURCES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "source, on its behalf": ({"SourceArn": TABLE}, TABLE, True),
    "source, on another's behalf": ({"SourceArn": TABLE}, OTHER_TABLE, False),
    "source, on nobody's behalf": ({"SourceArn": TABLE}, "", False),
    "no source, on somebody's behalf": ({}, TABLE, True),
}
WITHOUT_CONTEXT = ("CreateGrant", "DescribeKey")
OTHERS = [
    *((kind, operation) for kind, operations in OF_OTHERS.items() for operation in operations),
    *((kind, "GetPublicKey") for kind in OF_OTHERS if kind[0] in PUBLIC),
]


@pytest.fixture(scope="module")
def calls(stock: Stock) -> dict[tuple[str, str], Calls]:
    """The calls on a key of each kind, under the policy that a key has by default."""
    other = stock.house.new_key()
    for who in CALLERS:
        given = {"KeyId": other, "GranteePrincipal": who, "Operations": ["ReEncryptFrom", "ReEncryptTo"]}
        stock.call("CreateGrant", **given)
    return {kind: Calls(stock, stock.key(*kind), kind[0], other) for kind in (SYMMETRIC, *OF_OTHERS)}


class Granted:
    """An operation that is granted to everybody, each by a grant of his own, and the calls to be tried."""

    def __init__(self, its: Calls, operation: str, constraints: dict[str, Any], context: Context, source: str) -> None:
        self.its = its
        self.operation = operation
        self.source = source
        child = {"Constraints": constraints} if operation == "CreateGrant" else {}
        self.call = its.call(operation, context, **child)
        self.grant = {"KeyId": its.arn, "Operations": [operation], "Constraints": constraints}

    def made(self) -> list[dict[str, Any]]:
        """New grants, by who is to call."""
        asked = [("CreateGrant", {**self.grant, "GranteePrincipal": it}) for it, _ in GRANTEES.values()]
        answers = [outcome.response for outcome in self.its.stock.house.group(*asked)]
        return [answer.members({}) for answer in answers if answer]

    def ended(self, name: str, grants: list[dict[str, Any]]) -> list[dict[str, Any]]:
        """The same grants, once they are retired or revoked."""
        asked = [(name, {"KeyId": self.its.arn, "GrantId": grant["GrantId"]}) for grant in grants]
        assert not any(outcome.error for outcome in self.its.stock.house.group(*asked))
        return grants

    def tried(self, grants: list[dict[str, Any]]) -> dict[str, str]:
        """What everybody's calls come to, with his grant's token, or another's, and without one, which is the same."""
        tokens = [grant["GrantToken"] for grant in grants]
        name, members = self.call
        asked: list[Asked] = []
        for who, token in zip(CALLERS, [*tokens, tokens[0]], strict=True):
            caller = by(who, self.source)
            asked += [(caller, name, members), (caller, name, {**members, "GrantTokens": [token]})]
        found = came_to(self.its.stock, self.operation, asked)
        assert found[::2] == found[1::2]
        return dict(zip(CALLERS, found[::2], strict=True))


NOBODY = dict.fromkeys(CALLERS, DENIED)


def check(granted: Granted, *, fits: bool) -> None:
    """See whom grants allow while they stand, and that they allow nobody anything afterwards."""
    grants = granted.made()
    standing = granted.tried(grants)
    retired = granted.tried(granted.ended("RetireGrant", grants))
    revoked = granted.tried(granted.ended("RevokeGrant", granted.made()))
    assert standing == {**NOBODY, **{who: ALLOWED for who, (_, enough) in GRANTEES.items() if fits and enough}}
    assert retired == NOBODY
    assert revoked == NOBODY


@pytest.mark.parametrize("case", CONTEXTS)
@pytest.mark.parametrize("operation", OF_SYMMETRIC)
def test_an_encryption_context(calls: dict[Any, Calls], operation: str, case: str) -> None:
    """A grant allows its operation where the encryption context is as its constraints say, if there is one at all."""
    constraints, context, fits = CONTEXTS[case]
    granted = Granted(calls[SYMMETRIC], operation, constraints, context, "")
    check(granted, fits=fits or operation in WITHOUT_CONTEXT)


@pytest.mark.parametrize("case", SOURCES)
@pytest.mark.parametrize("operation", OF_SYMMETRIC)
def test_a_source(calls: dict[Any, Calls], operation: str, case: str) -> None:
    """A grant with a source ARN allows what a service does on behalf of that resource, with a context or without."""
    constraints, source, fits = SOURCES[case]
    check(Granted(calls[SYMMETRIC], operation, constraints, None, source), fits=fits)


@pytest.mark.parametrize("case", SOURCES)
@pytest.mark.parametrize(("kind", "operation"), OTHERS)
def test_other_keys(calls: dict[Any, Calls], kind: tuple[str, str], operation: str, case: str) -> None:
    """The operations of every other kind of key are granted likewise."""
    constraints, source, fits = SOURCES[case]
    check(Granted(calls[kind], operation, constraints, None, source), fits=fits)


@pytest.mark.parametrize("way", ["token", "id"])
@pytest.mark.parametrize("constraints", [{}, EQUALS, SUBSET, {"SourceArn": TABLE}])
def test_retiring(calls: dict[Any, Calls], constraints: dict[str, Any], way: str) -> None:
    """A grantee may retire his grant where it names that operation, whatever its constraints; once, and no other's."""
    granted = Granted(calls[SYMMETRIC], "DescribeKey", constraints, None, "")
    granted.grant["Operations"] = ["DescribeKey", "RetireGrant"]
    house = granted.its.stock.house
    for who, grant in zip(GRANTEES, granted.made(), strict=True):
        by_id = {"KeyId": granted.its.arn, "GrantId": grant["GrantId"]}
        given = {"GrantToken": grant["GrantToken"]} if way == "token" else by_id
        enough = GRANTEES[who][1]
        assert house.result_by(by(DAVE), "RetireGrant", **given)[0] == "AccessDeniedException"
        assert house.result_by(by(who), "RetireGrant", **given)[0] == ("" if enough else "AccessDeniedException")
        assert house.result_by(by(ROOT), "RetireGrant", **given)[0] == ("NotFoundException" if enough else "")


@pytest.mark.parametrize("operation", OF_SYMMETRIC)
def test_a_grant_for_all_else(calls: dict[Any, Calls], operation: str) -> None:
    """A grant that names every operation but one does not allow that one."""
    granted = Granted(calls[SYMMETRIC], operation, {}, None, "")
    granted.grant["Operations"] = [*({*OF_SYMMETRIC, "RetireGrant"} - {operation})]
    grants = granted.made()
    assert granted.tried(grants) == NOBODY
    granted.ended("RevokeGrant", grants)


@pytest.mark.parametrize("operation", OF_SYMMETRIC)
def test_a_deny_beats_a_grant(calls: dict[Any, Calls], operation: str) -> None:
    """What the key policy denies, no grant allows: to everybody whom it denies, and to nobody else."""
    its = calls[SYMMETRIC]
    default = its.stock.call("GetKeyPolicy", KeyId=its.arn)["Policy"]
    name = f"kms:{operation}"
    denies = {"Effect": "Deny", "Principal": {"AWS": [BOB, EVE, ROLE]}, "Action": name, "Resource": "*"}
    policy = json.loads(default)
    policy["Statement"].append(denies)
    granted = Granted(its, operation, {}, None, "")
    grants = granted.made()
    its.stock.call("PutKeyPolicy", KeyId=its.arn, Policy=json.dumps(policy))
    found = granted.tried(grants)
    its.stock.call("PutKeyPolicy", KeyId=its.arn, Policy=default)
    granted.ended("RevokeGrant", grants)
    assert found == {**NOBODY, ALICE: ALLOWED, OTHER_ROOT: ALLOWED}


def test_a_grant_to_an_account(house: House) -> None:
    """A grant to an account allows those of its users whose own policies do; a Deny in one beats any grant."""
    key = house.new_key()
    for name, effect in (("Alice", "Deny"), ("Bob", "Allow"), ("Dave", "")):
        house.call("iam:CreateUser", UserName=name)
        if effect:
            text = {"Version": "2012-10-17", "Statement": [{"Effect": effect, "Action": "kms:*", "Resource": "*"}]}
            given = {"UserName": name, "PolicyName": "p", "PolicyDocument": json.dumps(text)}
            house.call("iam:PutUserPolicy", **given)
    silent = {"Effect": "Allow", "Principal": {"AWS": ROOT}, "Action": "kms:*Grant", "Resource": "*"}
    policy = {"Version": "2012-10-17", "Statement": [silent]}
    house.call("PutKeyPolicy", KeyId=key, Policy=json.dumps(policy), BypassPolicyLockoutSafetyCheck=True)

    def encrypting(*who: str) -> list[str]:
        return [it for it in who if not house.result_by(by(it), "Encrypt", KeyId=key, Plaintext=b"x")[0]]

    assert encrypting(ROOT, ALICE, BOB, DAVE) == []
    for grantee in (ROOT, ALICE):
        house.call("CreateGrant", KeyId=key, GranteePrincipal=grantee, Operations=["Encrypt"])
    assert encrypting(ROOT, ALICE, BOB, DAVE) == [ROOT, BOB]
