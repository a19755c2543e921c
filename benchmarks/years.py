"""Two simulated years of a lab vault: by one move of its clock, and by 730 moves of a day (budget: 2 seconds each).

CPU time, since each move syncs the vault and its log, and what that takes is the disk's; wall time is beside it.

The vault has keys that rotate every 90 to 365 days and keys that are deleted on the way. Each move is what `kmscli
clock advance` does, in one process: a commit for the move, one for each thing that falls due, and the log follows.

    python benchmarks/years.py [--keys N] [--rounds N]
"""

import argparse
import os
import shutil
import tempfile
from functools import partial
from pathlib import Path

from measuring import alternate, headline, line

from kmscli.cli.local._lab_clock import catch_up, move_clock
from kmscli.clock import DAY, system_time
from kmscli.engine import Caller, Engine
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION
from kmscli.vault.keyslots import UnlockingSecret
from kmscli.vault.opening import create_vault, open_vault
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

CALLER = Caller(DEFAULT_ACCOUNT, DEFAULT_REGION, agent="benchmark", door="benchmark", uid=os.getuid(), user="")
KEY = b"key of the benchmark, 32 bytes.."
DAYS = 730
BUDGET = 2.0


def opened(path: Path) -> Vault:
    """A vault of this benchmark."""
    from base64 import b64encode

    return open_vault(str(path), Unlocking({"KMSCLI_VAULT_KEY": b64encode(KEY).decode()}, warn=print))


def engine_on(path: Path) -> Engine:
    """An engine on a vault."""
    return Engine(opened(path), system_time, partial(opened, path))


def prepared(path: Path, keys: int) -> None:
    """A lab vault in which much falls due within two years: of four keys three rotate and one is to be deleted."""
    create_vault(str(path), UnlockingSecret("key", KEY, "benchmark"), slot_name="key", lab=True, now=system_time())
    engine = engine_on(path)
    for number in range(keys):
        made = engine.call(CALLER, "CreateKey", {})
        key = made.key_metadata.key_id  # type: ignore[union-attr]
        if number % 4:
            days = 90 + number * 275 // keys
            engine.call(CALLER, "EnableKeyRotation", {"KeyId": key, "RotationPeriodInDays": days})
        else:
            engine.call(CALLER, "ScheduleKeyDeletion", {"KeyId": key})
    engine.vault.close()


def two_years(start: Path, home: Path, steps: int) -> int:
    """Let two years go by on a copy of a vault, in so many steps. Returns how many things happened."""
    path = Path(shutil.copy(start, home / f"{steps}.db"))
    shutil.rmtree(f"{path}.trail", ignore_errors=True)
    engine = engine_on(path)
    happened = 0
    for _ in range(steps):
        move_clock(engine, CALLER, "AdvanceClock", lambda now: now + DAYS / steps * DAY)
        happened += len(catch_up(engine, CALLER))
        engine.settle({"HOME": str(home), "XDG_STATE_HOME": str(home)})
    engine.vault.close()
    return happened


def main() -> None:
    """Measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keys", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kmscli-years-") as folder:
        home = Path(folder)
        prepared(home / "start.db", arguments.keys)
        rows = {
            "one move of two years": partial(two_years, home / "start.db", home, 1),
            "730 moves of a day": partial(two_years, home / "start.db", home, DAYS),
        }
        happened = {row: action() for row, action in rows.items()}
        times = alternate(rows, arguments.rounds, processes=False)
    headline(f"two years of {arguments.keys} keys, in seconds of CPU time")
    for row in rows:
        note = f"{happened[row]} things happened; wall, least / median {times.milliseconds(row)}"
        line(row, min(times.cpu[row]), BUDGET, note=note)


if __name__ == "__main__":
    main()
