import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from kmscli.trail.log import follow
from kmscli.vault.transaction import Transaction
from tests.operations.house import House, arn, caller

TIMES = 12


def tag_often(path: Path, key: str, writer: str) -> int:
    """Tag a key, a commit each. Returns how many were acknowledged."""
    house = House(path)
    for number in range(TIMES):
        house.call("TagResource", KeyId=key, Tags=[{"TagKey": f"{writer} {number}", "TagValue": ""}])
        follow(house.engine.vault, house.engine.committed)
    house.close()
    return TIMES


def create_often(path: Path) -> int:
    """Make keys, a commit each."""
    house = House(path)
    for _ in range(TIMES):
        house.call("CreateKey")
    house.close()
    return TIMES


def check_tags(house: House, key: str, writers: int) -> None:
    """Every tag of every writer is there, with its event, in one unbroken chain."""
    assert len(house.call("ListResourceTags", KeyId=key)["Tags"]) == writers * TIMES
    names = [event["eventName"] for event in house.events()]
    assert names.count("TagResource") == writers * TIMES


def test_threads_lose_nothing(house: House) -> None:
    """Three engines that change the same row at once, a thread each, lose no change and no event."""
    key = house.new_key()
    with ThreadPoolExecutor(3) as pool:
        done = [pool.submit(tag_often, house.path, key, f"writer {number}") for number in range(3)]
    assert sum(one.result() for one in done) == 3 * TIMES
    check_tags(house, key, 3)


def test_processes_lose_nothing(house: House) -> None:
    """Two processes that change the same row at once lose no change and no event; counters count all."""
    key = house.new_key()
    with ProcessPoolExecutor(2, multiprocessing.get_context("spawn")) as pool:
        done = [pool.submit(tag_often, house.path, key, f"writer {number}") for number in range(2)]
        done += [pool.submit(create_often, house.path) for _ in range(2)]
        assert sum(one.result() for one in done) == 4 * TIMES
    check_tags(house, key, 2)
    assert len(house.call("ListKeys")["Keys"]) == 1 + 2 * TIMES
    transaction = house.transaction()
    assert transaction.tally(f"{house.caller.account} {house.caller.region}", "keys") == 1 + 2 * TIMES
    transaction.close()


class Interrupted:
    """A house in which another engine acts in the middle of a call: when it has computed, before it commits."""

    def __init__(self, house: House, monkeypatch: pytest.MonkeyPatch) -> None:
        self.house = house
        self.other = House(house.path)
        self.acts: list[Callable[[], Any]] = []
        self.commit = house.engine.vault.commit
        monkeypatch.setattr(house.engine.vault, "commit", self.interrupted_commit)

    def interrupted_commit(self, transaction: Transaction, *arguments: Any, **options: Any) -> Any:
        """The vault's own commit, after the other engine's act."""
        if self.acts:
            transaction.close()
            self.acts.pop()()
        return self.commit(transaction, *arguments, **options)

    def during(self, act: Callable[[], Any]) -> None:
        """Let the other engine act in the next call."""
        self.acts = [act]


@pytest.fixture
def interrupted(house: House, monkeypatch: pytest.MonkeyPatch) -> Iterator[Interrupted]:
    """A house whose calls can be interrupted."""
    interrupted = Interrupted(house, monkeypatch)
    yield interrupted
    assert interrupted.acts == []
    interrupted.other.close()


def test_a_change_in_between_is_seen(interrupted: Interrupted) -> None:
    """A call whose row has changed since it read it is done again with the new one."""
    house, other = interrupted.house, interrupted.other
    key = house.new_key()
    other_tag = {"KeyId": key, "Tags": [{"TagKey": "other", "TagValue": ""}]}
    interrupted.during(lambda: other.call("TagResource", **other_tag))
    house.call("TagResource", KeyId=key, Tags=[{"TagKey": "mine", "TagValue": ""}])
    tags = [tag["TagKey"] for tag in house.call("ListResourceTags", KeyId=key)["Tags"]]
    assert tags == ["mine", "other"]
    names = [event["eventName"] for event in house.events()]
    assert names == ["CreateKey", "TagResource", "TagResource", "ListResourceTags"]


@pytest.mark.parametrize(
    ("name", "members"),
    [
        ("Encrypt", {"Plaintext": b"x"}),
        ("GenerateDataKey", {"KeySpec": "AES_256"}),
        ("GenerateDataKeyWithoutPlaintext", {"KeySpec": "AES_256"}),
    ],
)
def test_a_key_disabled_in_between_is_not_used(interrupted: Interrupted, name: str, members: dict[str, Any]) -> None:
    """Nothing is answered by the state of a key that is no longer so."""
    house, other = interrupted.house, interrupted.other
    key = house.new_key()
    interrupted.during(lambda: other.call("DisableKey", KeyId=key))
    assert house.refusal(name, KeyId=key, **members) == ("DisabledException", f"{arn(key)} is disabled.")


def test_an_alias_made_in_between_is_there(interrupted: Interrupted) -> None:
    """Of two engines that give the same name, one is told that it exists."""
    house, other = interrupted.house, interrupted.other
    mine, theirs = house.new_key(), house.new_key()
    interrupted.during(lambda: other.call("CreateAlias", AliasName="alias/app", TargetKeyId=theirs))
    assert house.refusal("CreateAlias", AliasName="alias/app", TargetKeyId=mine)[0] == "AlreadyExistsException"
    assert house.call("DescribeKey", KeyId="alias/app")["KeyMetadata"]["KeyId"] == theirs


