import re
from typing import Any

import pytest

from kmscli.keys.check import inspect
from kmscli.limits.finding import limits_of
from tests.operations.house import ACCOUNT, OTHER_ACCOUNT, START, House, caller
from tests.operations.organizing import SCP, Organized, member

TARGET = {"Id": OTHER_ACCOUNT, "Type": "ACCOUNT"}
GUEST = caller(OTHER_ACCOUNT)
DAY = 86400
MISSING = ("HandshakeNotFoundException", "You specified a handshake that doesn't exist.")


def invited(made: Organized, **members: Any) -> str:
    """The id of a new invitation."""
    return str(made.call("InviteAccountToOrganization", Target=TARGET, **members)["Handshake"]["Id"])


def test_an_account_is_invited_and_accepts(house: House) -> None:
    """An invitation is open until the account accepts it, which then is in the root, and limited as others there."""
    made = Organized(house)
    made.enable(SCP)
    shown = made.call("InviteAccountToOrganization", Target=TARGET, Notes="Join us.")["Handshake"]
    handshake = shown["Id"]
    assert re.fullmatch("h-[a-z0-9]{10}", handshake)
    features = {"Value": "ALL", "Type": "ORGANIZATION_FEATURE_SET"}
    assert shown == {
        "Id": handshake,
        "Arn": made.arn("handshake", "invite", handshake),
        "Parties": [{"Id": made.id, "Type": "ORGANIZATION"}, TARGET],
        "State": "OPEN",
        "RequestedTimestamp": START,
        "ExpirationTimestamp": START + 15 * DAY,
        "Action": "INVITE",
        "Resources": [
            {"Value": made.id, "Type": "ORGANIZATION", "Resources": [features]},
            {"Value": OTHER_ACCOUNT, "Type": "ACCOUNT"},
            {"Value": "Join us.", "Type": "NOTES"},
        ],
    }
    assert made.refusal("DescribeOrganization", GUEST)[0] == "AWSOrganizationsNotInUseException"
    house.later(days=1)
    accepted = made.call("AcceptHandshake", GUEST, HandshakeId=handshake)["Handshake"]
    assert accepted == shown | {"State": "ACCEPTED"}
    assert made.call("ListParents", ChildId=OTHER_ACCOUNT)["Parents"][0]["Id"] == made.root
    joined = {each["Id"]: each for each in made.call("ListAccounts")["Accounts"]}[OTHER_ACCOUNT]
    assert (joined["JoinedMethod"], joined["JoinedTimestamp"], "Email" in joined) == ("INVITED", START + DAY, False)
    transaction = house.transaction()
    assert len(limits_of(transaction, OTHER_ACCOUNT).service_control) == 2
    transaction.close()
    found = inspect(house.engine.vault)
    assert (found.counts["invitation"], found.faults) == (1, [])


@pytest.mark.parametrize(
    ("target", "code"),
    [
        ({"Id": "bob@example.com", "Type": "EMAIL"}, "InvalidInputException"),
        ({"Id": "bob", "Type": "ACCOUNT"}, "InvalidInputException"),
        ({"Id": ACCOUNT, "Type": "ACCOUNT"}, "HandshakeConstraintViolationException"),
    ],
)
def test_who_cannot_be_invited(house: House, target: dict[str, str], code: str) -> None:
    """Whoever has no account's id, or is in the organization already."""
    assert Organized(house).refusal("InviteAccountToOrganization", Target=target)[0] == code


def test_only_the_managing_account_invites(house: House) -> None:
    """A member does not."""
    made = Organized(house)
    assert (
        made.refusal("InviteAccountToOrganization", member(made.account()), Target=TARGET)[0] == "AccessDeniedException"
    )


def test_one_invitation_at_a_time(house: House) -> None:
    """An account is invited again once its invitation has expired, which can be accepted no more."""
    made = Organized(house)
    first = invited(made)
    twice = ("DuplicateHandshakeException", "A handshake with the same action and target already exists.")
    assert made.refusal("InviteAccountToOrganization", Target=TARGET) == twice
    house.later(days=15)
    late = (
        "InvalidHandshakeTransitionException",
        "You can't perform the operation on the handshake in its current state.",
    )
    assert made.refusal("AcceptHandshake", GUEST, HandshakeId=first) == late
    made.call("AcceptHandshake", GUEST, HandshakeId=invited(made))


def test_who_can_accept(house: House) -> None:
    """The invited account, once, while it is in no organization, and while there is the organization."""
    made = Organized(house)
    handshake = invited(made)
    for by in (house.caller, caller("777788889999")):
        assert made.refusal("AcceptHandshake", by, HandshakeId=handshake) == MISSING
    assert made.refusal("AcceptHandshake", GUEST, HandshakeId="h-aaaaaaaa") == MISSING
    made.call("CreateOrganization", GUEST)
    refused = ("HandshakeConstraintViolationException", "The account is already a member of an organization.")
    assert made.refusal("AcceptHandshake", GUEST, HandshakeId=handshake) == refused
    made.call("DeleteOrganization", GUEST)
    made.call("AcceptHandshake", GUEST, HandshakeId=handshake)
    again = ("HandshakeAlreadyInStateException", "The specified handshake is already in the requested state.")
    assert made.refusal("AcceptHandshake", GUEST, HandshakeId=handshake) == again
    made.call("RemoveAccountFromOrganization", AccountId=OTHER_ACCOUNT)
    second = invited(made)
    made.call("DeleteOrganization")
    assert made.refusal("AcceptHandshake", GUEST, HandshakeId=second) == MISSING
