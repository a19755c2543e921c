import pytest

from tests.operations.house import ABSENT, OTHER_ACCOUNT, OTHER_REGION, START, House, alias_arn, arn, caller

CHANGES = ("CreateAlias", "UpdateAlias", "DeleteAlias")


def change(house: House, name: str, alias: str, key: str) -> tuple[str, str]:
    """How a change of an alias is refused."""
    if name == "DeleteAlias":
        return house.refusal(name, AliasName=alias)
    return house.refusal(name, AliasName=alias, TargetKeyId=key)


def test_an_aliass_life(house: House) -> None:
    """An alias is made, listed in full, moved with a new date and the old creation date, and deleted; keys stay."""
    first, second = house.new_key(), house.new_key()
    assert house.call("CreateAlias", AliasName="alias/app", TargetKeyId=first) == {}
    entry = {
        "AliasName": "alias/app",
        "AliasArn": alias_arn("alias/app"),
        "TargetKeyId": first,
        "CreationDate": START,
        "LastUpdatedDate": START,
    }
    assert house.aliases() == [entry]
    house.later(days=1)
    assert house.call("UpdateAlias", AliasName="alias/app", TargetKeyId=arn(second)) == {}
    moved = {**entry, "TargetKeyId": second, "LastUpdatedDate": START + 86_400}
    assert house.aliases() == [moved]
    assert house.call("ListAliases", KeyId=second)["Aliases"] == [moved]
    assert house.call("ListAliases", KeyId=first)["Aliases"] == []
    assert house.call("DeleteAlias", AliasName="alias/app") == {}
    assert house.aliases() == []
    assert house.state_of(first) == house.state_of(second) == "Enabled"


PREFIX = (
    'Alias must start with the prefix "alias/". Please see '
    "https://docs.aws.amazon.com/kms/latest/developerguide/kms-alias.html"
)
PATTERN = (
    "1 validation error detected: Value '{name}' at 'aliasName' failed to satisfy constraint: "
    "Member must satisfy regular expression pattern: ^[a-zA-Z0-9:/_-]+$"
)
LONG = (
    "1 validation error detected: Value '{name}' at 'aliasName' failed to satisfy constraint: "
    "Member must have length less than or equal to 256"
)
NAMES = {
    "app": ("ValidationException", PREFIX),
    "Alias/app": ("ValidationException", PREFIX),
    "alias:app": ("ValidationException", PREFIX),
    alias_arn("alias/app"): ("ValidationException", PREFIX),
    "alias/a:b": ("ValidationException", "alias/a:b contains invalid characters for an alias"),
    "alias/a b": ("ValidationException", PATTERN),
    "alias/a.b": ("ValidationException", PATTERN),
    "alias/ä": ("ValidationException", PATTERN),
    "alias/app\n": ("ValidationException", PATTERN),
    "alias/" + "a" * 251: ("ValidationException", LONG),
    "alias/aws/s3": ("NotAuthorizedException", ""),
}
"""The reference's 1.6."""


@pytest.mark.parametrize("name", CHANGES)
@pytest.mark.parametrize("alias", NAMES)
def test_a_name_that_no_alias_may_have(house: House, name: str, alias: str) -> None:
    """CreateAlias, UpdateAlias and DeleteAlias refuse a name before they look for anything."""
    code, message = NAMES[alias]
    assert change(house, name, alias, ABSENT) == (code, message.format(name=alias))


@pytest.mark.parametrize("alias", ["alias/a", "alias/aws", "alias/AWS/s3", "alias/a/b_c-D9", "alias/" + "a" * 250])
def test_a_name_that_an_alias_may_have(house: House, alias: str) -> None:
    """Letters, digits, slashes, underscores and hyphens make a name, of up to 256 characters with its prefix."""
    key = house.new_key()
    house.call("CreateAlias", AliasName=alias, TargetKeyId=key)
    assert house.call("DescribeKey", KeyId=alias)["KeyMetadata"]["KeyId"] == key


def test_an_alias_that_is_there_already(house: House) -> None:
    """A name is given once in an account and Region, and differs by case."""
    key = house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    exists = ("AlreadyExistsException", f"An alias with the name {alias_arn('alias/app')} already exists")
    for target in (key, house.new_key()):
        assert house.refusal("CreateAlias", AliasName="alias/app", TargetKeyId=target) == exists
    house.call("CreateAlias", AliasName="alias/App", TargetKeyId=key)
    for them in (caller(OTHER_ACCOUNT), caller(region=OTHER_REGION)):
        house.call("CreateAlias", them, AliasName="alias/app", TargetKeyId=house.new_key(them))


