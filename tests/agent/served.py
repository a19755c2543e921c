"""A machine whose calls an agent may stand in for."""

import os
import signal
from contextlib import suppress
from pathlib import Path
from typing import Any

from kmscli.agent.asking import ask
from kmscli.vault.opening import open_with_root
from kmscli.vault.unlocking import Unlocking
from tests.robustness.machine import Machine


class ServedMachine(Machine):
    """A machine with a folder where an agent's `socket` may stand."""

    def __init__(self, home: Path, runtime: Path) -> None:
        super().__init__(home, runtime)
        self.socket = runtime / "kmscli" / "agent"

    def status(self) -> Any:
        """What the agent tells of itself."""
        told = ask(self.runtime, b"status")
        assert told is not None, "there is no agent"
        return told

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

    def opened_root(self) -> bytes:
        """The vault's root key."""
        opened = open_with_root(str(self.vault), Unlocking({}, key_file=str(self.key_file), warn=lambda _: None))
        opened.vault.close()
        return opened.root

    def end(self) -> None:
        """End the agent, if there is one."""
        told = ask(self.runtime, b"status")
        if told:
            with suppress(ProcessLookupError):
                os.kill(told["Pid"], signal.SIGKILL)


def is_running(process: int) -> bool:
    """Whether a process has not ended yet."""
    try:
        with open(f"/proc/{process}/stat") as stat:
            return stat.read().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def opened_by(process: int) -> set[str]:
    """The files that a process has open."""
    opened: set[str] = set()
    with suppress(FileNotFoundError):
        for descriptor in Path(f"/proc/{process}/fd").iterdir():
            opened.add(os.readlink(descriptor))
    return opened
