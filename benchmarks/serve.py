"""`kmscli serve`, with signatures checked and everything durable before it is answered, against moto's server and the
bare HTTP server that answers a constant: requests a second, p50 and p99, over 64 connections and over one.

The servers take turns, a round at a time, and ratios are of the same round. Where wrk or moto is not there (`make
benchmarks` gets both) its rows are left out.

    python benchmarks/serve.py [--rounds N] [--seconds N] [--only OPERATION]
"""

import argparse
import os
import shutil
import statistics
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any

from measuring import compile_package, headline, line
from servers import DISTINCT, MOTO, Load, Server, bare_server, encoded, kmscli_server, load, moto_server

BUDGETS = {64: 28.0, 1: 4.0}
"""How many times as many Encrypt requests as moto are answered, by connections."""
P99 = 30.0
"""Milliseconds: the budget of Encrypt over 64 connections."""
Members = Callable[[int], dict[str, Any]]


def operations(server: Server) -> dict[str, Members]:
    """What is sent, by operation, on new keys of a server: the members of the request of a number."""
    key = server.call("CreateKey")["KeyMetadata"]["KeyId"]
    signer = server.call("CreateKey", KeySpec="ECC_NIST_P256", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    context = {"EncryptionContext": {"purpose": "benchmark"}}
    blob = server.call("Encrypt", KeyId=key, Plaintext=encoded(bytes(32)), **context)["CiphertextBlob"]
    return {
        "Encrypt": lambda _: {"KeyId": key, "Plaintext": encoded(os.urandom(32)), **context},
        "Decrypt": lambda _: {"CiphertextBlob": blob, **context},
        "GenerateDataKey": lambda _: {"KeyId": key, "KeySpec": "AES_256", **context},
        "Sign": lambda _: {"KeyId": signer, "Message": encoded(os.urandom(32)), "SigningAlgorithm": "ECDSA_SHA_256"},
        "DescribeKey": lambda _: {"KeyId": key},
        "CreateKey": lambda number: {"Description": str(number)},
    }


def measure(
    servers: Mapping[str, Server],
    sent: Mapping[str, Mapping[str, Members]],
    operation: str,
    folder: str,
    arguments: argparse.Namespace,
) -> None:
    """Load the servers in turn with an operation, and print how they compare."""
    for connections, budget in BUDGETS.items():
        loads: dict[str, list[Load]] = {name: [] for name in servers}
        for _ in range(arguments.rounds):
            for name, server in servers.items():
                requests = [server.request(operation, sent[name][operation](number)) for number in range(DISTINCT)]
                done = load(server, requests, folder, connections=connections, seconds=arguments.seconds)
                loads[name].append(done)
        show(operation, connections, loads, budget if operation == "Encrypt" else None)


def show(operation: str, connections: int, loads: Mapping[str, list[Load]], budget: float | None) -> None:
    """Print what came of an operation over so many connections."""
    ours = loads["kmscli"]
    what = f"{operation}, {connections} connection{'s' if connections > 1 else ''}"
    print(f"  {what}: {described(ours)}")
    for name, at_least in (("moto", budget), ("bare", None)):
        if name in loads:
            note = f"{name} {described(loads[name])}"
            line(f"{what}: x {name}", ratio(ours, loads[name]), at_least, note=note, at_least=True)
    if budget and connections > 1:
        line(f"{what}: p99, x {P99:.0f} ms", statistics.median(one.p99 for one in ours) / P99, 1.0)


def ratio(ours: list[Load], theirs: list[Load]) -> float:
    """The median of the rates' ratios in the same round."""
    return statistics.median(one.rate / other.rate for one, other in zip(ours, theirs, strict=True))


def described(loads: list[Load]) -> str:
    """Medians, as text."""
    rate, p50, p99, cpu = (statistics.median(one[place] for one in loads) for place in range(4))
    return f"{rate:,.0f}/s, p50 {p50:.2f} and p99 {p99:.2f} ms, CPU {cpu:.0f} us"


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=2)
    parser.add_argument("--only", metavar="OPERATION", help="this operation alone")
    arguments = parser.parse_args()
    headline("kmscli serve: requests a second x moto's server (medians; CPU is the server's, a request)")
    if not shutil.which("wrk"):
        print("  no wrk is installed here, so nothing is measured")
        return
    compile_package()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        servers = {"kmscli": stack.enter_context(kmscli_server(folder))}
        servers["bare"] = stack.enter_context(bare_server(folder))
        if MOTO.exists():
            servers["moto"] = stack.enter_context(moto_server(folder))
        else:
            print("  moto is not installed here, so it is left out")
        sent = {name: operations(server) for name, server in servers.items() if name != "bare"}
        sent["bare"] = sent["kmscli"]
        for operation in [arguments.only] if arguments.only else sent["kmscli"]:
            measure(servers, sent, operation, folder, arguments)


if __name__ == "__main__":
    main()