@pytest.mark.parametrize("name", ["UpdateAlias", "DeleteAlias"])
def test_an_alias_that_is_not_there(house: House, name: str) -> None:
    """UpdateAlias and DeleteAlias need their alias."""
    refusal = change(house, name, "alias/none", house.new_key())
    assert refusal == ("NotFoundException", f"Alias {alias_arn('alias/none')} is not found.")


def test_the_quota_of_aliases(house: House) -> None:
    """A key has up to 50 aliases, made or moved to it; moving one to where it is already is no 51st."""
    full, other = house.new_key(), house.new_key()
    outcomes = house.group(
        *(("CreateAlias", {"AliasName": f"alias/{number}", "TargetKeyId": full}) for number in range(50))
    )
    assert {outcome.error for outcome in outcomes} == {None}
    house.call("CreateAlias", AliasName="alias/other", TargetKeyId=other)
    assert house.refusal("CreateAlias", AliasName="alias/51", TargetKeyId=full)[0] == "LimitExceededException"
    assert house.refusal("UpdateAlias", AliasName="alias/other", TargetKeyId=full)[0] == "LimitExceededException"
    house.call("UpdateAlias", AliasName="alias/7", TargetKeyId=full)
    house.call("UpdateAlias", AliasName="alias/7", TargetKeyId=other)
    house.call("UpdateAlias", AliasName="alias/other", TargetKeyId=full)


def test_a_refused_move_counts_nothing(house: House) -> None:
    """An alias that cannot be moved to a full key still counts where it was."""
    first, second = house.new_key(), house.new_key()
    for key in (first, second):
        house.group(
            *(("CreateAlias", {"AliasName": f"alias/{key}/{number}", "TargetKeyId": key}) for number in range(50))
        )
    moved = {"AliasName": f"alias/{first}/0", "TargetKeyId": second}
    assert house.refusal("UpdateAlias", **moved)[0] == "LimitExceededException"
    assert house.refusal("CreateAlias", AliasName="alias/51", TargetKeyId=first)[0] == "LimitExceededException"


@pytest.mark.parametrize(
    ("before", "after", "allowed"),
    [
        ({}, {}, True),
        ({}, {"spec": "HMAC_256", "usage": "GENERATE_VERIFY_MAC"}, False),
        ({}, {"spec": "RSA_2048"}, False),
        ({"spec": "RSA_2048"}, {"spec": "RSA_4096"}, True),
        ({"spec": "RSA_2048"}, {"spec": "RSA_2048", "usage": "SIGN_VERIFY"}, False),
        ({"spec": "RSA_2048", "usage": "SIGN_VERIFY"}, {"spec": "ECC_NIST_P256", "usage": "SIGN_VERIFY"}, True),
    ],
)
def test_an_alias_moves_among_keys_of_a_kind(
    house: House, before: dict[str, str], after: dict[str, str], allowed: bool
) -> None:
    """An alias moves between keys of the same kind (symmetric, HMAC, asymmetric) and usage only."""
    old, new = house.new_key(), house.new_key()
    house.change_key(old, **before)
    house.change_key(new, **after)
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=old)
    result = house.result("UpdateAlias", AliasName="alias/app", TargetKeyId=new)
    assert (result == {}) is allowed
    assert (isinstance(result, tuple) and result[0] == "ValidationException") is not allowed
    [alias] = house.aliases()
    assert alias["TargetKeyId"] == (new if allowed else old)


def test_an_alias_leads_to_the_key_it_was_moved_to(house: House) -> None:
    """What was encrypted under an alias decrypts after the alias has moved; named by the alias it does not."""
    old, new = house.new_key(), house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=old)
    blob = house.call("Encrypt", KeyId="alias/app", Plaintext=b"x")["CiphertextBlob"]
    house.call("UpdateAlias", AliasName="alias/app", TargetKeyId=new)
    assert house.call("Decrypt", CiphertextBlob=blob)["KeyId"] == arn(old)
    assert house.refusal("Decrypt", CiphertextBlob=blob, KeyId="alias/app")[0] == "IncorrectKeyException"
    assert house.call("Encrypt", KeyId="alias/app", Plaintext=b"x")["KeyId"] == arn(new)
