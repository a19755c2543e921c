"""An explanation tells of the grants that a decision looked at."""

from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.operations.explaining import told
from kmscli.operations.granting import MOST_TOLD
from tests.operations.grant_calls import Context, by
from tests.operations.house import House

ALICE = "arn:aws:iam::111122223333:user/Alice"
BOB = "arn:aws:iam::111122223333:user/Bob"
TABLE = "arn:aws:dynamodb:us-east-1:111122223333:table/orders"
PAIRS = {"App": "shop"}
DENIED = "implicitDeny"
CASES: list[tuple[list[str], dict[str, Any], Context, tuple[str, Any, Any]]] = [
    (["Decrypt", "CreateGrant"], {}, None, ("Operations", ["Decrypt", "CreateGrant"], "Encrypt")),
    (["Encrypt"], {"EncryptionContextEquals": PAIRS}, {"a": "b"}, ("EncryptionContextEquals", PAIRS, {"a": "b"})),
    (["Encrypt"], {"EncryptionContextSubset": PAIRS}, None, ("EncryptionContextSubset", PAIRS, None)),
    (["Encrypt"], {"SourceArn": TABLE}, None, ("SourceArn", TABLE, None)),
]


def granted(house: House, key: str, grantee: str, **members: Any) -> str:
    """The id of a new grant to encrypt."""
    members = {"Operations": ["Encrypt"], **members}
    return str(house.call("CreateGrant", KeyId=key, GranteePrincipal=grantee, **members)["GrantId"])


def explained(house: House, key: str, caller: Caller, context: Context = None, *, explains: bool = True) -> Any:
    """What a call to encrypt came to, and what is told of grants."""
    caller.explains = explains
    members = {"KeyId": key, "Plaintext": b"x", "EncryptionContext": context}
    [outcome] = house.engine.group([(caller, "Encrypt", members)])
    [decision] = told(outcome.weighed, outcome.error)["Decisions"]
    return decision["Decision"], decision.get("Grants")


@pytest.mark.parametrize(("operations", "constraints", "context", "failed"), CASES)
def test_what_of_a_grant_did_not_fit(
    house: House, operations: list[str], constraints: dict[str, Any], context: Context, failed: tuple[str, Any, Any]
) -> None:
    """Of a grant that does not allow a call the explanation names what does not fit, with both values."""
    key = house.new_key()
    made = granted(house, key, ALICE, Operations=operations, Constraints=constraints)
    told_of = {
        "GrantId": made,
        "Grantee": ALICE,
        "Matched": False,
        "Failed": dict(zip(("Element", "Grant", "Request"), failed, strict=True)),
    }
    assert explained(house, key, by(ALICE), context) == (DENIED, [told_of])


def test_the_grant_that_allowed(house: House) -> None:
    """A grant that allows is told as one that matches, and nobody else's grants are told."""
    key = house.new_key()
    made = granted(house, key, ALICE)
    assert explained(house, key, by(ALICE)) == ("allowed", [{"GrantId": made, "Grantee": ALICE, "Matched": True}])
    assert explained(house, key, by(BOB)) == (DENIED, None)
    assert explained(house, key, house.caller) == ("allowed", None)


def test_grants_are_told_to_whoever_asks(house: House) -> None:
    """So many grants are told and no more; none where nobody asks for an explanation."""
    key = house.new_key()
    for _ in range(MOST_TOLD + 1):
        granted(house, key, ALICE, Operations=["Decrypt"])
    decision, grants = explained(house, key, by(ALICE))
    assert (decision, len(grants)) == (DENIED, MOST_TOLD)
    assert explained(house, key, by(ALICE), explains=False) == (DENIED, None)
