"""SIGKILL at random moments of calls that write: every acknowledged call is there, and no half one."""

import json
import random
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from kmscli.keys.aliases import ALIAS as ALIAS_KIND
from kmscli.keys.key import KEY
from tests.robustness.machine import ALIAS, Machine

KILLS = 25
MANY_KILLS = 250
CALLS = (
    ["create-key", "--tags", "TagKey=a,TagValue=1", "TagKey=b,TagValue=2", "--description"],
    ["encrypt", "--key-id", ALIAS, "--plaintext", "aGk=", "--encryption-context"],
    ["create-alias", "--target-key-id", "KEY", "--alias-name"],
    ["generate-data-key", "--key-id", ALIAS, "--key-spec", "AES_256", "--encryption-context"],
)


class Killer:
    """Makes calls, kills them, and knows what was acknowledged."""

    def __init__(self, machine: Machine, seed: int) -> None:
        self.machine = machine
        self.random = random.Random(seed)
        self.first = self.key = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
        self.acknowledged: dict[str, Any] = {}
        self.killed = 0
        began = time.monotonic()
        machine.run(*CALLS[0], "calibration").expect()
        self.usual = time.monotonic() - began

    def turn(self, number: int) -> None:
        """Start one call or two, let each live for a random time, and note what they had acknowledged by then."""
        calls = []
        for each in range(self.random.choice((1, 1, 2))):
            command, *options = self.random.choice(CALLS)
            name = f"mark=x{number}-{each}" if options[-1] == "--encryption-context" else f"alias/x{number}-{each}"
            options = [self.key if option == "KEY" else option for option in options]
            calls.append((command, name, self.machine.start(command, *options, name)))
        for command, name, call in calls:
            self._kill(call)
            out, err = call.communicate()
            assert call.returncode in (0, -9), err
            whole = out.endswith(b"}\n") or (command == "create-alias" and call.returncode == 0)
            if whole:
                self._note(f"{command} {name}", json.loads(out) if out else {})

    def _note(self, call: str, answer: Any) -> None:
        """Remember an acknowledged call. The newest key is the one that gets aliases: a key may have 50 of them."""
        self.acknowledged[call] = answer
        if "KeyMetadata" in answer:
            self.key = answer["KeyMetadata"]["KeyId"]

    def _kill(self, call: "subprocess.Popen[bytes]") -> None:
        try:
            call.wait(self.random.uniform(0.3, 1.2) * self.usual)
        except subprocess.TimeoutExpired:
            call.kill()
            self.killed += 1

    def check(self) -> None:
        """See that what is there is what was acknowledged, or a whole call that was not."""
        self.machine.run("list-keys", "--limit", "1").expect()
        report = self.machine.report()
        assert (report.wrong, report.waiting) == (0, 0), [str(fault) for fault in report.faults]
        events: dict[str, list[str]] = {}
        for event in self.machine.events():
            asked = event["requestParameters"] or {}
            name = (
                asked.get("description") or asked.get("aliasName") or (asked.get("encryptionContext") or {}).get("mark")
            )
            events.setdefault(event["eventName"], []).append(str(name))
        assert len(set(events["CreateKey"])) == len(events["CreateKey"])
        self._check_keys(events["CreateKey"])
        self._check_aliases(events["CreateAlias"])
        for one in self.acknowledged:
            command, name = one.split(" ", 1)
            operation = "".join(word.capitalize() for word in command.split("-"))
            assert name.removeprefix("mark=") in events[operation], one

    def _check_keys(self, created: list[str]) -> None:
        """Exactly the keys whose events are there, each with its material, tags and policy."""
        vault = self.machine.opened()
        transaction = vault.transaction()
        scope = "111122223333 us-east-1"
        keys = [entry.value for entry in transaction.page(KEY, scope, b"", 100_000)]
        assert sorted(key.description or "None" for key in keys) == sorted(created)
        assert transaction.tally(scope, "keys") == len(keys)
        transaction.close()
        vault.close()

    def _check_aliases(self, created: list[str]) -> None:
        vault = self.machine.opened()
        transaction = vault.transaction()
        aliases = [entry.value.name for entry in transaction.page(ALIAS_KIND, "111122223333 us-east-1", b"", 100_000)]
        assert sorted(aliases) == sorted(created)
        transaction.close()
        vault.close()

    def check_by_hand(self) -> None:
        """The same as a person would: each key described, its tags listed, each acknowledged ciphertext decrypted."""
        for key in self.machine.run("list-keys", "--query", "Keys[].KeyId").expect().answer[-3:]:
            self.machine.run("describe-key", "--key-id", key).expect()
            self.machine.run("get-key-policy", "--key-id", key).expect()
            tags = self.machine.run("list-resource-tags", "--key-id", key, "--query", "length(Tags)").expect().answer
            assert tags == (0 if key == self.first else 2)
        blobs = [(one, made) for one, made in self.acknowledged.items() if "CiphertextBlob" in made]
        for one, made in blobs[-5:]:
            context = one.split(" ", 1)[1]
            ran = self.machine.run(
                "decrypt", "--ciphertext-blob", made["CiphertextBlob"], "--encryption-context", context
            ).expect()
            assert ran.answer["Plaintext"] == made.get("Plaintext", "aGk=")
        assert "verified" in self.machine.run("audit", "verify").expect().out.decode()
        assert self.machine.leftovers() == []


def kill_many(machine: Machine, kills: int, seed: int) -> None:
    """Kill so many calls, checking now and then and in the end."""
    killer = Killer(machine, seed)
    number = 0
    while killer.killed < kills:
        number += 1
        killer.turn(number)
        if number % 10 == 0:
            killer.check()
    killer.check()
    killer.check_by_hand()


def test_kills(machine: Machine) -> None:
    """Some kills, in every run of the tests."""
    kill_many(machine, KILLS, seed=1)


def test_kills_while_the_first_vault_is_made(tmp_path: Path) -> None:
    """A first create-key that is killed leaves nothing that stands in the way of the next one."""
    moments = random.Random(7)
    for number in range(10):
        home = tmp_path / str(number)
        home.mkdir(mode=0o700)
        machine = Machine(home)
        call = machine.start("create-key")
        try:
            call.wait(moments.uniform(0.02, 0.3))
        except subprocess.TimeoutExpired:
            call.kill()
        acknowledged = call.communicate()[0].endswith(b"}\n")
        machine.run("create-key").expect()
        assert len(machine.run("list-keys").expect().answer["Keys"]) in ((2,) if acknowledged else (1, 2))
        assert machine.report().wrong == 0


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_a_thousand_kills(machine: Machine, seed: int) -> None:
    """A thousand kills, in four parts."""
    kill_many(machine, MANY_KILLS, seed=100 + seed)
