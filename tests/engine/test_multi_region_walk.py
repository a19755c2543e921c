import shutil
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from kmscli.keys.check import inspect
from tests.operations.house import House, caller

REGIONS = ("us-east-1", "eu-west-1", "us-west-2")
CALLERS = {region: caller(region=region) for region in REGIONS}
regions = st.sampled_from(REGIONS)
places = st.integers(0, 2)
mostly_primary = st.sampled_from((0, 0, 0, 1))


class Walk(RuleBasedStateMachine):
    """A random life of one multi-Region set in three Regions, in a lab vault whose time passes."""

    vault: Path
    count = 0

    @initialize()
    def begin(self) -> None:
        Walk.count += 1
        self.house = House(Path(shutil.copy(self.vault, self.vault.with_name(f"walk-{Walk.count}.db"))))
        self.make()

    def make(self) -> None:
        """A set of two keys, of which nothing was used so far."""
        self.house.caller = CALLERS[REGIONS[0]]
        self.key = self.house.new_key(MultiRegion=True)
        self.house.call("ReplicateKey", KeyId=self.key, ReplicaRegion=REGIONS[1])
        self.blobs: list[bytes] = []

    def teardown(self) -> None:
        if hasattr(self, "house"):
            assert inspect(self.house.engine.vault).faults == []
            self.house.close()
            self.house.path.unlink()

    def described(self) -> dict[str, dict[str, Any]]:
        """The metadata of the related keys that are there, by Region."""
        found = {}
        for region, by in CALLERS.items():
            self.house.caller = by
            answer = self.house.result("DescribeKey", KeyId=self.key)
            if isinstance(answer, dict):
                found[region] = answer["KeyMetadata"]
        return found

    def attempt(self, name: str, place: int, **members: Any) -> Any:
        """Make a call, which may be refused, on one of the keys that are there: the primary key first."""
        found = sorted(self.described().values(), key=lambda one: configuration(one)["MultiRegionKeyType"])
        self.house.caller = CALLERS[found[place % len(found)]["Arn"].split(":")[3]]
        return self.house.result(name, KeyId=self.key, **members)

    @rule(place=mostly_primary, region=regions)
    def replicate(self, place: int, region: str) -> None:
        self.attempt("ReplicateKey", place, ReplicaRegion=region)

    @rule(place=mostly_primary, region=regions)
    def move(self, place: int, region: str) -> None:
        self.attempt("UpdatePrimaryRegion", place, PrimaryRegion=region)

    @rule(place=mostly_primary, name=st.sampled_from(("RotateKeyOnDemand", "DisableKeyRotation")))
    def rotate(self, place: int, name: str) -> None:
        self.attempt(name, place)

    @rule(place=mostly_primary)
    def turn_rotation_on(self, place: int) -> None:
        self.attempt("EnableKeyRotation", place, RotationPeriodInDays=90)

    @rule(place=places, name=st.sampled_from(("EnableKey", "DisableKey")))
    def switch(self, place: int, name: str) -> None:
        self.attempt(name, place)

    @rule(place=places, days=st.sampled_from((7, 30)))
    def schedule(self, place: int, days: int) -> None:
        self.attempt("ScheduleKeyDeletion", place, PendingWindowInDays=days)

    @rule(place=places)
    def keep(self, place: int) -> None:
        self.attempt("CancelKeyDeletion", place)
        self.attempt("EnableKey", place)

    @rule(days=st.sampled_from((1, 8, 100)))
    def wait(self, days: int) -> None:
        self.house.later(days=days)
        if not self.described():
            self.make()

    @rule(place=places)
    def encrypt(self, place: int) -> None:
        answer = self.attempt("Encrypt", place, Plaintext=b"secret")
        if isinstance(answer, dict):
            self.blobs.append(answer["CiphertextBlob"])

    @invariant()
    def one_set(self) -> None:
        """Exactly one primary key; all say the same of the set; what is shared is the same."""
        found = self.described() if hasattr(self, "house") else {}
        if not found:
            return  # not begun yet
        sets = {str((one["PrimaryKey"], one["ReplicaKeys"])) for one in map(configuration, found.values())}
        assert len(sets) == 1
        assert [configuration(one)["MultiRegionKeyType"] for one in found.values()].count("PRIMARY") == 1
        told = configuration(next(iter(found.values())))
        assert sorted(one["Region"] for one in (told["PrimaryKey"], *told["ReplicaKeys"])) == sorted(found)
        assert len({one["CurrentKeyMaterialId"] for one in found.values()}) == 1

    @precondition(lambda self: self.blobs)
    @invariant()
    def all_decrypts(self) -> None:
        """Every blob ever made decrypts wherever a related key is enabled."""
        for region, one in self.described().items():
            if one["KeyState"] == "Enabled":
                self.house.caller = CALLERS[region]
                for blob in self.blobs:
                    assert self.house.call("Decrypt", CiphertextBlob=blob)["Plaintext"] == b"secret"


def configuration(shown: dict[str, Any]) -> dict[str, Any]:
    """A MultiRegionConfiguration."""
    found: dict[str, Any] = shown["MultiRegionConfiguration"]
    return found


def test_a_random_walk(empty_lab: Path, folder: Path) -> None:
    """Whatever happens to a set there is one primary key, all agree, and everything decrypts where a key is enabled."""
    Walk.vault = Path(shutil.copy(empty_lab, folder / "empty.db"))
    run_state_machine_as_test(
        Walk,
        settings=settings(
            max_examples=15,
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=[HealthCheck.too_slow],
        ),
    )
