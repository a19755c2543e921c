"""A walk through a house: calls and what a model of its keys expects of them, looks at all there is, and the trail."""

import json
import re
from collections.abc import Callable, Sequence
from contextlib import closing
from typing import Any

from kmscli.clock import MINUTE, iso8601
from kmscli.keys.check import inspect
from kmscli.trail.cloudtrail import source
from kmscli.trail.lines import Log
from kmscli.trail.replay import Entry, replay
from kmscli.trail.verify import expected, verify
from kmscli.vault.location import trail_log
from tests.engine.lives import Life
from tests.engine.places import DELETING, GONE, SYMMETRIC, UNSUPPORTED, Material
from tests.operations.house import House, arn, caller

REGIONS = ("us-east-1", "eu-west-1", "us-west-2")
CALLERS = {region: caller(region=region) for region in REGIONS}
DENIED = "AccessDeniedException"
"""How a ciphertext of no key is refused."""
KEY = re.compile(r"^arn:\S+ ")
"""The key that a refusal begins with."""
ALL = {"IncludeKeyMaterial": "ALL_KEY_MATERIAL", "Limit": 1000}
"""All rotations of a key on one page: a walk of many years has more than 100."""

Asked = tuple[str, str, dict[str, Any], str, Callable[[dict[str, Any]], bool]]
"""A question: in a Region, a call, its members; how it must be refused, or what must hold of its answer."""


class Product:
    """What an operation made: the call that proves it, what that must answer, and the material that made it."""

    def __init__(self, life: Life, name: str, members: dict[str, Any], answer: dict[str, Any]) -> None:
        self.life = life
        self.name = name
        self.members = members
        self.answer = answer
        self.material = life.current

    def holds(self, answer: dict[str, Any]) -> bool:
        """Whether the proof was answered as it must be."""
        right = all(answer[name] == value for name, value in self.answer.items())
        return right and (self.name != "Decrypt" or is_of(self.material, answer["KeyMaterialId"]))

    def refusal(self, region: str) -> str:
        """How the proof must be refused in a Region."""
        return self.life.refusal(region, gone=DENIED if self.name == "Decrypt" else GONE)


def is_of(material: Material | None, material_id: str) -> bool:
    """Whether an id is a material's, which shows it for ever from the first time on."""
    assert material
    material.id = material.id or material_id
    return material.id == material_id


