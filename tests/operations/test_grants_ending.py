"""How a grant ends: retired by whom it lets, revoked by whoever has its key, or deleted with the key."""

import binascii
from typing import Any

import pytest

from kmscli.authorization.caller import Caller
from kmscli.errors import InvalidGrantTokenException
from kmscli.keys.check import inspect
from kmscli.keys.grant_tokens import granted_by
from kmscli.keys.grants import REMOVED_AT_ONCE
from kmscli.vault.keyring import Keyring
from tests.operations.house import ABSENT, ACCOUNT, OTHER_ACCOUNT, OTHER_REGION, REGION, House, arn, caller

ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
DENIED = "AccessDeniedException"
NO_GRANT = "0" * 64


def principal(arn: str) -> Caller:
    """Somebody in the grants' Region."""
    return Caller(arn.split(":")[4], REGION, arn=arn, agent="kmscli/test", door="test", uid=1000, user="alice")


def created(house: House, key: str, **members: Any) -> dict[str, Any]:
    """A new grant's id and token."""
    return house.call("CreateGrant", KeyId=key, **{"GranteePrincipal": ALICE, "Operations": ["Encrypt"]} | members)


def ids(house: House, key: str) -> list[str]:
    """The ids of a key's grants."""
    return [grant["GrantId"] for grant in house.call("ListGrants", KeyId=key)["Grants"]]


@pytest.mark.parametrize("way", ["token", "id", "ARN", "revoked by id", "revoked by ARN"])
def test_a_grant_ends(house: House, way: str) -> None:
    """A grant is gone once it is retired, by token or by key and id, or revoked; another on the key stays."""
    key = house.new_key()
    grant, other = created(house, key), created(house, key)
    name = "RevokeGrant" if way.startswith("revoked") else "RetireGrant"
    by_id = {"KeyId": arn(key) if way.endswith("ARN") else key, "GrantId": grant["GrantId"]}
    assert house.call(name, **({"GrantToken": grant["GrantToken"]} if way == "token" else by_id)) == {}
    assert ids(house, key) == [other["GrantId"]]
    not_found = ("NotFoundException", f"Grant ID {grant['GrantId']} not found")
    assert house.refusal("RetireGrant", GrantToken=grant["GrantToken"]) == not_found
    for again in ("RetireGrant", "RevokeGrant"):
        assert house.refusal(again, **by_id) == not_found


@pytest.mark.parametrize("name", ["RetireGrant", "RevokeGrant"])
def test_a_grant_that_is_not_there(house: House, name: str) -> None:
    """An id that is none of the key's grants is not found, and what cannot be an id is refused as such."""
    key, other = house.new_key(), house.new_key()
    grant = created(house, other)["GrantId"]
    for absent in (NO_GRANT, grant):
        assert house.refusal(name, KeyId=key, GrantId=absent) == ("NotFoundException", f"Grant ID {absent} not found")
    for malformed in ("x", "0" * 63, "0" * 65, "g" * 64, "A" * 64, "0" * 63 + "\n"):
        assert house.refusal(name, KeyId=key, GrantId=malformed)[0] == "InvalidGrantIdException"
    assert house.refusal(name, KeyId=ABSENT, GrantId=NO_GRANT)[0] == "NotFoundException"
    assert ids(house, other) == [grant]


@pytest.mark.parametrize(
    "members",
    [
        (),
        ("KeyId",),
        ("GrantId",),
        ("GrantToken", "KeyId"),
        ("GrantToken", "GrantId"),
        ("GrantToken", "KeyId", "GrantId"),
    ],
)
def test_how_retire_grant_names_a_grant(house: House, members: tuple[str, ...]) -> None:
    """RetireGrant takes a token alone, or a key and an id."""
    key = house.new_key()
    given = {"KeyId": key, **created(house, key)}
    refusal = house.refusal("RetireGrant", **{name: given[name] for name in members})
    message = "You must specify either a grant token, or both a key ID and a grant ID."
    assert refusal == ("ValidationException", message)


