from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from botocore.loaders import Loader

from kmscli.keys.check import inspect
from kmscli.keys.key import LAST_USE
from kmscli.vault.transaction import Transaction
from tests.operations.house import ABSENT, OTHER_ACCOUNT, OTHER_REGION, START, House, alias_arn, arn, caller
from tests.operations.stock import Stock
from tests.vault.ground import execute

MESSAGE = {"Message": b"hello"}
ECDSA = {"SigningAlgorithm": "ECDSA_SHA_256"}
MAC = {"MacAlgorithm": "HMAC_SHA_256"}
KEM = {"EncapsulationAlgorithm": "ML_KEM"}
ECDH = {"KeyAgreementAlgorithm": "ECDH"}

SYMMETRIC = ("SYMMETRIC_DEFAULT", "ENCRYPT_DECRYPT")
SIGNER = ("ECC_NIST_P256", "SIGN_VERIFY")
HMAC = ("HMAC_256", "GENERATE_VERIFY_MAC")
ENCAPSULATOR = ("ML_KEM_512", "ENCAPSULATE_DECAPSULATE")
AGREER = ("ECC_NIST_P256", "KEY_AGREEMENT")

Members = Callable[[Stock, str], dict[str, Any]]


def with_answer(name: str, member: str, members: dict[str, Any], as_member: str = "") -> Members:
    """The members of a call that needs what another one answers."""
    return lambda stock, key: {**members, as_member or member: stock.call(name, KeyId=key, **members)[member]}


def plain(**members: Any) -> Members:
    """The members of a call that needs no other."""
    return lambda _stock, _key: members


USES: dict[str, tuple[tuple[str, str], Members]] = {
    "Encrypt": (SYMMETRIC, plain(Plaintext=b"x")),
    "Decrypt": (SYMMETRIC, lambda stock, key: {"CiphertextBlob": stock.house.encrypted(key)}),
    "GenerateDataKey": (SYMMETRIC, plain(KeySpec="AES_256")),
    "GenerateDataKeyWithoutPlaintext": (SYMMETRIC, plain(KeySpec="AES_256")),
    "GenerateDataKeyPair": (SYMMETRIC, plain(KeyPairSpec="ECC_NIST_P256")),
    "GenerateDataKeyPairWithoutPlaintext": (SYMMETRIC, plain(KeyPairSpec="ECC_NIST_P256")),
    "Sign": (SIGNER, plain(**MESSAGE, **ECDSA)),
    "Verify": (SIGNER, with_answer("Sign", "Signature", {**MESSAGE, **ECDSA})),
    "GenerateMac": (HMAC, plain(**MESSAGE, **MAC)),
    "VerifyMac": (HMAC, with_answer("GenerateMac", "Mac", {**MESSAGE, **MAC})),
    "Encapsulate": (ENCAPSULATOR, plain(**KEM)),
    "Decapsulate": (ENCAPSULATOR, with_answer("Encapsulate", "SharedSecretCiphertextBlob", KEM)),
    "DeriveSharedSecret": (AGREER, lambda stock, key: {**ECDH, "PublicKey": stock.public_key(key)}),
}
"""Each cryptographic operation of one key: a key that it uses, and the members that it needs besides."""


def last_use(house: House, key: str) -> dict[str, Any]:
    """A key's last use."""
    used: dict[str, Any] = house.call("GetKeyLastUsage", KeyId=key)["KeyLastUsage"]
    return used


def ids_of_last_event(house: House) -> tuple[str, str]:
    """The ids of the newest event and of its request."""
    event = house.event()
    return event["eventID"], event["requestID"]


def test_the_uses_are_those_of_the_model() -> None:
    """Every operation that AWS tracks is in the table above, ReEncrypt aside, which has two keys."""
    shapes = Loader().load_service_model("kms", "service-2")["shapes"]
    assert {*USES, "ReEncrypt"} == set(shapes["KeyLastUsageTrackingOperation"]["enum"])


@pytest.mark.parametrize("name", USES)
def test_a_use_is_noted(stock: Stock, name: str) -> None:
    """After each cryptographic operation the key's last use is that one, with its time, its event and its request."""
    (spec, usage), members = USES[name]
    key = stock.key(spec, usage)
    needed = members(stock, key)
    stock.house.later(seconds=7.25)
    stock.call(name, KeyId=key, **needed)
    event, request = ids_of_last_event(stock.house)
    assert last_use(stock.house, key) == {
        "Operation": name,
        "Timestamp": stock.house.now,
        "CloudTrailEventId": event,
        "KmsRequestId": request,
    }


