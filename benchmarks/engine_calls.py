"""The engine in one process, a sync for each group of 256 calls, against the bare primitive and one small record.

CPU time of this process, in turn, median of same-round ratios: syncs make wall time wobble. The bare row derives the
message's key, encrypts or decrypts, and encodes one small JSON record; the engine's calls do everything: parse, find
the key, decide, seal, the event, its MAC, the commit, the log.

    python benchmarks/engine_calls.py [--rounds N] [--profile OPERATION]
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from measuring import alternate, headline, line

from kmscli.clock import system_time
from kmscli.crypto.ciphertext_blob import decrypt, encrypt
from kmscli.engine import Caller, Engine
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import create_vault, open_vault
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

GROUP = 256
BUDGET = 6.0
KEY = bytes(range(32))
CONTEXT = {"purpose": "benchmark"}
PLAINTEXT = bytes(32)


class House:
    """A vault in a folder, an engine on it, and a key."""

    def __init__(self, folder: str) -> None:
        self.environment = {"HOME": folder, "XDG_STATE_HOME": folder, "KMSCLI_VAULT_KEY": _base64(KEY)}
        path = str(Path(folder, "vault.db"))
        create_vault(path, UnlockingSecret("key", KEY, "benchmark"), slot_name="", lab=False, now=system_time())

        def opened() -> Vault:
            return open_vault(path, Unlocking(self.environment, warn=print))

        self.engine = Engine(opened(), system_time, opened)
        self.caller = Caller(
            "111122223333", "us-east-1", agent="benchmark", door="benchmark", uid=os.getuid(), user="benchmark"
        )
        made: Any = self.engine.call(self.caller, "CreateKey", {})
        self.key_id: str = made.key_metadata.key_id

    def group(self, operation: str, members: dict[str, Any]) -> list[Any]:
        """A group of calls with one commit, in the log too."""
        outcomes = self.engine.group([(self.caller, operation, members)] * GROUP)
        self.engine.settle(self.environment)
        refused = [outcome.error for outcome in outcomes if outcome.error]
        if refused:
            raise refused[0]
        return [outcome.response for outcome in outcomes]


def _base64(content: bytes) -> str:
    import binascii

    return binascii.b2a_base64(content, newline=False).decode()


def bare(primitive: Callable[[int], object]) -> Callable[[], object]:
    """A group of primitives, each with a small record."""

    def action() -> None:
        for number in range(GROUP):
            primitive(number)
            json.dumps({"event": "Encrypt", "key": "1234abcd", "time": 1767603600, "number": number, "ok": True})

    return action


def rows(house: House) -> dict[str, tuple[Callable[[], object], Callable[[], object]]]:
    """The bare row and the engine's, by operation."""
    material_id = bytes(32)
    blob = encrypt(KEY, material_id, CONTEXT, PLAINTEXT)
    long = bytes(4096)
    request = {"KeyId": house.key_id, "EncryptionContext": CONTEXT}
    made = house.group("Encrypt", {**request, "Plaintext": PLAINTEXT})[0].ciphertext_blob
    return {
        "Encrypt 32 B": (
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, PLAINTEXT)),
            lambda: house.group("Encrypt", {**request, "Plaintext": PLAINTEXT}),
        ),
        "Encrypt 4 KB": (
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, long)),
            lambda: house.group("Encrypt", {**request, "Plaintext": long}),
        ),
        "Decrypt 32 B": (
            bare(lambda _: decrypt(KEY, CONTEXT, blob)),
            lambda: house.group("Decrypt", {"CiphertextBlob": made, "EncryptionContext": CONTEXT}),
        ),
        "GenerateDataKey": (
            bare(lambda _: encrypt(KEY, material_id, CONTEXT, os.urandom(32))),
            lambda: house.group("GenerateDataKey", {**request, "KeySpec": "AES_256"}),
        ),
    }


def measure(folder: str, rounds: int) -> None:
    """Time each operation's two rows in turn, and print the ratios."""
    headline(
        f"The engine in one process, a commit for {GROUP} calls, x the bare primitive and a small record (CPU time)"
    )
    for operation, (primitive, engine) in rows(House(folder)).items():
        times = alternate({"bare": primitive, "engine": engine}, rounds, processes=False)
        micro = [min(times.cpu[row]) / GROUP * 1e6 for row in ("bare", "engine")]
        note = f"{micro[0]:.1f} and {micro[1]:.1f} us a call (least); wall {times.ratio('engine', 'bare'):.2f} x"
        line(operation, times.ratio("engine", "bare", cpu=True), BUDGET, note=note)


def profile(folder: str, operation: str) -> None:
    """Print where the engine's time goes."""
    import cProfile
    import pstats

    _, engine = rows(House(folder))[operation]
    engine()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(20):
        engine()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def main() -> None:
    """Measure in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15)
    parser.add_argument("--profile", metavar="OPERATION", help="profile one row instead, such as 'Encrypt 32 B'")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        if arguments.profile:
            profile(folder, arguments.profile)
        else:
            measure(folder, arguments.rounds)


if __name__ == "__main__":
    main()
