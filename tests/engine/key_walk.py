"""The rules of random walks that change what becomes of keys, beside their model (see `lives` and `walker`)."""

import shutil
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
)

from kmscli.clock import DAY, HOUR, MINUTE
from kmscli.crypto.wrapping import wrap
from tests.engine.lives import Life
from tests.engine.places import DELETING, SWITCHABLE, SYMMETRIC, UNDELETED
from tests.engine.walker import REGIONS, Walker
from tests.operations.house import House
from tests.operations.importing import MATERIAL, OAEP, OTHER, THIRD

USAGES = {SYMMETRIC: "ENCRYPT_DECRYPT", "HMAC_256": "GENERATE_VERIFY_MAC", "ECC_NIST_P256": "SIGN_VERIFY"}
KINDS = [
    (SYMMETRIC, "AWS_KMS"), (SYMMETRIC, "EXTERNAL"), (SYMMETRIC, "AWS_KMS"), (SYMMETRIC, "EXTERNAL"),
    ("HMAC_256", "EXTERNAL"), ("ECC_NIST_P256", "AWS_KMS"),
]  # fmt: skip
MOST_LIVES = 4

numbers = st.integers(0, 11)
moods = st.sampled_from(("likely", "likely", "likely", "same", "same", "any", "elsewhere"))
"""Where a call is made: see the walker's `at`."""


