"""A log of a million events, as a process meets it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.trail.writer import Writer

KMSCLI = str(Path(sys.executable).parent / "kmscli")
VERIFY = """
import sys
from kmscli.trail.lines import Log
from kmscli.trail.verify import verify
from tests.trail.writer import KEYS
report = verify([Log.opened(sys.argv[1])], KEYS)
sys.stdout.write("line\\n" * (report.events if not report.wrong else 0))
"""


def written(path: Path, count: int) -> Path:
    """A log of that many events."""
    writer = Writer()
    with path.open("wb") as file:
        file.writelines(writer.line() for _ in range(count))
    return path


def lines_and_peak(command: list[str | Path]) -> tuple[int, int]:
    """How many lines a command writes, and the most memory that it ever had."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as process:
        assert process.stdout
        count = sum(1 for _ in process.stdout)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    return count, usage.ru_maxrss


@pytest.mark.long
@pytest.mark.parametrize(
    "command", [[KMSCLI, "audit", "replay"], [sys.executable, "-c", VERIFY]], ids=["replay", "verify"]
)
def test_a_million_events_need_no_more_memory_than_ten_thousand(tmp_path: Path, command: list[str | Path]) -> None:
    """Every event of a big log is met, and the process never grows with their number."""
    few, small = lines_and_peak([*command, written(tmp_path / "few", 10_000)])
    many, large = lines_and_peak([*command, written(tmp_path / "many", 1_000_000)])
    assert (few, many) == (10_000, 1_000_000)
    assert large < small * 1.2
