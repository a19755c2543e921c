"""What the benchmarks of groups share: a house with an engine, bare primitives, ratios in CPU time, a profile.

CPU time of this process, in turn, median of same-round ratios: syncs make wall time wobble. The engine's calls do
everything: parse, find the key, decide, seal, the event, its MAC, the commit, the log. Run by itself it prints nothing.
"""

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from measuring import alternate, headline, line

from kmscli.clock import system_time
from kmscli.engine import Caller, Engine
from kmscli.json_text import answer_many
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import create_vault, open_vault
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

GROUP = 256
KEY = bytes(range(32))


class House:
    """A vault in a folder, and an engine on it."""

    def __init__(self, folder: str) -> None:
        self.environment = {"HOME": folder, "XDG_STATE_HOME": folder, "KMSCLI_VAULT_KEY": _base64(KEY)}
        path = str(Path(folder, "vault.db"))
        create_vault(path, UnlockingSecret("key", KEY, "benchmark"), slot_name="", lab=False, now=system_time())

        def opened() -> Vault:
            return open_vault(path, Unlocking(self.environment, warn=print))

        answer_many()
        self.engine = Engine(opened(), system_time, opened)
        self.caller = Caller(
            "111122223333", "us-east-1", agent="benchmark", door="benchmark", uid=os.getuid(), user="benchmark"
        )

    def new_key(self, spec: str = "SYMMETRIC_DEFAULT", usage: str = "ENCRYPT_DECRYPT") -> str:
        """A new key's id."""
        made: Any = self.engine.call(self.caller, "CreateKey", {"KeySpec": spec, "KeyUsage": usage})
        return str(made.key_metadata.key_id)

    def group(self, operation: str, members: dict[str, Any], by: Caller | None = None) -> list[Any]:
        """A group of calls with one commit, in the log too."""
        outcomes = self.engine.group([(by or self.caller, operation, members)] * GROUP)
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


class Compared(NamedTuple):
    """A row: the bare primitives, the engine's calls, and how many times as long these may take."""

    bare: Callable[[], object]
    engine: Callable[[], object]
    budget: float | None


def compare(rows: dict[str, Compared], rounds: int) -> None:
    """Time the two sides of each row in turn, and print the ratios."""
    headline(
        f"The engine in one process, a commit for {GROUP} calls, x the bare primitive and a small record (CPU time)"
    )
    for name, row in rows.items():
        times = alternate({"bare": row.bare, "engine": row.engine}, rounds, processes=False)
        micro = [min(times.cpu[side]) / GROUP * 1e6 for side in ("bare", "engine")]
        note = f"{micro[0]:.1f} and {micro[1]:.1f} us a call (least); wall {times.ratio('engine', 'bare'):.2f} x"
        line(name, times.ratio("engine", "bare", cpu=True), row.budget, note=note)


def profile(engine: Callable[[], object]) -> None:
    """Print where the engine's time goes."""
    import cProfile
    import pstats

    engine()
    profiler = cProfile.Profile()
    profiler.enable()
    for _ in range(20):
        engine()
    profiler.disable()
    pstats.Stats(profiler).sort_stats("tottime").print_stats(30)


def measure(description: str, made: Callable[[House], dict[str, Compared]], *, rounds: int) -> None:
    """Measure in a folder of its own, as the command line asks: all rows, or a profile of one."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=rounds)
    parser.add_argument("--profile", metavar="ROW", help="profile the engine's side of one row instead")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        rows = made(House(folder))
        if arguments.profile:
            profile(rows[arguments.profile].engine)
        else:
            compare(rows, arguments.rounds)