ROOT = f"arn:aws:iam::{ACCOUNT}:root"
BOB = f"arn:aws:iam::{OTHER_ACCOUNT}:user/Bob"
ROLE = f"arn:aws:iam::{OTHER_ACCOUNT}:role/team/Deploy"
SESSION = f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/Deploy/one"
OTHER_ROOT = f"arn:aws:iam::{OTHER_ACCOUNT}:root"
RETIRABLE = {"Operations": ["Encrypt", "RetireGrant"]}
ENTITLED: list[tuple[str, dict[str, Any], bool]] = [
    (ROOT, {}, True),
    (ROOT, {"GranteePrincipal": BOB, "RetiringPrincipal": BOB}, True),
    (OTHER_ROOT, {}, False),
    (BOB, {}, False),
    (BOB, {"RetiringPrincipal": BOB}, True),
    (BOB, {"RetiringPrincipal": OTHER_ROOT}, False),
    (OTHER_ROOT, {"RetiringPrincipal": OTHER_ROOT}, True),
    (BOB, {"RetiringPrincipal": ROLE}, False),
    (BOB, {"RetiringPrincipal": BOB + "by"}, False),
    (BOB, {"RetiringPrincipal": f"arn:aws:iam::{ACCOUNT}:user/Bob"}, False),
    (BOB, {"GranteePrincipal": BOB}, False),
    (BOB, {"GranteePrincipal": BOB, **RETIRABLE}, True),
    (BOB, {"GranteePrincipal": OTHER_ROOT, **RETIRABLE}, False),
    (OTHER_ROOT, {"GranteePrincipal": OTHER_ROOT, **RETIRABLE}, True),
    (BOB, RETIRABLE, False),
    (SESSION, {"RetiringPrincipal": ROLE}, True),
    (SESSION, {"RetiringPrincipal": SESSION}, True),
    (SESSION, {"RetiringPrincipal": f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/Deploy/two"}, False),
    (SESSION, {"RetiringPrincipal": f"arn:aws:iam::{OTHER_ACCOUNT}:role/Other"}, False),
    (SESSION, {"RetiringPrincipal": f"arn:aws:iam::{OTHER_ACCOUNT}:user/Deploy"}, False),
    (OTHER_ROOT, {"RetiringPrincipal": BOB}, False),
]
"""Who may retire a grant on a key of ACCOUNT (7.5): the caller, the grant, and whether."""


@pytest.mark.parametrize("way", ["token", "id"])
@pytest.mark.parametrize(("who", "members", "allowed"), ENTITLED)
def test_who_may_retire_a_grant(house: House, who: str, members: dict[str, Any], allowed: bool, way: str) -> None:
    """The retiring principal, a grantee whom the grant lets, and the account that made it may retire a grant.

    Where the grant names only an account, its users need a policy of their own, which nobody has here.
    """
    key = house.new_key()
    grant = created(house, key, **members)
    token = {"GrantToken": grant["GrantToken"]}
    given = token if way == "token" else {"KeyId": arn(key), "GrantId": grant["GrantId"]}
    if allowed:
        assert house.call("RetireGrant", principal(who), **given) == {}
        assert ids(house, key) == []
    else:
        code, message = house.refusal("RetireGrant", principal(who), **given)
        assert code == DENIED
        assert message.startswith(f"User: {who} is not authorized to perform: kms:RetireGrant on resource: {arn(key)}")
        assert ids(house, key) == [grant["GrantId"]]


def test_what_is_there_of_another_account_does_not_show(house: House) -> None:
    """Whoever may not retire a grant is refused in the same words whether the grant, or its key, is there or not."""
    key = house.new_key()
    grant = created(house, key)["GrantId"]
    bob = principal(BOB)
    refusals = [
        house.refusal("RetireGrant", bob, KeyId=arn(one), GrantId=grant_id)
        for one, grant_id in ((key, grant), (key, NO_GRANT), (ABSENT, NO_GRANT))
    ]
    assert {code for code, _ in refusals} == {DENIED}
    assert len({message.replace(key, ABSENT) for _, message in refusals}) == 1
    assert house.refusal("RevokeGrant", bob, KeyId=arn(key), GrantId=grant)[0] == DENIED
    assert house.refusal("ListGrants", bob, KeyId=arn(key))[0] == DENIED


BAD_TOKENS = ("x", "AAAA", "nonsense" * 20, "ä", "A" * 108, "=")


@pytest.mark.parametrize("token", BAD_TOKENS)
def test_a_token_that_is_none(house: House, token: str) -> None:
    """What no CreateGrant has given is refused as a token, by every operation that takes one."""
    key = house.new_key()
    assert house.refusal("RetireGrant", GrantToken=token)[0] == "InvalidGrantTokenException"
    for name, members in (
        ("Encrypt", {"Plaintext": b"x"}),
        ("DescribeKey", {}),
        ("GenerateDataKey", {"KeySpec": "AES_256"}),
    ):
        refusal = house.refusal(name, KeyId=key, GrantTokens=[token], **members)
        assert refusal[0] == "InvalidGrantTokenException"


def test_each_byte_of_a_token_counts(house: House) -> None:
    """A token with any byte changed, left out or added is none."""
    token = created(house, house.new_key())["GrantToken"]
    raw = binascii.a2b_base64(token)
    changed = [raw[:at] + bytes([raw[at] ^ 1]) + raw[at + 1 :] for at in range(len(raw))]
    for one in [*changed, raw[:-1], raw + b"\0", raw[1:], b""]:
        text = binascii.b2a_base64(one, newline=False).decode()
        refused = {"InvalidGrantTokenException", "ValidationException"}
        assert house.refusal("RetireGrant", GrantToken=text)[0] in refused
    house.call("RetireGrant", GrantToken=token)


def test_a_token_of_another_grant_is_of_no_use(house: House) -> None:
    """A token of a grant on another key, or of one that has ended, neither helps nor hinders."""
    key, other = house.new_key(), house.new_key()
    tokens = [created(house, one)["GrantToken"] for one in (key, other, other)]
    house.call("RetireGrant", GrantToken=tokens[2])
    house.call("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=tokens)
    house.call("CreateGrant", KeyId=key, GranteePrincipal=ALICE, Operations=["Encrypt"], GrantTokens=tokens)
    house.call("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=tokens[:1] * 10)
    assert house.refusal("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=tokens[:1] * 11)[0] == "ValidationException"
    denied = house.refusal("Encrypt", principal(BOB), KeyId=arn(key), Plaintext=b"x", GrantTokens=tokens)
    assert denied[0] == DENIED


def test_a_token_lasts_over_a_rekeying(house: House) -> None:
    """A token is one for as long as its vault lasts, whatever keys have been replaced, and in no other vault."""
    grant = created(house, house.new_key())
    rekeyed = house.engine.vault.keyring.with_new_term().with_newest_term_only()
    assert granted_by(rekeyed, grant["GrantToken"]) == grant["GrantId"]
    with pytest.raises(InvalidGrantTokenException):
        granted_by(Keyring.new(), grant["GrantToken"])


def test_a_token_is_good_in_its_region(house: House) -> None:
    """A grant is not found by its token from another Region."""
    key = house.new_key()
    grant = created(house, key)
    assert house.refusal("RetireGrant", caller(region=OTHER_REGION), GrantToken=grant["GrantToken"]) == (
        "NotFoundException",
        f"Grant ID {grant['GrantId']} not found",
    )


def test_a_refusal_does_not_show_a_token(house: House) -> None:
    """A token that is too long is refused without being shown, and no event holds one."""
    key = house.new_key()
    token = created(house, key)["GrantToken"]
    refusal = house.refusal("RetireGrant", GrantToken=token * 100)
    house.call("Encrypt", KeyId=key, Plaintext=b"x", GrantTokens=[token])
    house.call("RetireGrant", GrantToken=token)
    assert refusal[0] == "ValidationException"
    assert token not in refusal[1]
    assert token.encode() not in house.log()


@pytest.mark.parametrize("name", ["RetireGrant", "RevokeGrant"])
def test_a_dry_run_ends_nothing(house: House, name: str) -> None:
    """A dry run of a retirement or a revocation changes nothing, and says what would be refused."""
    key = house.new_key()
    grant = created(house, key)["GrantId"]
    assert house.refusal(name, KeyId=key, GrantId=grant, DryRun=True)[0] == "DryRunOperationException"
    assert house.refusal(name, KeyId=key, GrantId=NO_GRANT, DryRun=True)[0] == "NotFoundException"
    assert ids(house, key) == [grant]


def counted(house: House) -> dict[str, int]:
    """The rows of grants, by kind; nothing in the vault is at fault."""
    found = inspect(house.engine.vault)
    assert [str(fault) for fault in found.faults] == []
    return {name: number for name, number in found.counts.items() if name.startswith("grant")}


def test_a_key_takes_its_grants_with_it(lab: House) -> None:
    """When a key is deleted its grants are gone, those of other keys stay, and the vault checks out."""
    key, other = lab.new_key(), lab.new_key()
    for name in ("a", "b"):
        created(lab, key, Name=name, RetiringPrincipal=ALICE)
    kept = created(lab, other, Name="a", RetiringPrincipal=ALICE)
    token = created(lab, key)["GrantToken"]
    lab.call("ScheduleKeyDeletion", KeyId=key)
    assert len(lab.call("ListRetirableGrants", RetiringPrincipal=ALICE)["Grants"]) == 3
    lab.later(days=31)
    assert lab.refusal("RetireGrant", GrantToken=token)[0] == "NotFoundException"
    [left] = lab.call("ListRetirableGrants", RetiringPrincipal=ALICE)["Grants"]
    assert left["GrantId"] == kept["GrantId"]
    assert counted(lab) == {"grant": 1, "grant count": 1, "grant name": 1, "grantee": 1}


def full(lab: House, number: int) -> str:
    """A key with many grants, whose deletion is due."""
    key = lab.new_key()
    given = {"KeyId": key, "GranteePrincipal": ALICE, "Operations": ["Encrypt"], "RetiringPrincipal": ALICE}
    lab.group(*(("CreateGrant", {**given, "Name": str(one)}) for one in range(number)))
    lab.call("ScheduleKeyDeletion", KeyId=key)
    lab.later(days=31)
    return key


def test_many_grants_go_little_by_little(lab: House) -> None:
    """Each call removes so many grants of a key that is to be deleted; meanwhile the key and they are not there."""
    key = full(lab, 2 * REMOVED_AT_ONCE + 1)
    for left in (REMOVED_AT_ONCE + 1, 1):
        assert lab.call("ListRetirableGrants", RetiringPrincipal=ALICE)["Grants"] == []
        assert counted(lab)["grant"] == left
        assert "DeleteKey" not in {event["eventName"] for event in lab.events()}
    assert lab.call("ListKeys")["Keys"] == []
    assert counted(lab) == {}
    deletions = [event for event in lab.events() if event["eventName"] == "DeleteKey"]
    assert [event["resources"][0]["ARN"] for event in deletions] == [arn(key)]


def test_a_call_that_touches_a_key_waits_for_all_its_grants(lab: House) -> None:
    """A call on a key whose deletion is due finds it gone, with all its grants."""
    key = full(lab, 2 * REMOVED_AT_ONCE)
    assert lab.refusal("ListGrants", KeyId=key)[0] == "NotFoundException"
    assert counted(lab) == {}
