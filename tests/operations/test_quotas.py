from typing import Any

import pytest

from kmscli.keys.check import inspect
from kmscli.keys.grants import GRANT_COUNT
from kmscli.keys.key import KEYS_QUOTA
from kmscli.keys.quotas import HOME, QUOTAS, SETTINGS, quotas_of, set_quotas
from kmscli.vault.transaction import Transaction
from tests.operations.house import ACCOUNT, OTHER_REGION, REGION, House, arn, caller, code_of
from tests.operations.key_stores import external
from tests.vault.ground import execute

SCOPE = f"{ACCOUNT} {REGION}"
GRANT: dict[str, Any] = {"GranteePrincipal": f"arn:aws:iam::{ACCOUNT}:root", "Operations": ["Decrypt"]}


def raise_quotas(house: House, **quotas: int) -> None:
    """Set quotas, by their names with underscores."""
    transaction = house.transaction()
    set_quotas(transaction, quotas_of(transaction) | {name.replace("_", "-"): it for name, it in quotas.items()})
    house.commit(transaction)


def test_the_defaults_are_those_of_the_reference(house: House) -> None:
    """Quotas are the reference's (15) as long as nobody has raised them."""
    transaction = house.transaction()
    assert quotas_of(transaction) == {
        "keys": 100_000,
        "aliases-per-key": 50,
        "grants-per-key": 50_000,
        "custom-key-stores": 10,
    }
    transaction.close()
    assert all(quota.default < quota.most for quota in QUOTAS.values())


def test_a_raised_quota_of_keys(house: House) -> None:
    """There are as many keys as the vault's settings say, in each account and Region."""
    raise_quotas(house, keys=KEYS_QUOTA + 1)
    transaction = house.transaction()
    transaction.count(SCOPE, "keys", KEYS_QUOTA)
    transaction.count(f"{ACCOUNT} {OTHER_REGION}", "keys", KEYS_QUOTA)
    house.commit(transaction)
    reached = f"You have reached the quota of {KEYS_QUOTA + 1} KMS keys in this account and Region."
    for them in (caller(), caller(region=OTHER_REGION)):
        house.new_key(them)
        assert house.refusal("CreateKey", them) == ("LimitExceededException", reached)


def test_a_raised_quota_of_aliases(house: House) -> None:
    """A key has as many aliases as the settings say, up to the most that they can say, and is deleted with all."""
    raise_quotas(house, aliases_per_key=QUOTAS["aliases-per-key"].most)
    key = house.new_key()
    house.group(*(("CreateAlias", {"AliasName": f"alias/{number}", "TargetKeyId": key}) for number in range(1000)))
    reached = f"{arn(key)} has reached the quota of 1000 aliases."
    refusal = house.refusal("CreateAlias", AliasName="alias/more", TargetKeyId=key)
    assert refusal == ("LimitExceededException", reached)
    house.call("DeleteAlias", AliasName="alias/0")
    house.call("CreateAlias", AliasName="alias/more", TargetKeyId=key)
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    house.later(days=7)
    assert house.aliases() == []
    assert house.refusal("DescribeKey", KeyId="alias/999")[0] == "NotFoundException"
    assert inspect(house.engine.vault).faults == []


def test_a_raised_quota_of_grants(house: House) -> None:
    """A key has as many grants as the settings say."""
    raise_quotas(house, grants_per_key=50_001)
    key = house.new_key()
    transaction = house.transaction()
    transaction.put(GRANT_COUNT, SCOPE, key, 50_000)
    house.commit(transaction)
    house.call("CreateGrant", KeyId=key, **GRANT)
    reached = f"{arn(key)} has reached the quota of 50001 grants."
    assert house.refusal("CreateGrant", KeyId=key, **GRANT) == ("LimitExceededException", reached)


def test_a_raised_quota_of_custom_key_stores(house: House) -> None:
    """There are as many custom key stores as the settings say, and the names and addresses of all are looked at."""
    most = QUOTAS["custom-key-stores"].most
    raise_quotas(house, custom_key_stores=most)
    outcomes = house.group(*(("CreateCustomKeyStore", external(str(number))) for number in range(most)))
    assert {code_of(outcome) for outcome in outcomes} == {""}
    reached = f"You have reached the quota of {most} custom key stores in this account and Region."
    assert house.refusal("CreateCustomKeyStore", **external("more")) == ("LimitExceededException", reached)
    for number in range(most):
        again = external(str(number)) | {"XksProxyUriPath": "/other/kms/xks/v1"}
        assert house.refusal("CreateCustomKeyStore", **again)[0] == "CustomKeyStoreNameInUseException"


def test_settings_are_not_read_before_a_default_is_reached(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """A call that is far from a quota does not look at the settings; one that would go beyond it does."""
    transaction = house.transaction()
    settings = transaction.address(SETTINGS, *HOME)
    transaction.close()
    read: list[bool] = []
    commit = house.engine.vault.commit

    def noticed(transaction: Transaction, *arguments: Any, **options: Any) -> Any:
        read.append(settings in transaction.read)
        return commit(transaction, *arguments, **options)

    monkeypatch.setattr(house.engine.vault, "commit", noticed)
    key = house.new_key()
    for number in range(50):
        house.call("CreateAlias", AliasName=f"alias/{number}", TargetKeyId=key)
    house.call("CreateGrant", KeyId=key, **GRANT)
    assert set(read) == {False}
    house.refusal("CreateAlias", AliasName="alias/more", TargetKeyId=key)
    assert read[-1] is True


def test_lost_settings_are_found(house: House) -> None:
    """The vault's check tells when the row of the settings was dropped."""
    raise_quotas(house, keys=200_000)
    assert inspect(house.engine.vault).counts["quotas"] == 1
    execute(house.path, "DELETE FROM rows WHERE kind = ?", SETTINGS.number)
    assert ["quotas" in str(fault) for fault in inspect(house.engine.vault).faults] == [True]