@pytest.mark.parametrize("name", USES)
def test_a_dry_run_is_no_use(stock: Stock, name: str) -> None:
    """What only would have succeeded leaves the last use as it was."""
    (spec, usage), members = USES[name]
    key = stock.key(spec, usage)
    needed = members(stock, key)
    before = last_use(stock.house, key)
    assert stock.refusal(name, KeyId=key, DryRun=True, **needed)[0] == "DryRunOperationException"
    assert last_use(stock.house, key) == before


def test_a_key_that_was_never_used(house: House) -> None:
    """Without a use there is an empty object; uses are noted from the key's creation on."""
    key = house.new_key()
    house.later(days=2)
    unused = {"KeyId": arn(key), "KeyLastUsage": {}, "TrackingStartDate": START, "KeyCreationDate": START}
    assert house.call("GetKeyLastUsage", KeyId=arn(key)) == unused


def test_what_is_no_use(house: House) -> None:
    """Looking at a key, changing it, and calls that fail are no uses."""
    key, other = house.new_key(), house.new_key()
    signer = house.new_key(KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")
    blob = house.encrypted(other)
    house.call("DescribeKey", KeyId=key)
    house.call("RotateKeyOnDemand", KeyId=key)
    house.call("GetPublicKey", KeyId=signer)
    house.refusal("Sign", KeyId=key, **MESSAGE, **ECDSA)
    house.refusal("Verify", KeyId=signer, Signature=b"none", **MESSAGE, **ECDSA)
    house.refusal("Decrypt", KeyId=key, CiphertextBlob=blob)
    house.call("DisableKey", KeyId=key)
    house.refusal("Encrypt", KeyId=key, Plaintext=b"x")
    assert last_use(house, key) == last_use(house, signer) == {}
    assert last_use(house, other)["Operation"] == "Encrypt"


def test_re_encrypt_uses_two_keys(house: House) -> None:
    """ReEncrypt is the last use of the key that decrypts and of the one that encrypts, by one event."""
    source, destination = house.new_key(), house.new_key()
    house.call("ReEncrypt", CiphertextBlob=house.encrypted(source), DestinationKeyId=destination)
    event, _ = ids_of_last_event(house)
    for key in (source, destination):
        used = last_use(house, key)
        assert (used["Operation"], used["CloudTrailEventId"]) == ("ReEncrypt", event)
    house.refusal("ReEncrypt", CiphertextBlob=house.encrypted(source), DestinationKeyId=destination, DryRun=True)
    assert last_use(house, source)["Operation"] == "Encrypt"
    assert last_use(house, destination)["CloudTrailEventId"] == event


def test_a_replica_has_uses_of_its_own(house: House) -> None:
    """A multi-Region key's replica decrypts what its primary encrypted; each shows its own last use."""
    key = house.new_key(MultiRegion=True)
    there = caller(region=OTHER_REGION)
    house.call("ReplicateKey", KeyId=key, ReplicaRegion=OTHER_REGION)
    blob = house.encrypted(key)
    assert house.call("GetKeyLastUsage", there, KeyId=key)["KeyLastUsage"] == {}
    house.call("Decrypt", there, CiphertextBlob=blob)
    assert house.call("GetKeyLastUsage", there, KeyId=key)["KeyLastUsage"]["Operation"] == "Decrypt"
    assert last_use(house, key)["Operation"] == "Encrypt"


def test_uses_in_a_group(house: House) -> None:
    """In a group each call sees the uses before it, a refused call takes back none but its own, and the last stays."""
    key, other = house.new_key(), house.new_key()
    outcomes = house.group(
        ("Encrypt", {"KeyId": key, "Plaintext": b"x"}),
        ("GetKeyLastUsage", {"KeyId": key}),
        ("GenerateDataKey", {"KeyId": key, "KeySpec": "AES_256"}),
        ("Encrypt", {"KeyId": other, "Plaintext": b"x", "DryRun": True}),
        ("Encrypt", {"KeyId": key, "Plaintext": b"x", "DryRun": True}),
    )
    [seen] = [outcome.response.members({}) for outcome in outcomes[1:2] if outcome.response]
    assert seen["KeyLastUsage"]["Operation"] == "Encrypt"
    names = {event["eventID"]: event["eventName"] for event in house.events()}
    assert last_use(house, other) == {}
    used = last_use(house, key)
    assert used["Operation"] == names[used["CloudTrailEventId"]] == "GenerateDataKey"


@pytest.mark.parametrize("state", ["Disabled", "PendingDeletion", "PendingImport", "Unavailable"])
def test_a_last_use_is_shown_in_every_state(house: House, state: str) -> None:
    """The last use is shown whatever became of the key since."""
    key = house.new_key()
    house.encrypted(key)
    house.change_key(key, state=state)
    assert last_use(house, key)["Operation"] == "Encrypt"


def test_whose_key_is_shown(house: House) -> None:
    """A key is named by its id or ARN, and is the caller's own."""
    key = house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=key)
    assert house.refusal("GetKeyLastUsage", KeyId="alias/app") == ("NotFoundException", "Invalid keyId alias/app")
    assert house.refusal("GetKeyLastUsage", KeyId=alias_arn("alias/app"))[0] == "InvalidArnException"
    assert house.refusal("GetKeyLastUsage", KeyId=ABSENT)[0] == "NotFoundException"
    them = caller(OTHER_ACCOUNT)
    assert house.refusal("GetKeyLastUsage", them, KeyId=arn(key))[0] == "AccessDeniedException"


