"""A call through `kmscli batch` against the same call in a process of its own.

Whole processes in turn, and one coprocess that lives all the time; medians of same-round ratios.

    python benchmarks/batch.py [--rounds N]
"""

import argparse
import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

from measuring import KMSCLI, alternate, bare_environment, compile_package, headline, line
from process_call import ENCRYPT, make_key, quiet

REQUEST = json.dumps({"Operation": "Encrypt", "KeyId": "alias/benchmark", "Plaintext": "aGVsbG8="}).encode() + b"\n"
MANY = 1_000


def batch(environment: dict[str, str], requests: Path) -> Callable[[], object]:
    """A row: a batch that answers a file."""

    def action() -> None:
        with requests.open("rb") as stream:
            subprocess.run([KMSCLI, "batch"], env=environment, stdin=stream, stdout=subprocess.DEVNULL, check=True)

    return action


def waiting(coprocess: "subprocess.Popen[bytes]") -> Callable[[], object]:
    """A row: one request to a batch that runs already, and its answer."""

    def action() -> None:
        assert coprocess.stdin
        assert coprocess.stdout
        coprocess.stdin.write(REQUEST)
        coprocess.stdin.flush()
        coprocess.stdout.readline()

    return action


def measure(home: str, rounds: int) -> None:
    """Time all rows in turn, and print the ratios."""
    environment = bare_environment(home)
    make_key(environment)
    one, many = Path(home, "one"), Path(home, "many")
    one.write_bytes(REQUEST)
    many.write_bytes(REQUEST * MANY)
    pipe = subprocess.PIPE
    with subprocess.Popen([KMSCLI, "batch"], env=environment, stdin=pipe, stdout=pipe) as coprocess:
        rows = {
            "encrypt": quiet(environment, KMSCLI, *ENCRYPT),
            "batch of 1": batch(environment, one),
            "many": batch(environment, many),
            "coprocess": waiting(coprocess),
        }
        times = alternate(rows, rounds, processes=True)
        coprocess.communicate()
    headline(
        f"`kmscli encrypt` ({times.milliseconds('encrypt')}, least / median of {rounds}) against a call through batch"
    )
    note = f"CPU {times.ratio('encrypt', 'many', cpu=True) * MANY:.1f} x, {times.milliseconds('many')} for all"
    line(f"encrypt, x a call of {MANY:,} in a file", times.ratio("encrypt", "many") * MANY, None, note=note)
    note = times.milliseconds("coprocess")
    line("encrypt, x a call that a script waits for", times.ratio("encrypt", "coprocess"), None, note=note)
    note = f"CPU {times.ratio('batch of 1', 'encrypt', cpu=True):.2f} x, {times.milliseconds('batch of 1')}"
    line("a batch of one request, x encrypt", times.ratio("batch of 1", "encrypt"), None, note=note)


def main() -> None:
    """Measure in a home of its own."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=11)
    compile_package()
    with tempfile.TemporaryDirectory() as home:
        measure(home, parser.parse_args().rounds)


if __name__ == "__main__":
    main()