class Walker:
    """A house, a model of the keys in it, and all calls that were made."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.lives: list[Life] = []
        self.spot: tuple[Life, str] | None = None
        """The key and the Region that the newest call was about."""
        self.touched: list[Life] = []
        """The keys that the newest step is about."""
        self.products: list[Product] = []
        self.called: list[tuple[str, str]] = []
        """Each call with the code of its refusal."""

    def at(self, number: int, mood: str, refusal: Callable[[Life, str], str]) -> tuple[Life, str, str]:
        """A key, a Region, and how a call is refused there. A minute passes.

        The same as before; or a likely one, where the call goes on, if there is any; or any key in a Region of its own,
        or elsewhere.
        """
        self.pass_time(MINUTE)
        spots = [(life, region, refusal(life, region)) for life in self.lives for region in REGIONS]
        there = [spot for spot in spots if spot[1] in spot[0].places]
        likely = [spot for spot in there if not spot[2]]
        same = [spot for spot in spots if spot[:2] == self.spot]
        chosen = {"same": same, "likely": likely or there, "any": there, "elsewhere": spots}[mood] or spots
        life, region, refused = chosen[number % len(chosen)]
        self.spot, self.touched = (life, region), [life]
        return life, region, refused

    def pass_time(self, seconds: float) -> None:
        """Time passes, in the house and in the model."""
        self.house.now += seconds
        for life in self.lives:
            life.pass_time(self.house.now)

    def ask(self, *questions: Asked) -> list[dict[str, Any]]:
        """The answers to questions in one commit, those that are answered; all come to what they must."""
        calls = [(CALLERS[region], name, members) for region, name, members, _, _ in questions]
        answers = []
        for question, outcome in zip(questions, self.house.engine.group(calls), strict=True):
            _, name, _, refusal, holds = question
            answer = outcome.response.members({}) if outcome.response else {}
            code = type(outcome.error).__name__ if outcome.error else ""
            came_to = f"{code}: {KEY.sub('', outcome.error.message)}" if outcome.error else ""
            assert bool(came_to) == bool(refusal), (question, came_to)
            assert came_to.startswith(refusal), (question, came_to)
            self.called.append((name, code))
            if not code:
                assert holds(answer), (question, answer)
                answers.append(answer)
        return answers

    def attempt(self, name: str, region: str, refusal: str, **members: Any) -> dict[str, Any] | None:
        """The answer to a call, or None: it was refused as it must be."""
        answers = self.ask((region, name, members, refusal, lambda _: True))
        return answers[0] if answers else None

    def look(self, lives: Sequence[Life], *, everywhere: bool = False) -> None:
        """See that what is shown of keys is as the model has it, and that all that they ever made holds where it must.

        In the Regions where they are, or everywhere.
        """
        questions: list[Asked] = []
        for region in REGIONS:
            questions += self._lists(region)
            for life in lives:
                if everywhere or region in life.places:
                    proofs = [one for one in self.products if one.life is life]
                    questions += [(region, one.name, one.members, one.refusal(region), one.holds) for one in proofs]
                if region in life.places:
                    questions += self._details(life, region)
                    questions += self._rotations(life, region)
                elif everywhere:
                    questions.append((region, "DescribeKey", {"KeyId": life.key}, GONE, bool))
        self.ask(*questions)

    def _lists(self, region: str) -> list[Asked]:
        keys = {life.key for life in self.lives if region in life.places}
        aliases = {name: life.key for life in self.lives for name in life.aliases(region)}

        def lists_aliases(answer: dict[str, Any]) -> bool:
            own = [one for one in answer["Aliases"] if not one["AliasName"].startswith("alias/aws/")]
            return {one["AliasName"]: one["TargetKeyId"] for one in own} == aliases

        return [
            (region, "ListKeys", {}, "", lambda answer: {one["KeyId"] for one in answer["Keys"]} == keys),
            (region, "ListAliases", {"Limit": 100}, "", lists_aliases),
        ]

    def _details(self, life: Life, region: str) -> list[Asked]:
        """What a key has for itself in a Region."""
        place, key = life.places[region], {"KeyId": life.key}

        def describes(answer: dict[str, Any]) -> bool:
            shown = answer["KeyMetadata"]
            state = life.state(region)
            told = {name: shown.get(name) for name in ("KeyState", "Enabled", "DeletionDate", "Description", "Origin")}
            right = (state, state == "Enabled", place.deletion, place.description, life.origin)
            if life.spec == SYMMETRIC and life.current and not is_of(life.current, shown["CurrentKeyMaterialId"]):
                return False
            regions = shown.get("MultiRegionConfiguration", {}).get("ReplicaKeys", [])
            replicas = {one["Region"] for one in regions}
            return tuple(told.values()) == right and replicas == {*life.places, life.primary} - {life.primary}

        def lists_grants(answer: dict[str, Any]) -> bool:
            return {one["GrantId"]: one["Name"] for one in answer["Grants"]} == place.grants

        return [
            (region, "DescribeKey", key, "", describes),
            (region, "ListGrants", {**key, "Limit": 100}, "", lists_grants),
            (region, "GetKeyPolicy", key, "", lambda answer: place.policy in ("", answer["Policy"])),
            (region, "ListResourceTags", key, "", lambda answer: tags_in(answer) == place.tags),
        ]

    def _rotations(self, life: Life, region: str) -> list[Asked]:
        """What is shown of a key's rotation and material."""
        key, symmetric = {"KeyId": life.key}, life.spec == SYMMETRIC

        def shows_rotation(answer: dict[str, Any]) -> bool:
            shown = [answer.get(name) for name in ("KeyRotationEnabled", "RotationPeriodInDays", "NextRotationDate")]
            rotates = life.rotates is not None and life.state(region) not in DELETING
            return shown == ([True, life.period, life.rotates] if rotates else [False, None, None])

        def lists_materials(answer: dict[str, Any]) -> bool:
            shown = [
                (one["KeyMaterialState"], one.get("ImportState"), one["KeyMaterialId"]) for one in answer["Rotations"]
            ]
            right = [(life.material_state(one), life.import_state(one, region)) for one in life.materials]
            ids = all(is_of(one, id) for one, (_, _, id) in zip(life.materials, shown, strict=True))
            return ids and [one[:2] for one in shown] == right and len({one[2] for one in shown}) == len(shown)

        refusal = UNSUPPORTED if symmetric and life.is_imported else ""
        return [
            (region, "GetKeyRotationStatus", key, refusal, shows_rotation),
            (region, "ListKeyRotations", {**key, **ALL}, "" if symmetric else UNSUPPORTED, lists_materials),
        ]

    def finish(self) -> None:
        """See that the vault is sound, and that the trail verifies and tells of each call, and of all that happened."""
        vault = self.house.engine.vault
        assert inspect(vault).faults == []
        events = [json.loads(line) for line in self.house.log().splitlines()]
        own = [event for event in events if event["userAgent"] == self.house.caller.agent]
        assert [(one["eventName"], one.get("errorCode", "")) for one in own] == [
            (name, "AccessDenied" if code == DENIED else code) for name, code in self.called
        ]
        others = [(one["eventName"], one["eventTime"], one["awsRegion"]) for one in events if one not in own]
        assert sorted(others) == sorted(
            (what, iso8601(when), region) for life in self.lives for what, when, region in life.happened
        )
        expectation, file = expected(vault), trail_log(str(self.house.path))
        with closing(Log.opened(file)) as log:
            report = verify([log], vault.keyring.trail, expectation)
        assert (report.faults, report.torn, report.waiting, report.events) == ([], [], 0, len(events))
        with closing(Log.opened(file)) as log:
            self._replay(list(replay([source(log)], fail)), events)

    def _replay(self, entries: list[Entry], events: list[dict[str, Any]]) -> None:
        """See that a replay tells the same, and knows at its end which aliases each key has."""
        assert [one.operation for one in entries] == [event["eventName"] for event in events]
        assert [one.outcome for one in entries] == [event.get("errorCode", "ok") for event in events]
        aliases = {one.keys[0].key: one.keys[0].aliases for one in entries if one.keys}
        for life in self.lives:
            for region in life.places:
                assert sorted(aliases[arn(life.key, region=region)]) == sorted(life.aliases(region))


def fail(complaint: str) -> None:
    """A complaint about a log that is whole."""
    raise AssertionError(complaint)


def tags_in(answer: dict[str, Any]) -> dict[str, str]:
    """The tags in an answer."""
    return {one["TagKey"]: one["TagValue"] for one in answer["Tags"]}
