from typing import Any

import pytest

from tests.operations.house import (
    ABSENT,
    ACCOUNT,
    ANYONE,
    OTHER_ACCOUNT,
    OTHER_REGION,
    REGION,
    House,
    alias_arn,
    arn,
    caller,
)

ALIASES_TAKEN: dict[str, dict[str, Any]] = {
    "DescribeKey": {},
    "Encrypt": {"Plaintext": b"x"},
    "Decrypt": {},
    "GenerateDataKey": {"KeySpec": "AES_256"},
    "GenerateDataKeyWithoutPlaintext": {"KeySpec": "AES_256"},
    "ReEncrypt": {},
}
"""The reference's class A (1.2), with what each needs besides a key."""

ALIASES_REFUSED: dict[str, dict[str, Any]] = {
    "CancelKeyDeletion": {},
    "CreateAlias": {"AliasName": "alias/new"},
    "DisableKey": {},
    "DisableKeyRotation": {},
    "EnableKey": {},
    "EnableKeyRotation": {},
    "GetKeyLastUsage": {},
    "GetKeyPolicy": {},
    "GetKeyRotationStatus": {},
    "ListAliases": {},
    "ListKeyPolicies": {},
    "ListKeyRotations": {},
    "ListResourceTags": {},
    "PutKeyPolicy": {"Policy": ANYONE},
    "RotateKeyOnDemand": {},
    "ScheduleKeyDeletion": {},
    "TagResource": {"Tags": []},
    "UntagResource": {"TagKeys": []},
    "UpdateAlias": {"AliasName": "alias/app"},
    "UpdateKeyDescription": {"Description": ""},
}
"""The reference's class B."""

EVERY = {**ALIASES_TAKEN, **ALIASES_REFUSED}


def naming(house: House, name: str, text: str, key: str) -> dict[str, Any]:
    """A request that names a key by a text; `key` is there, for what else it needs."""
    if name == "Decrypt":
        blob = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        return {"KeyId": text, "CiphertextBlob": blob}
    if name == "ReEncrypt":
        blob = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
        return {"SourceKeyId": text, "DestinationKeyId": text, "CiphertextBlob": blob}
    member = "TargetKeyId" if name in ("CreateAlias", "UpdateAlias") else "KeyId"
    return {member: text, **EVERY[name]}


@pytest.fixture
def key(house: House) -> str:
    """A key with the alias `alias/app`."""
    made = house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=made)
    return made


@pytest.mark.parametrize("name", EVERY)
def test_a_key_is_named_by_id_and_arn(house: House, key: str, name: str) -> None:
    """Every operation takes a key's id and its ARN, and either leads to the same key."""
    if name == "CancelKeyDeletion":
        house.change_key(key, state="PendingDeletion", deletion=house.now + 900_000)
    for text in (key, arn(key)):
        house.call(name, **naming(house, name, text, key))
        assert arn(key) in [resource["ARN"] for resource in house.event()["resources"]] or name == "ReEncrypt"
        if name in ("CreateAlias", "CancelKeyDeletion", "ScheduleKeyDeletion"):
            return


@pytest.mark.parametrize("name", ALIASES_TAKEN)
def test_an_alias_names_a_key_where_aliases_are_taken(house: House, key: str, name: str) -> None:
    """Class A takes an alias's name and its ARN, and answers with the key's ARN."""
    for text in ("alias/app", alias_arn("alias/app")):
        answer = house.call(name, **naming(house, name, text, key))
        assert answer.get("KeyMetadata", {}).get("Arn") or answer["KeyId"] == arn(key)


@pytest.mark.parametrize("name", ALIASES_REFUSED)
def test_an_alias_names_no_key_where_aliases_are_refused(house: House, key: str, name: str) -> None:
    """Class B refuses an alias's name as an invalid key id, and its ARN as an alias."""
    refusal = house.refusal(name, **naming(house, name, "alias/app", key))
    assert refusal == ("NotFoundException", "Invalid keyId alias/app")
    refusal = house.refusal(name, **naming(house, name, alias_arn("alias/app"), key))
    assert refusal == ("InvalidArnException", "Key Aliases are not supported for this operation.")


