"""Seeding a lab vault from a file of keys, and what is said against one."""

import hmac
import json
from typing import Any

import pytest

from kmscli.cli.local._seed import seed
from kmscli.errors import ConfigurationError, KmscliError, UsageError
from tests.operations.house import ABSENT, House

MATERIAL = {"hex": "a5" * 32}


def a_key(**members: Any) -> dict[str, Any]:
    """A key of a seed file."""
    return {"key_id": ABSENT, "materials": [MATERIAL], **members}


def seeded(house: House, *keys: Any) -> list[str]:
    """The ARNs of the keys that a file makes."""
    return seed(house.engine, house.caller, "lab.json", json.dumps({"keys": keys}).encode())[0]


def complaint(house: House, content: bytes, error: type[KmscliError] = UsageError) -> list[str]:
    """What is said against a file, a line each; nothing has changed."""
    committed = house.engine.committed
    with pytest.raises(error) as refusal:
        seed(house.engine, house.caller, "lab.json", content)
    assert house.engine.committed is committed
    first, *faults = refusal.value.message.splitlines()
    assert first.startswith(f"lab.json: {len(faults)} fault")
    return faults


def faults_of(house: House, *keys: Any, error: type[KmscliError] = UsageError) -> list[str]:
    """What is said against keys."""
    return complaint(house, json.dumps({"keys": keys}).encode(), error)


def differences(house: House, *keys: Any) -> list[str]:
    """What is said against keys by what is in the vault."""
    return faults_of(house, *keys, error=ConfigurationError)


def derived_id(key_id: str, material: bytes) -> str:
    """The id that a material is given, spelled out."""
    label, name = b"kmscli seeded material id v1", key_id.encode()
    message = bytes((0, 0, 0, len(label))) + label + bytes((0, 0, 0, len(name))) + name
    return hmac.digest(material, message, "sha256").hex()
