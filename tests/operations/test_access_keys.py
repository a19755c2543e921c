import re
from base64 import b64decode

import pytest

from kmscli.identities.access_keys import find_access_key, secret_of
from kmscli.identities.finding import principal_of_access_key
from tests.operations.house import START, House
from tests.operations.identities import BEYOND, CONFLICT, MISSING, arn_of, new_user


def test_the_life_of_an_access_key(house: House) -> None:
    """A key is made with a secret that is shown once, listed, switched off and on, and deleted; two are the most."""
    new_user(house, "Bob")
    made = house.call("iam:CreateAccessKey", UserName="bob")["AccessKey"]
    secret, key = made.pop("SecretAccessKey"), made["AccessKeyId"]
    assert re.fullmatch("AKIA[A-Z2-7]{16}", key)
    assert (len(secret), len(b64decode(secret, validate=True))) == (40, 30)
    assert made == {"UserName": "Bob", "AccessKeyId": key, "Status": "Active", "CreateDate": START}
    other = house.call("iam:CreateAccessKey", UserName="bob")["AccessKey"]["AccessKeyId"]
    full = (BEYOND, "Cannot exceed quota for AccessKeysPerUser: 2")
    assert house.refusal("iam:CreateAccessKey", UserName="bob") == full
    house.call("iam:UpdateAccessKey", UserName="bob", AccessKeyId=key, Status="Inactive")
    listed = house.call("iam:ListAccessKeys", UserName="bob")
    assert [entry["AccessKeyId"] for entry in listed["AccessKeyMetadata"]] == [key, other]
    assert listed["AccessKeyMetadata"][0] == made | {"Status": "Inactive"}
    conflict = (CONFLICT, "Cannot delete entity, must delete access keys first.")
    assert house.refusal("iam:DeleteUser", UserName="bob") == conflict
    for each in (key, other):
        house.call("iam:DeleteAccessKey", UserName="bob", AccessKeyId=each)
    assert house.call("iam:ListAccessKeys", UserName="bob")["AccessKeyMetadata"] == []
    house.call("iam:DeleteUser", UserName="bob")


@pytest.mark.parametrize(("operation", "members"), [("UpdateAccessKey", {"Status": "Active"}), ("DeleteAccessKey", {})])
def test_a_key_of_somebody_else(house: House, operation: str, members: dict[str, str]) -> None:
    """A key that is not there and one of another user are the same."""
    new_user(house)
    new_user(house, "eve")
    key = house.call("iam:CreateAccessKey", UserName="eve")["AccessKey"]["AccessKeyId"]
    for each in (key, "AKIAIOSFODNN7EXAMPLE"):
        none = (MISSING, f"The Access Key with id {each} cannot be found.")
        assert house.refusal(f"iam:{operation}", UserName="bob", AccessKeyId=each, **members) == none


def test_a_key_does_not_expire_by_hand(house: House) -> None:
    """Of the three states that the model has a key can be set to two."""
    new_user(house)
    key = house.call("iam:CreateAccessKey", UserName="bob")["AccessKey"]["AccessKeyId"]
    given = {"UserName": "bob", "AccessKeyId": key, "Status": "Expired"}
    refused = ("InvalidInput", "The status of an access key cannot be set to Expired.")
    assert house.refusal("iam:UpdateAccessKey", **given) == refused


@pytest.mark.parametrize("operation", ["CreateAccessKey", "ListAccessKeys"])
def test_the_root_user_names_one(house: House, operation: str) -> None:
    """Without a name the keys are those of the user who calls, and the root user is none."""
    refused = ("ValidationError", "Must specify userName when calling with non-User credentials")
    assert house.refusal(f"iam:{operation}") == refused


def test_the_secret_stays_secret(house: House) -> None:
    """A secret is in no event, in no repr, in no byte of the vault; it is found for who has the key's id."""
    new_user(house)
    response = house.engine.call(house.caller, "iam:CreateAccessKey", {"UserName": "bob"})
    assert response
    made = response.members({})["AccessKey"]
    secret, key = made["SecretAccessKey"], made["AccessKeyId"]
    assert secret not in repr(response)
    assert secret not in repr(vars(response)["access_key"])
    shown = {"userName": "bob", "accessKeyId": key, "status": "Active", "createDate": "Jan 5, 2026, 9:00:00 AM"}
    assert house.event()["responseElements"] == {"accessKey": shown}
    stored = b"".join(path.read_bytes() for path in house.path.parent.rglob("*") if path.is_file())
    assert secret.encode() not in stored
    transaction = house.transaction()
    found = find_access_key(transaction, key)
    assert found
    assert secret not in repr(vars(found))
    assert secret_of(transaction, found) == secret
    transaction.close()


def test_whose_a_key_is(house: House) -> None:
    """An active key leads to its user from its id alone; one that is switched off, deleted or never was to nobody."""
    new_user(house, Path="/x/")
    key = house.call("iam:CreateAccessKey", UserName="bob")["AccessKey"]["AccessKeyId"]

    def user() -> str | None:
        transaction = house.transaction()
        found = principal_of_access_key(transaction, key)
        nobody = principal_of_access_key(transaction, key[:-1] + "ä")
        transaction.close()
        assert nobody is None
        return found.arn if found else None

    assert user() == arn_of("user", "x/bob")
    house.call("iam:UpdateAccessKey", UserName="bob", AccessKeyId=key, Status="Inactive")
    assert user() is None
    house.call("iam:UpdateAccessKey", UserName="bob", AccessKeyId=key, Status="Active")
    assert user() == arn_of("user", "x/bob")
    house.call("iam:DeleteAccessKey", UserName="bob", AccessKeyId=key)
    assert user() is None
