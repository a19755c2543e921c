"""A machine whose calls an agent may stand in for."""

import os
import signal
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.robustness.machine import PATIENCE, Machine


class ServedMachine(Machine):
    """A machine with a folder where an agent's `socket` may stand."""

    def __init__(self, home: Path, runtime: Path) -> None:
        super().__init__(home, runtime)
        self.socket = runtime / "kmscli" / "agent"

    def status(self) -> Any:
        """What the agent tells of itself."""
        return self.run("agent", "status", "--output", "json").expect().answer

    def calls(self) -> int:
        """How many calls the agent has stood in for."""
        return int(self.status()["Calls"])

    def agent(self) -> int:
        """The agent's process."""
        return int(self.status()["Pid"])

    def children(self) -> list[int]:
        """The processes that stand in for clients now."""
        listed = Path(f"/proc/{self.agent()}/task/{self.agent()}/children").read_text()
        return [int(child) for child in listed.split()]

    def end(self) -> None:
        """End the agent, if there is one."""
        ran = self.run("agent", "status", "--output", "json")
        if ran.code == 0:
            with suppress(ProcessLookupError):
                os.kill(ran.answer["Pid"], signal.SIGKILL)


def wait_until(true: Callable[[], object]) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < end, "it did not come true"
        time.sleep(0.01)
