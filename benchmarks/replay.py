"""`audit verify` and `audit replay` against `jq -c .eventName` on the same log (budgets: 0.5 and 0.75 of it).

Whole processes, alternating; CPU time (user and system) of each, and the median of the ratios of each round. `verify`
is measured without opening a vault: the log here is made with a trail key of its own.

    python benchmarks/replay.py [EVENTS] [--rounds N]      # 100,000 events; the issue's million: 1000000
"""

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from kmscli.clock import iso8601
from kmscli.trail.chain import chained
from kmscli.trail.lines import Log
from kmscli.trail.verify import Expectation, verify
from kmscli.vault.head import ChainEnd

KEY = bytes(range(32))
START = 1_767_603_600
ACCOUNT = "111122223333"
NAMES = ("Encrypt", "Decrypt", "GenerateDataKey", "DescribeKey", "Sign")
BUDGETS = {"verify": 0.5, "replay": 0.75}


def record(number: int) -> bytes:
    """A record of the usual size."""
    arn = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-{number % 1000:012}"
    user = f"Alice{number % 20}"
    made = {
        "eventVersion": "1.11",
        "userIdentity": {
            "type": "IAMUser",
            "principalId": "AIDAEXAMPLE",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/{user}",
            "accountId": ACCOUNT,
            "userName": user,
        },
        "eventTime": iso8601(START + number),
        "eventSource": "kms.amazonaws.com",
        "eventName": NAMES[number % len(NAMES)],
        "awsRegion": "us-east-1",
        "sourceIPAddress": "127.0.0.1",
        "userAgent": "kmscli/1.0",
        "requestParameters": {
            "keyId": arn,
            "encryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "encryptionContext": {"n": str(number)},
        },
        "responseElements": None,
        "additionalEventData": {"keyMaterialId": "0123456789abcdef" * 4},
        "requestID": f"ee408f36-ea01-422b-ac14-{number:012}",
        "eventID": f"3c4226b0-1e81-48a8-a333-{number:012}",
        "readOnly": True,
        "resources": [{"accountId": ACCOUNT, "type": "AWS::KMS::Key", "ARN": arn}],
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
    }
    return json.dumps(made, separators=(",", ":")).encode()


def write_log(path: Path, count: int) -> ChainEnd:
    """A log of that many events; where its chain ends."""
    who = b'{"uid":1000,"user":"alice","door":"command line"}'
    end = ChainEnd("0123456789abcdef", 0, bytes(32))
    with path.open("wb") as file:
        for number in range(count):
            lines, end = chained([(record(number), who)], end, number + 1, (1, KEY))
            file.writelines(lines)
    return end


def verify_once(path: str, end: ChainEnd) -> None:
    """What `audit verify` does once its vault is open."""
    report = verify([Log.opened(path)], {1: KEY}, Expectation(end))
    if report.wrong or report.number != end.number:
        sys.exit(f"the log does not verify: {report.faults}")


def cpu_seconds(command: Sequence[str | Path]) -> float:
    """User and system time of a process, run to its end."""
    before = os.times()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Measure, and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("events", nargs="?", type=int, default=100_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--verify-once", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.verify_once:
        path, chain, number, mac = arguments.verify_once
        verify_once(path, ChainEnd(chain, int(number), bytes.fromhex(mac)))
        return
    if not shutil.which("jq"):
        sys.exit("jq is not installed: nothing to measure against")
    with tempfile.TemporaryDirectory() as folder:
        measure(Path(folder) / "events.jsonl", arguments.events, arguments.rounds)


def measure(path: Path, events: int, rounds: int) -> None:
    """Time all three in turn."""
    end = write_log(path, events)
    print(f"{events:,} events, {path.stat().st_size / events:.0f} bytes each")
    stated = (end.chain, str(end.number), end.mac.hex())
    commands: dict[str, list[str | Path]] = {
        "jq": ["jq", "-c", ".eventName", path],
        "verify": [sys.executable, __file__, "--verify-once", path, *stated],
        "replay": [Path(sys.executable).parent / "kmscli", "audit", "replay", path],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(rounds):
        for name, command in commands.items():
            times[name].append(cpu_seconds(command))
    print(f"jq      {statistics.median(times['jq']):6.2f} s")
    for name, budget in BUDGETS.items():
        ratio = statistics.median(own / jq for own, jq in zip(times[name], times["jq"], strict=True))
        verdict = "within" if ratio <= budget else "OVER"
        print(f"{name}  {statistics.median(times[name]):6.2f} s  {ratio:.2f}  of jq, {verdict} the budget of {budget}")


if __name__ == "__main__":
    main()
