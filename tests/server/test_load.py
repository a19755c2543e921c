"""A server under load whose workers are killed: nothing acknowledged is lost, and nothing is there twice."""

import asyncio
import json
import os
import random
import signal
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.server.callers import Caller, Load
from tests.server.running import PATIENCE, Running
from tests.waiting import children


async def endure(server: Running, load: Load, *, connections: int, seconds: float, kills: int) -> None:
    """Load a server for so long, killing a worker so often, and in the end all of them, and replacing the vault's keys;
    then tell it to stop, while calls go on.
    """
    assert server.process
    chance = random.Random(1)
    async with asyncio.timeout(seconds + 3 * PATIENCE), asyncio.TaskGroup() as callers:
        for _ in range(connections):
            callers.create_task(Caller(load).run())
        for left in range(kills, 0, -1):
            await asyncio.sleep(seconds / (kills + 1))
            workers = children(server.process.pid)
            for worker in [chance.choice(workers)] if left > 1 else workers:
                os.kill(worker, signal.SIGKILL)
            await asyncio.to_thread(server.kmscli, "vault", "rekey")
        await asyncio.sleep(seconds / (kills + 1))
        server.process.send_signal(signal.SIGTERM)


def states(server: Running, keys: set[str]) -> list[str]:
    """The states of keys, asked on the vault itself."""
    requests = "".join(json.dumps({"Operation": "DescribeKey", "KeyId": key}) + "\n" for key in keys)
    command = [sys.executable, "-m", "kmscli", "batch"]
    said = subprocess.run(command, input=requests, env=server.env, capture_output=True, text=True, check=True).stdout
    return [json.loads(line)["KeyMetadata"]["KeyState"] for line in said.splitlines()]


def events(server: Running) -> list[Any]:
    """The trail's events, after it was verified."""
    assert "verified" in server.kmscli("audit", "verify")
    with Path(server.kmscli("audit", "path").strip()).open() as log:
        return [json.loads(line) for line in log]


LOADS = [
    pytest.param(40, 8, 2, id="a few seconds"),
    pytest.param(200, 60, 5, id="a minute", marks=pytest.mark.long),
]


@pytest.mark.parametrize(("connections", "seconds", "kills"), LOADS)
def test_kills_under_load(tmp_path: Path, connections: int, seconds: float, kills: int) -> None:
    """Each answer has its event in the verified trail, once; and the keys are those that the trail says were made."""
    server = Running(tmp_path)
    server.kmscli("vault", "init", "--lab")
    user = server.new_user("Alice")
    load = Load(server.start("--listen", "127.0.0.1:0", "--workers", "2"), user)
    asyncio.run(endure(server, load, connections=connections, seconds=seconds, kills=kills))
    assert server.stop() == 0
    assert "Exception" not in server.output
    assert load.lost >= kills
    recorded = events(server)
    found = Counter(event.get("requestID") for event in recorded)
    assert [one for one in load.acknowledged if found[one] != 1] == []
    made = {event["responseElements"]["keyMetadata"]["keyId"] for event in recorded if is_made(event)}
    assert load.made <= made
    assert made == set(server.kmscli("list-keys", "--query", "Keys[].KeyId"))
    assert set(states(server, load.ended)) == {"PendingDeletion"}


def is_made(event: Any) -> bool:
    """Whether an event says that a key was made."""
    return event["eventName"] == "CreateKey" and "errorCode" not in event
