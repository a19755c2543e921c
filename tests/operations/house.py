"""A house to call: a real vault in a folder of its own, an engine on it, and a clock that the test moves."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from kmscli.clock import DAY, HOUR
from kmscli.engine import Caller, Engine
from kmscli.errors import ServiceError
from kmscli.keys.key import find_key, save_key
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, key_arn
from kmscli.operations.recording import Outcome
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.location import trail_log
from kmscli.vault.opening import create_vault, open_vault
from kmscli.vault.transaction import Transaction
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

START = 1_767_603_600.0
"""2026-01-05T09:00:00Z."""
ANYONE = '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}'
"""A key policy that lets everybody do everything."""
VAULT_KEY = "a2V5IG9mIHRoZSBob3VzZSBrZXkgb2YgdGhlIGhvdXNlISE="
ACCOUNT = DEFAULT_ACCOUNT
REGION = DEFAULT_REGION
OTHER_ACCOUNT = "444455556666"
OTHER_REGION = "eu-west-1"
ABSENT = "12345678-90ab-cdef-1234-567890abcdef"
"""The id of no key."""


def nobody_is_warned(text: str) -> None:
    """A warning where none is due."""
    raise AssertionError(text)


def make_vault(path: Path, *, lab: bool = False) -> Path:
    """A new vault, unlocked by VAULT_KEY."""
    import base64

    secret = UnlockingSecret("key", base64.b64decode(VAULT_KEY), "the test")
    assert create_vault(str(path), secret, slot_name="test", lab=lab, now=START)
    return path


def unlocked(path: Path) -> Vault:
    """The vault at a path, opened."""
    return open_vault(str(path), Unlocking({"KMSCLI_VAULT_KEY": VAULT_KEY}, warn=nobody_is_warned))


def caller(account: str = ACCOUNT, region: str = REGION) -> Caller:
    """An account's root in a Region."""
    return Caller(account, region, agent="kmscli/test", door="test", uid=1000, user="alice")


class House:
    """An engine with its clock. Answers are plain members by wire name, with bytes and seconds as they are."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.now = START
        self.caller = caller()
        self.engine = Engine(unlocked(path), lambda: self.now, lambda: unlocked(path))

    def close(self) -> None:
        """Close the vault's file."""
        self.engine.vault.close()

    def tamper(self, statement: str, *values: object) -> None:
        """Change the vault's file past the house, as somebody may who can write it."""
        with closing(sqlite3.connect(self.path, isolation_level=None)) as connection:
            connection.execute(statement, values)

    def later(self, *, days: float = 0, hours: float = 0, seconds: float = 0) -> None:
        """Move the clock."""
        self.now += days * DAY + hours * HOUR + seconds

    def call(self, name: str, by: Caller | None = None, /, **members: Any) -> dict[str, Any]:
        """The answer to a call."""
        response = self.engine.call(by or self.caller, name, members)
        return response.members({}) if response else {}

    def refusal(self, name: str, by: Caller | None = None, /, **members: Any) -> tuple[str, str]:
        """The code and message of a call that is refused."""
        try:
            answer = self.call(name, by, **members)
        except ServiceError as error:
            return error.code, error.message
        raise AssertionError(f"{name} was answered: {sorted(answer)}")

    def result(self, name: str, **members: Any) -> dict[str, Any] | tuple[str, str]:
        """Whatever a call comes to."""
        try:
            return self.call(name, **members)
        except ServiceError as error:
            return error.code, error.message

    def result_by(self, by: Caller, name: str, /, **members: Any) -> tuple[str, Any]:
        """Whatever a call of somebody comes to: a code and a message, or nothing and an answer."""
        try:
            return "", self.call(name, by, **members)
        except ServiceError as error:
            return error.code, error.message

    def group(self, *calls: tuple[str, dict[str, Any]]) -> list[Outcome]:
        """The outcomes of calls in one commit."""
        return self.engine.group([(self.caller, name, members) for name, members in calls])

    def new_key(self, by: Caller | None = None, /, **members: Any) -> str:
        """A new key's id."""
        return str(self.call("CreateKey", by, **members)["KeyMetadata"]["KeyId"])

    def aliases(self, by: Caller | None = None, /) -> list[dict[str, Any]]:
        """An account's own aliases, without those that AWS has predefined."""
        listed = self.call("ListAliases", by, Limit=100)
        assert not listed["Truncated"]
        return [alias for alias in listed["Aliases"] if not alias["AliasName"].startswith("alias/aws/")]

    def state_of(self, key: str) -> str:
        """A key's state."""
        return str(self.call("DescribeKey", KeyId=key)["KeyMetadata"]["KeyState"])

    def material_of(self, key: str) -> str:
        """The id of a key's current material."""
        return str(self.call("DescribeKey", KeyId=key)["KeyMetadata"]["CurrentKeyMaterialId"])

    def encrypted(self, key: str, context: dict[str, str] | None = None) -> bytes:
        """A blob of `secret`."""
        given = {"KeyId": key, "Plaintext": b"secret", "EncryptionContext": context}
        blob: bytes = self.call("Encrypt", **given)["CiphertextBlob"]
        return blob

    def transaction(self) -> Transaction:
        """A transaction on the vault, for what no operation can do yet."""
        return self.engine.vault.transaction()

    def commit(self, transaction: Transaction) -> None:
        """Write a transaction without an event."""
        self.engine.vault.commit(transaction, lambda end, _commit, _key: ([], end), self.now)

    def change_key(self, key: str, **members: Any) -> None:
        """Change a key's record, past all rules."""
        transaction = self.transaction()
        found = find_key(transaction, ACCOUNT, REGION, key)
        assert found
        save_key(transaction, found.changed(**members))
        self.commit(transaction)

    def log(self) -> bytes:
        """The bytes of the log, up to date."""
        self.engine.settle(os.environ)
        return Path(trail_log(str(self.path))).read_bytes()

    def events(self) -> list[dict[str, Any]]:
        """All events, without the chain's member."""
        events = [json.loads(line) for line in self.log().splitlines()]
        for event in events:
            del event["kmscli"]
        return events

    def event(self) -> dict[str, Any]:
        """The newest event."""
        return self.events()[-1]


def code_of(outcome: Outcome) -> str:
    """The code that a call in a group was refused with, or nothing."""
    return type(outcome.error).__name__ if outcome.error else ""


def arn(key: str, account: str = ACCOUNT, region: str = REGION) -> str:
    """A key's ARN."""
    return key_arn(account, region, key)


def alias_arn(alias: str, account: str = ACCOUNT, region: str = REGION) -> str:
    """An alias's ARN, spelled out."""
    return f"arn:aws:kms:{region}:{account}:{alias}"
