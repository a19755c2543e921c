"""What the benchmarks share: alternating runs, ratios of the same round, and the lines that they print.

Run by itself it prints nothing.
"""

import os
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

PACKAGE = Path(__file__).parent.parent / "kmscli"
KMSCLI = str(Path(sys.executable).with_name("kmscli"))
OWN_SETTINGS = ("AWS_", "KMSCLI_", "XDG_", "PYTHON")


def bare_environment(home: str) -> dict[str, str]:
    """The environment of a user who has configured nothing."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OWN_SETTINGS)}
    return {**kept, "HOME": home}


def compile_package() -> None:
    """Write the byte code that an installation has; without it a call takes twice as long."""
    subprocess.run([sys.executable, "-m", "compileall", "-q", str(PACKAGE)], check=True, stdout=subprocess.DEVNULL)


def run(command: Sequence[str], environment: Mapping[str, str]) -> bytes:
    """What a command prints. Raises CalledProcessError: it failed."""
    return subprocess.run(command, env=environment, check=True, capture_output=True).stdout


class Times:
    """Seconds by row, a number for each round."""

    def __init__(self) -> None:
        self.wall: dict[str, list[float]] = {}
        self.cpu: dict[str, list[float]] = {}

    def ratio(self, row: str, to: str, *, cpu: bool = False) -> float:
        """The median of a row's ratios to another in the same round."""
        seconds = self.cpu if cpu else self.wall
        return statistics.median(ours / theirs for ours, theirs in zip(seconds[row], seconds[to], strict=True))

    def milliseconds(self, row: str, *, cpu: bool = False) -> str:
        """The least and the median, as text."""
        seconds = (self.cpu if cpu else self.wall)[row]
        return f"{min(seconds) * 1000:.1f} / {statistics.median(seconds) * 1000:.1f} ms"


def alternate(rows: Mapping[str, Callable[[], object]], rounds: int, *, processes: bool) -> Times:
    """Run the rows in turn, so often. CPU time is this process's, or its children's where rows are `processes`."""
    times = Times()
    for action in rows.values():
        action()
    for _ in range(rounds):
        for row, action in rows.items():
            began, spent = time.perf_counter(), cpu_time(processes=processes)
            action()
            times.wall.setdefault(row, []).append(time.perf_counter() - began)
            times.cpu.setdefault(row, []).append(cpu_time(processes=processes) - spent)
    return times


def cpu_time(*, processes: bool) -> float:
    """User and system time so far, of this process or of its children."""
    spent = resource.getrusage(resource.RUSAGE_CHILDREN if processes else resource.RUSAGE_SELF)
    return spent.ru_utime + spent.ru_stime


def headline(text: str) -> None:
    """What is measured, and how."""
    print(f"\n{text}")


def line(what: str, measured: float, budget: float | None, *, note: str = "", at_least: bool = False) -> None:
    """One result: what, measured, budget, and whether it holds."""
    if budget is None:
        print(f"  {what:<46} {measured:8.2f} x                       {note}")
        return
    holds = measured >= budget if at_least else measured <= budget
    verdict = "ok" if holds else "over"
    print(f"  {what:<46} {measured:8.2f} x  budget {budget:6.2f} x  {verdict:<4}  {note}")