class KeyWalk(RuleBasedStateMachine):
    """A random walk: each rule makes a call, which goes on or is refused as the model says."""

    empty: Path
    count = 0

    @initialize(kind=st.sampled_from(KINDS), spans=st.sampled_from((True, True, False)))
    def begin(self, kind: tuple[str, str], spans: bool) -> None:
        KeyWalk.count += 1
        folder = self.empty.with_name(f"walk-{KeyWalk.count}")
        folder.mkdir()
        self.house = House(Path(shutil.copy(self.empty, folder)))
        self.walker = Walker(self.house)
        self.parameters: dict[tuple[str, str], tuple[float, dict[str, Any]]] = {}
        self.looks = True
        self.make(SYMMETRIC, "AWS_KMS", REGIONS[0], spans=True)
        self.replicate(0, "likely", REGIONS[1])
        self.turn_rotation(0, "likely", 90)
        self.make(SYMMETRIC, "EXTERNAL", REGIONS[0], spans=spans)
        self.bring(0, "likely", MATERIAL, new=False, days=0)
        self.make(*kind, REGIONS[0], spans=spans)

    def teardown(self) -> None:
        if hasattr(self, "house"):
            self.walker.look(self.walker.lives, everywhere=True)
            self.walker.finish()
            self.house.close()
            shutil.rmtree(self.house.path.parent)

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if hasattr(self, "house") and self.looks:
            self.walker.look(self.walker.touched)
        self.looks = True

    @rule(hours=st.sampled_from((1, 24, 3 * 24, 8 * 24)), looks=st.booleans())
    def wait(self, hours: int, looks: bool) -> None:
        self.walker.pass_time(hours * HOUR)
        self.walker.touched = self.walker.lives
        self.looks = looks  # else the next call is the first to meet what fell due

    @rule(days=st.sampled_from((31, 95, 95, 400)), looks=st.booleans())
    def wait_long(self, days: int, looks: bool) -> None:
        self.wait(24 * days, looks)

    @rule(number=numbers, mood=moods, days=st.sampled_from((31, 95, 400)), looks=st.booleans())
    def rest(self, number: int, mood: str, days: int, looks: bool) -> None:
        """A key is disabled for a while."""
        self.switch(number, mood, on=False)
        self.wait_long(days, looks)
        self.switch(number, "same", on=True)

    @rule(number=numbers, mood=moods, days=st.sampled_from((7, 30)), kept=st.sampled_from((True, False, False)))
    def doom(self, number: int, mood: str, days: int, kept: bool) -> None:
        """A key waits for its deletion, and is deleted or kept."""
        self.schedule(number, mood, days)
        self.wait(3 * 24 if kept else 24 * days, looks=kept)
        if kept:
            self.cancel(number, "same")

    @precondition(lambda self: sum(bool(life.places) for life in self.walker.lives) < MOST_LIVES)
    @rule(kind=st.sampled_from(KINDS), region=st.sampled_from((0, 0, 0, 1)), spans=st.sampled_from((True, True, False)))
    def create(self, kind: tuple[str, str], region: int, spans: bool) -> None:
        self.make(*kind, REGIONS[region], spans=spans)

    def make(self, spec: str, origin: str, region: str, *, spans: bool) -> None:
        """Make a key."""
        self.walker.pass_time(MINUTE)
        given = {"KeySpec": spec, "Origin": origin, "KeyUsage": USAGES[spec], "MultiRegion": spans}
        made = self.walker.attempt("CreateKey", region, "", **given)
        assert made
        life = Life(made["KeyMetadata"]["KeyId"], spec, origin, region, spans=spans)
        self.walker.lives.insert(0, life)
        self.walker.spot = life, region
        self.find_uses()

    def find_uses(self) -> None:
        """Use a key that has new material, and give it what a key may have."""

    def on(self, name: str, life: Life, region: str, refusal: str, **members: Any) -> dict[str, Any] | None:
        """The answer to a call on a key, or None: it was refused as it must be."""
        return self.walker.attempt(name, region, refusal, KeyId=life.key, **members)

    @rule(number=numbers, mood=moods, on=st.booleans())
    def switch(self, number: int, mood: str, on: bool) -> None:
        life, region, refusal = self.walker.at(number, mood, lambda life, region: life.refusal(region, *SWITCHABLE))
        answer = self.on("EnableKey" if on else "DisableKey", life, region, refusal)
        if answer is not None and on:
            life.enable(region, self.house.now)
        elif answer is not None:
            life.places[region].enabled = False

    @rule(number=numbers, mood=moods, days=st.sampled_from((7, 30)))
    def schedule(self, number: int, mood: str, days: int) -> None:
        life, region, refusal = self.walker.at(number, mood, lambda life, region: life.refusal(region, *UNDELETED))
        if self.on("ScheduleKeyDeletion", life, region, refusal, PendingWindowInDays=days):
            life.schedule(region, self.house.now, days)

    @precondition(lambda self: any(life.is_doomed for life in self.walker.lives))
    @rule(number=numbers, mood=moods)
    def cancel(self, number: int, mood: str) -> None:
        life, region, refusal = self.walker.at(number, mood, Life.cancel_refusal)
        if self.on("CancelKeyDeletion", life, region, refusal):
            life.cancel(region)

    @rule(number=numbers, mood=moods, period=st.sampled_from((90, 200, 0)))
    def turn_rotation(self, number: int, mood: str, period: int) -> None:
        life, region, refusal = self.walker.at(
            number, mood, lambda life, region: life.rotation_refusal(region, by_itself=True)
        )
        name = "EnableKeyRotation" if period else "DisableKeyRotation"
        members = {"RotationPeriodInDays": period} if period else {}
        if self.on(name, life, region, refusal, **members) is not None:
            life.turn_rotation(self.house.now, period)

    @rule(number=numbers, mood=moods)
    def rotate(self, number: int, mood: str) -> None:
        life, region, refusal = self.walker.at(
            number, mood, lambda life, region: life.on_demand_refusal(region, self.house.now)
        )
        if self.on("RotateKeyOnDemand", life, region, refusal):
            life.rotate_on_demand(self.house.now)
            self.find_uses()

    @rule(number=numbers, mood=moods, to=st.sampled_from(REGIONS))
    def replicate(self, number: int, mood: str, to: str) -> None:
        life, region, refusal = self.walker.at(number, mood, lambda life, region: life.replica_refusal(region, to))
        if self.on("ReplicateKey", life, region, refusal, ReplicaRegion=to):
            life.replicate(to, self.house.now)
            self.walker.spot = life, to
            self.find_uses()

    @rule(number=numbers, mood=moods, to=st.sampled_from(REGIONS))
    def move(self, number: int, mood: str, to: str) -> None:
        life, region, refusal = self.walker.at(number, mood, lambda life, region: life.move_refusal(region, to))
        if self.on("UpdatePrimaryRegion", life, region, refusal, PrimaryRegion=to) is not None:
            life.move(to, self.house.now)

    @rule(
        number=numbers,
        mood=moods,
        secret=st.sampled_from((MATERIAL, MATERIAL, OTHER, THIRD)),
        new=st.booleans(),
        days=st.sampled_from((0, 1, 40, 300)),
    )
    def bring(self, number: int, mood: str, secret: bytes, new: bool, days: int) -> None:
        life, region, refusal = self.walker.at(
            number, mood, lambda life, region: life.import_refusal(region, secret, new=new)
        )
        parameters = self.parameters_for(life, region)
        if not parameters:
            return
        new = new and life.can_have_more
        expiry = self.house.now + days * DAY + 30 if days else None
        answer = self.on(
            "ImportKeyMaterial",
            life,
            region,
            refusal,
            ImportToken=parameters["ImportToken"],
            EncryptedKeyMaterial=wrap(parameters["PublicKey"], OAEP, secret),
            ImportType="NEW_KEY_MATERIAL" if new else None,
            ExpirationModel="KEY_MATERIAL_EXPIRES" if days else "KEY_MATERIAL_DOES_NOT_EXPIRE",
            ValidTo=expiry,
        )
        if answer:
            material = life.bring(region, secret, self.house.now, expiry, new=new)
            material.id = answer.get("KeyMaterialId", "")
            self.find_uses()

    @rule(number=numbers, name=st.sampled_from(("DisableKey", "ScheduleKeyDeletion")))
    def bring_again(self, number: int, name: str) -> None:
        """Material is imported once more into a key that is not enabled, or deleted from it: that enables nothing."""
        self.walker.at(number, "likely", lambda life, region: life.import_refusal(region, MATERIAL, new=False))
        if name == "DisableKey":
            self.switch(number, "same", on=False)
            self.bring(number, "same", MATERIAL, new=False, days=0)
        else:
            self.schedule(number, "same", days=30)
            self.take(number, "same", pending=True)

    def parameters_for(self, life: Life, region: str) -> dict[str, Any] | None:
        """A public key and its token, which are made anew when they are too old; None: they are refused."""
        since, parameters = self.parameters.get((life.key, region), (0.0, None))
        if self.house.now - since > DAY:
            refusal = life.imports_refusal(region, *UNDELETED)
            given = {"WrappingAlgorithm": OAEP, "WrappingKeySpec": "RSA_2048"}
            parameters = self.on("GetParametersForImport", life, region, refusal, **given)
            if parameters:
                self.parameters[life.key, region] = self.house.now, parameters
        return parameters

    @rule(number=numbers, mood=moods, pending=st.booleans())
    def take(self, number: int, mood: str, pending: bool) -> None:
        life, region, refusal = self.walker.at(
            number, mood, lambda life, region: life.imports_refusal(region, *UNDELETED, *DELETING)
        )
        material = life.pending if pending and life.pending else life.current
        members = {"KeyMaterialId": material.id} if material and material.pending else {}
        if self.on("DeleteImportedKeyMaterial", life, region, refusal, **members) and material:
            life.take(region, material)