MRK = "mrk-" + "0123456789abcdef" * 2
HIDDEN = (
    "because the resource does not exist in this Region, no resource-based policies allow access, "
    "or a resource-based policy explicitly denies access"
)


def denied(name: str, text: str) -> tuple[str, str]:
    """How another account's key is refused, whether or not it is there."""
    action = "ReEncryptFrom" if name == "ReEncrypt" else name
    user = f"User: arn:aws:iam::{ACCOUNT}:root is not authorized to perform: kms:{action} on resource: {text}"
    return "AccessDeniedException", f"{user} {HIDDEN}"


REFUSALS: dict[str, tuple[str, str]] = {
    ABSENT: ("NotFoundException", f"Key '{arn(ABSENT)}' does not exist"),
    arn(ABSENT): ("NotFoundException", f"Key '{arn(ABSENT)}' does not exist"),
    MRK: ("NotFoundException", f"Key '{arn(MRK)}' does not exist"),
    arn(MRK): ("NotFoundException", f"Key '{arn(MRK)}' does not exist"),
    arn(ABSENT, region=OTHER_REGION): ("NotFoundException", f"Invalid arn {OTHER_REGION}"),
    "garbage": ("NotFoundException", "Invalid keyId garbage"),
    "mrk-1234": ("NotFoundException", "Invalid keyId mrk-1234"),
    f"{ABSENT}0": ("NotFoundException", f"Invalid keyId {ABSENT}0"),
    "Alias/app": ("NotFoundException", "Invalid keyId Alias/app"),
    arn("garbage"): ("NotFoundException", "Invalid keyId garbage"),
    arn("alias/app"): ("NotFoundException", "Invalid keyId alias/app"),
    "arn:aws:kms": ("NotFoundException", "Invalid arn"),
    f"arn:aws:kms:{REGION}:{ACCOUNT}:grant/{ABSENT}": ("NotFoundException", "Invalid arn"),
    f"arn:aws:s3:{REGION}:{ACCOUNT}:key/{ABSENT}": ("NotFoundException", "Invalid arn"),
    f"arn:aws-cn:kms:{REGION}:{ACCOUNT}:key/{ABSENT}": ("NotFoundException", "Invalid arn"),
    f"arn:aws:kms:{REGION}:12:key/{ABSENT}": ("NotFoundException", "Invalid arn"),
}
"""The reference's 1.5: what leads nowhere, and what is said."""


@pytest.mark.parametrize("text", REFUSALS)
@pytest.mark.parametrize("name", ["Encrypt", "DisableKey", "CreateAlias"])
def test_a_name_that_leads_nowhere_is_refused(house: House, key: str, name: str, text: str) -> None:
    """A name that is none, or names nothing, is refused in AWS's words, in class A and class B alike."""
    assert house.refusal(name, **naming(house, name, text, key)) == REFUSALS[text]


@pytest.mark.parametrize("name", EVERY)
def test_every_operation_refuses_a_key_that_is_not_there(house: House, key: str, name: str) -> None:
    """No operation goes on without its key."""
    assert house.refusal(name, **naming(house, name, ABSENT, key)) == REFUSALS[ABSENT]
    assert house.event()["resources"] in ([], [resource(alias_arn("alias/app"))])


def resource(named: str) -> dict[str, str]:
    """An entry of an event's resources."""
    return {"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": named}


@pytest.mark.parametrize("name", ALIASES_TAKEN)
@pytest.mark.parametrize("text", ["alias/none", alias_arn("alias/none"), "alias/App", "alias/", "alias/\ud800"])
def test_an_alias_that_is_not_there_is_not_found(house: House, key: str, name: str, text: str) -> None:
    """An unknown alias is named in full; names are case sensitive."""
    full = alias_arn(text.removeprefix(alias_arn("")))
    assert house.refusal(name, **naming(house, name, text, key)) == ("NotFoundException", f"Alias {full} is not found.")