def rows(house: House) -> dict[str, int]:
    """How many rows of each kind the vault holds, by its check, which finds no fault."""
    found = inspect(house.engine.vault)
    assert found.faults == []
    return found.counts


def test_nothing_grows_with_uses(house: House) -> None:
    """A used key has one row for its last use, however often it is used, and none once it is deleted."""
    key = house.new_key()
    assert "last use" not in rows(house)
    for _ in range(3):
        house.encrypted(key)
    assert rows(house)["last use"] == 1
    house.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
    house.later(days=7)
    assert house.refusal("GetKeyLastUsage", KeyId=key)[0] == "NotFoundException"
    assert "last use" not in rows(house)


def test_a_lost_last_use_is_found(house: House) -> None:
    """A row that was dropped from the file is named by the check, with its key."""
    key = house.new_key()
    house.encrypted(key)
    transaction = house.transaction()
    address = transaction.address(LAST_USE, f"{house.caller.account} {house.caller.region}", key)
    transaction.close()
    execute(house.path, "DELETE FROM rows WHERE kind = ? AND partition = ? AND id = ?", *address)
    [fault] = inspect(house.engine.vault).faults
    assert arn(key) in str(fault)


def use_often(path: Path, key: str) -> int:
    """Use a key, a commit each. Returns how many commits were tried."""
    house, tried = House(path), []
    commit = house.engine.vault.commit

    def counted(*arguments: Any, **options: Any) -> Any:
        tried.append(arguments)
        return commit(*arguments, **options)

    house.engine.vault.commit = counted  # type: ignore[method-assign]
    for _ in range(20):
        house.encrypted(key)
    house.close()
    return len(tried)


def test_many_uses_at_once_are_no_conflict(house: House) -> None:
    """Engines that use one key at the same time, a thread each, never repeat a call."""
    key = house.new_key()
    with ThreadPoolExecutor(3) as pool:
        tries = [pool.submit(use_often, house.path, key) for _ in range(3)]
    assert [one.result() for one in tries] == [20, 20, 20]
    names = {event["eventID"]: event["eventName"] for event in house.events()}
    assert list(names.values()).count("Encrypt") == 60
    assert names[last_use(house, key)["CloudTrailEventId"]] == "Encrypt"


def test_parallel_uses_are_no_conflict(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of two engines that use one key at the same moment none repeats its call, and the later commit's use stays."""
    key, other = house.new_key(), House(house.path)
    commit, attempts = house.engine.vault.commit, []

    def interrupted(transaction: Transaction, *arguments: Any, **options: Any) -> Any:
        transaction.close()
        attempts.append(other.call("GenerateDataKey", KeyId=key, KeySpec="AES_256"))
        return commit(transaction, *arguments, **options)

    monkeypatch.setattr(house.engine.vault, "commit", interrupted)
    house.call("Encrypt", KeyId=key, Plaintext=b"x")
    assert len(attempts) == 1
    assert last_use(other, key)["Operation"] == "Encrypt"
    assert rows(other)["last use"] == 1
    other.close()
