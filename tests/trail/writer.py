"""A writer of logs that shares no code with kmscli's: what it writes follows docs/trail-format.md alone."""

import hashlib
import hmac
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

from kmscli.trail.lines import Log
from kmscli.vault.head import ChainEnd

KEYS = {1: bytes(range(32)), 2: bytes(range(32, 64))}
ACCOUNT = "111122223333"
HOME = f"arn:aws:kms:us-east-1:{ACCOUNT}"
KEY = f"{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
OTHER_KEY = f"{HOME}:key/0987dcba-09fe-87dc-65ba-ab0987654321"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
CALLER = {"uid": 1000, "user": "alice", "door": "command line"}


def record(name: str = "Encrypt", second: int = 0, **members: Any) -> dict[str, Any]:
    """A CloudTrail record; `second` counts from 2026-01-05T09:00:00Z. Members given as None stay."""
    minute, rest = divmod(second, 60)
    return {
        "eventVersion": "1.11",
        "userIdentity": {"type": "IAMUser", "arn": ALICE, "accountId": ACCOUNT, "userName": "Alice"},
        "eventTime": f"2026-01-05T{9 + minute // 60:02}:{minute % 60:02}:{rest:02}Z",
        "eventSource": "kms.amazonaws.com",
        "eventName": name,
        "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "kmscli",
        "requestParameters": {"keyId": KEY},
        "responseElements": None,
        "requestID": f"00000000-0000-4000-8000-{second:012}",
        "eventID": f"10000000-0000-4000-8000-{second:012}",
        "readOnly": True,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": KEY}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        **members,
    }


class Writer:
    """Where a chain ends, and how it goes on."""

    def __init__(
        self, chain: str = "0123456789abcdef", *, follows: "Writer | None" = None, keys: dict[int, bytes] = KEYS
    ) -> None:
        self.chain = chain
        self.keys = keys
        self.number = 0
        self.mac = bytes(32)
        self.commit: int = follows.commit if follows else 0
        self.key = 1
        self.follows = {"chain": follows.chain, "number": follows.number, "mac": follows.mac.hex()} if follows else None

    def line(self, event: dict[str, Any] | None = None, *, same_commit: bool = False) -> bytes:
        """The next line."""
        self.number += 1
        self.commit += 0 if same_commit else 1
        stamp: dict[str, Any] = {"chain": self.chain, "number": self.number, "commit": self.commit, "key": self.key}
        stamp["caller"] = CALLER
        if self.follows:
            stamp["follows"] = self.follows
            self.follows = None
        stamp["previous"] = self.mac.hex()
        whole = {**(event or record(second=self.number)), "kmscli": stamp}
        covered = json.dumps(whole, separators=(",", ":"), ensure_ascii=False).encode()[: -len("}}")]
        self.mac = hmac.new(self.keys[self.key], self.mac + covered, hashlib.sha256).digest()
        return covered + b',"mac":"' + self.mac.hex().encode() + b'"}}\n'

    def lines(self, count: int) -> list[bytes]:
        """The next lines."""
        return [self.line() for _ in range(count)]

    def end(self) -> ChainEnd:
        """The end of the chain, as the vault keeps it."""
        return ChainEnd(self.chain, self.number, self.mac)


def as_lines(*records: dict[str, Any]) -> bytes:
    """Records as JSON lines."""
    return b"".join(json.dumps(each).encode() + b"\n" for each in records)


def log(content: Iterable[bytes] | bytes, name: str = "events.jsonl") -> Log:
    """A log that holds this."""
    joined = content if isinstance(content, bytes) else b"".join(content)
    return Log(name, io.BufferedReader(io.BytesIO(joined)))


def swapped(lines: Sequence[bytes], first: int, second: int) -> list[bytes]:
    """The lines with two of them in each other's place."""
    changed = list(lines)
    changed[first], changed[second] = changed[second], changed[first]
    return changed