def test_a_quota_holds_against_others(interrupted: Interrupted) -> None:
    """Two engines cannot give a key its 50th alias both."""
    house, other = interrupted.house, interrupted.other
    key = house.new_key()
    house.group(*(("CreateAlias", {"AliasName": f"alias/{number}", "TargetKeyId": key}) for number in range(49)))
    interrupted.during(lambda: other.call("CreateAlias", AliasName="alias/theirs", TargetKeyId=key))
    assert house.refusal("CreateAlias", AliasName="alias/mine", TargetKeyId=key)[0] == "LimitExceededException"


def test_an_alias_moved_in_between_is_followed(interrupted: Interrupted) -> None:
    """What is encrypted under an alias is under the key that it names when the call commits."""
    house, other = interrupted.house, interrupted.other
    before, after = house.new_key(), house.new_key()
    house.call("CreateAlias", AliasName="alias/app", TargetKeyId=before)
    interrupted.during(lambda: other.call("UpdateAlias", AliasName="alias/app", TargetKeyId=after))
    assert house.call("Encrypt", KeyId="alias/app", Plaintext=b"x")["KeyId"] == arn(after)


def test_a_rotation_in_between_is_kept(interrupted: Interrupted) -> None:
    """Two rotations at once are two rotations."""
    house, other = interrupted.house, interrupted.other
    key = house.new_key()
    blob = house.call("Encrypt", KeyId=key, Plaintext=b"x")["CiphertextBlob"]
    interrupted.during(lambda: other.call("RotateKeyOnDemand", KeyId=key))
    house.call("RotateKeyOnDemand", KeyId=key)
    rotations = house.call("ListKeyRotations", KeyId=key)["Rotations"]
    assert [one["KeyMaterialState"] for one in rotations] == ["NON_CURRENT", "CURRENT"]
    assert house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"x"


def test_a_group_is_repeated_whole(interrupted: Interrupted) -> None:
    """A conflict of one call in a group repeats all of them; none takes effect twice."""
    house, other = interrupted.house, interrupted.other
    key = house.new_key()
    interrupted.during(lambda: other.call("UpdateKeyDescription", KeyId=key, Description="theirs"))
    house.group(
        ("CreateKey", {}),
        ("UpdateKeyDescription", {"KeyId": key, "Description": "mine"}),
        ("TagResource", {"KeyId": key, "Tags": [{"TagKey": "a", "TagValue": ""}]}),
    )
    assert len(house.call("ListKeys")["Keys"]) == 2
    assert house.call("DescribeKey", KeyId=key)["KeyMetadata"]["Description"] == "mine"
    names = [event["eventName"] for event in house.events()]
    assert names.count("CreateKey") == 2
    assert names.count("UpdateKeyDescription") == 2


def test_what_falls_due_happens_once(interrupted: Interrupted) -> None:
    """Two engines that meet the same overdue keys delete and rotate them once."""
    house, other = interrupted.house, interrupted.other
    doomed, rotating = house.new_key(), house.new_key()
    house.call("EnableKeyRotation", KeyId=rotating, RotationPeriodInDays=90)
    for _ in range(16):
        house.later(days=5.5)
        house.call("ListKeys")
    house.call("ScheduleKeyDeletion", KeyId=doomed, PendingWindowInDays=7)
    for days in (3, 4):
        house.later(days=days)
        other.now = house.now
        interrupted.during(lambda: other.call("ListKeys"))
        house.call("ListKeys")
    names = [event["eventName"] for event in house.events()]
    assert (names.count("DeleteKey"), names.count("RotateKey")) == (1, 1)


def replicate(path: Path, key: str, region: str) -> str:
    """Make a replica. Returns the code of the refusal, if there is one."""
    house = House(path)
    result = house.result("ReplicateKey", KeyId=key, ReplicaRegion=region)
    house.close()
    return result[0] if isinstance(result, tuple) else ""


def test_replicas_are_made_once(house: House) -> None:
    """Of engines that replicate a key at once one makes the replica in a Region, and none is left out of the set."""
    key = house.new_key(MultiRegion=True)
    regions = ["eu-west-1", "us-west-2", "ap-south-1"]
    with ThreadPoolExecutor(6) as pool:
        done = [pool.submit(replicate, house.path, key, region) for region in regions * 2]
    assert sorted(one.result() for one in done) == ["", "", "", *["AlreadyExistsException"] * 3]
    house.call("RotateKeyOnDemand", KeyId=key)
    blob = house.encrypted(key)
    for region in ["us-east-1", *regions]:
        by = caller(region=region)
        shown = house.call("DescribeKey", by, KeyId=key)["KeyMetadata"]["MultiRegionConfiguration"]
        assert [one["Region"] for one in shown["ReplicaKeys"]] == sorted(regions)
        assert house.call("Decrypt", by, CiphertextBlob=blob)["Plaintext"] == b"secret"
    assert [event["eventName"] for event in house.events()].count("CreateKey") == 4
