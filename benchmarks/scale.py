"""What a vault costs as it grows: one process call, a page of ListKeys, and due work, at 10, 1,000 and 100,000 keys.

The vaults are built in commits of 20,000 keys, each with its record and an alias; half of them rotate one day. The
process call is wall time in turn; a page and due work are CPU time.

    python benchmarks/scale.py [--million] [--rounds N]
"""

import argparse
import os
import tempfile
import time
from itertools import islice
from pathlib import Path
from typing import Any

from measuring import KMSCLI, alternate, bare_environment, compile_package, headline, line
from process_call import quiet

from kmscli.clock import DAY, system_time
from kmscli.engine import Caller, Engine
from kmscli.keys.aliases import ALIAS, Alias
from kmscli.keys.key import KEY, Key, save_key
from kmscli.keys.material import add_material, make_material
from kmscli.keys.policies import default_policy, set_policy
from kmscli.names import DEFAULT_ACCOUNT, DEFAULT_REGION, new_uuid
from kmscli.vault.head import ChainEnd
from kmscli.vault.location import default_key_file, default_vault
from kmscli.vault.opening import create_vault, make_key_file, open_vault
from kmscli.vault.transaction import Transaction
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

SIZES = (10, 1_000, 100_000)
MILLION = 1_000_000
COMMIT = 20_000
USED = 5
"""The key that is called, the only one that needs its material and its policy."""


class Grown:
    """A home whose vault holds so many keys."""

    def __init__(self, folder: str, keys: int) -> None:
        self.keys = keys
        self.home = Path(folder, str(keys))
        self.home.mkdir(mode=0o700)
        self.environment = bare_environment(str(self.home))
        os.environ["HOME"] = str(self.home)
        secret = make_key_file(default_key_file(self.environment))
        create_vault(default_vault(self.environment), secret, slot_name="", lab=False, now=system_time())
        began = time.perf_counter()
        self.vault = self.opened()
        for start in range(0, keys, COMMIT):
            self._add(range(start, min(start + COMMIT, keys)))
        self.vault.store.checkpoint()
        size = os.path.getsize(self.vault.path) / 1e6
        print(f"  {keys:>9,} keys: {size:8.1f} MB, built in {time.perf_counter() - began:.1f} s")
        self.caller = Caller(
            DEFAULT_ACCOUNT, DEFAULT_REGION, agent="benchmark", door="benchmark", uid=os.getuid(), user="benchmark"
        )
        self.engine = Engine(self.vault, system_time, self.opened)
        first: Any = self.engine.call(self.caller, "ListKeys", {"Limit": min(keys // 2, 1000)})
        self.marker = first.next_marker

    def opened(self) -> Vault:
        """The vault, opened."""
        os.environ["HOME"] = str(self.home)
        return open_vault(default_vault(self.environment), Unlocking(self.environment, warn=print))

    def page(self) -> object:
        """A page of ListKeys from where the first one ended."""
        return self.engine.call(self.caller, "ListKeys", {"Limit": 100, "Marker": self.marker})

    def due(self) -> None:
        """What every call asks: which keys are due. None is; then as if it were in 400 days: 64 of the half."""
        transaction = self.vault.transaction()
        for moment in (system_time(), system_time() + 400 * DAY):
            list(islice(transaction.due(KEY, moment), 64))
        transaction.close()

    def _add(self, numbers: range) -> None:
        transaction = self.vault.transaction()
        now = system_time()
        for number in numbers:
            add_key(transaction, number, now)
        transaction.writes = dict(sorted(transaction.writes.items()))
        transaction.count(f"{DEFAULT_ACCOUNT} {DEFAULT_REGION}", "keys", len(numbers))
        self.vault.commit(transaction, no_events, now)


def no_events(end: ChainEnd, commit: int, key: tuple[int, bytes]) -> tuple[list[bytes], ChainEnd]:
    """The lines of a commit that leaves none."""
    del commit, key
    return [], end


def add_key(transaction: Transaction, number: int, now: float) -> None:
    """Write a key and its alias."""
    key = Key(
        account=DEFAULT_ACCOUNT,
        region=DEFAULT_REGION,
        key_id=new_uuid(),
        spec="SYMMETRIC_DEFAULT",
        usage="ENCRYPT_DECRYPT",
        origin="AWS_KMS",
        manager="CUSTOMER",
        created=now,
        state="Enabled",
        description=f"key {number}",
        material_id="",
        rotation={"period": 365, "next": now + 365 * DAY} if number % 2 else None,
    )
    if number == USED:
        key = key.changed(material_id=add_material(transaction, key, make_material(key.spec), order=0))
        set_policy(transaction, key, default_policy(DEFAULT_ACCOUNT, DEFAULT_REGION))
    save_key(transaction, key)
    alias = Alias(
        f"alias/k{number}", account=key.account, region=key.region, key_id=key.key_id, created=now, updated=now
    )
    transaction.put(ALIAS, key.scope, alias.name, alias, first=key.arn)


def measure(folder: str, sizes: tuple[int, ...], rounds: int) -> None:
    """Build the vaults, time all sizes in turn, and print the ratios."""
    headline("Vaults")
    homes = [Grown(folder, keys) for keys in sizes]
    headline("One process call `encrypt` by alias (wall time), x the same at 10 keys")
    words = ["encrypt", "--plaintext", "aGk=", "--key-id", f"alias/k{USED}"]
    calls = {f"{home.keys:,}": quiet(home.environment, KMSCLI, *words) for home in homes}
    times = alternate(calls, rounds, processes=True)
    for size in list(calls)[1:]:
        note = f"CPU {times.ratio(size, '10', cpu=True):.2f} x, {times.milliseconds(size)}"
        line(f"{size} keys", times.ratio(size, "10"), 1.1, note=note)
    for what in ("page", "due"):
        name = {"page": "A page of 100 of ListKeys", "due": "Due work"}[what]
        headline(f"{name} in one process (CPU time), x the same at 1,000 keys")
        rows = {f"{home.keys:,}": many(home, what) for home in homes[1:]}
        times = alternate(rows, 5, processes=False)
        for size in list(rows)[1:]:
            note = f"{min(times.cpu[size]) / REPEATS * 1e6:.0f} us each"
            line(f"{size} keys", times.ratio(size, "1,000", cpu=True), 1.3, note=note)


REPEATS = 30


def many(home: Grown, what: str) -> Any:
    """A row: something small so often that it can be measured."""

    def action() -> None:
        for _ in range(REPEATS):
            getattr(home, what)()

    return action


def main() -> None:
    """Measure in a folder of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--million", action="store_true", help="1,000,000 keys too: about 1 GB, some minutes")
    parser.add_argument("--rounds", type=int, default=15)
    arguments = parser.parse_args()
    compile_package()
    with tempfile.TemporaryDirectory() as folder:
        measure(folder, (*SIZES, MILLION) if arguments.million else SIZES, arguments.rounds)


if __name__ == "__main__":
    main()