@pytest.mark.parametrize("name", EVERY)
def test_another_accounts_key_answers_the_same_there_or_not(house: House, key: str, name: str) -> None:
    """A foreign key is denied in AWS's words, and neither the answer nor the event shows whether it is there."""
    theirs = house.new_key(caller(OTHER_ACCOUNT))
    for one in (theirs, ABSENT):
        text = arn(one, OTHER_ACCOUNT)
        assert house.refusal(name, **naming(house, name, text, key)) == denied(name, text)
        shown = str(house.event())
        assert shown.count(theirs) == (0 if one == ABSENT else shown.count(one))
        assert arn(one, OTHER_ACCOUNT) not in str(house.event()["resources"])


@pytest.mark.parametrize("name", ALIASES_TAKEN)
def test_another_accounts_alias_answers_the_same_there_or_not(house: House, key: str, name: str) -> None:
    """A foreign alias is denied by the name it was given, and its key's id shows nowhere."""
    them = caller(OTHER_ACCOUNT)
    theirs = house.new_key(them)
    house.call("CreateAlias", them, AliasName="alias/theirs", TargetKeyId=theirs)
    for alias in ("alias/theirs", "alias/none"):
        text = alias_arn(alias, OTHER_ACCOUNT)
        assert house.refusal(name, **naming(house, name, text, key)) == denied(name, text)
        assert theirs not in str(house.event())


def test_another_accounts_alias_does_not_show_when_something_else_fails(house: House, key: str) -> None:
    """A call that fails before the decision leaves no trace of a foreign alias's key."""
    them = caller(OTHER_ACCOUNT)
    theirs = house.new_key(them)
    house.call("CreateAlias", them, AliasName="alias/theirs", TargetKeyId=theirs)
    blob = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    source = alias_arn("alias/theirs", OTHER_ACCOUNT)
    house.refusal("ReEncrypt", SourceKeyId=source, DestinationKeyId=ABSENT, CiphertextBlob=blob)
    assert theirs not in str(house.event())


def test_a_key_id_belongs_to_the_callers_account_and_region(house: House, key: str) -> None:
    """An id of another account or Region names nothing there."""
    for them in (caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)):
        expected = f"Key '{arn(key, them.account, them.region)}' does not exist"
        assert house.refusal("DescribeKey", them, KeyId=key) == ("NotFoundException", expected)


def test_a_key_id_is_found_in_capitals(house: House, key: str) -> None:
    """A key id in capital letters is the same key, and is shown as it is."""
    assert house.call("DescribeKey", KeyId=key.upper())["KeyMetadata"]["KeyId"] == key
    assert house.event()["resources"] == [resource(arn(key))]


def test_a_person_learns_where_else_the_key_is(house: House, key: str) -> None:
    """A NotFound has a mend that names the Region of the key, which is no part of the message."""
    from kmscli.errors import NotFoundException

    with pytest.raises(NotFoundException) as caught:
        house.call("DescribeKey", caller(region=OTHER_REGION), KeyId=key)
    assert REGION in caught.value.mend
    assert f"{REGION}: use" not in caught.value.message


@pytest.mark.parametrize(("region", "partition"), [("cn-north-1", "aws-cn"), ("us-gov-west-1", "aws-us-gov")])
def test_a_partition_shows_in_every_arn(house: House, region: str, partition: str) -> None:
    """Keys, aliases and the default policy's principal have the Region's partition."""
    there = caller(region=region)
    key = house.call("CreateKey", there)["KeyMetadata"]
    assert key["Arn"] == f"arn:{partition}:kms:{region}:{ACCOUNT}:key/{key['KeyId']}"
    house.call("CreateAlias", there, AliasName="alias/app", TargetKeyId=key["Arn"])
    [alias] = house.aliases(there)
    assert alias["AliasArn"] == f"arn:{partition}:kms:{region}:{ACCOUNT}:alias/app"
    assert f"arn:{partition}:iam::{ACCOUNT}:root" in house.call("GetKeyPolicy", there, KeyId=key["Arn"])["Policy"]
