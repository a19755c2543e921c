"""Waiting for what other processes do."""

import subprocess
import time
from collections.abc import Callable

PATIENCE = 120
"""Seconds; what takes longer never happens."""


def wait_until(condition: Callable[[], object]) -> None:
    """Look again and again until something is so. Raises AssertionError: patience has an end."""
    end = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)


def children(pid: int) -> list[int]:
    """The processes that one has started."""
    said = subprocess.run(["ps", "-o", "pid=,stat=", "--ppid", str(pid)], capture_output=True, text=True, check=False)
    pairs = [line.split() for line in said.stdout.splitlines()]
    return [int(number) for number, state in pairs if not state.startswith("Z")]
