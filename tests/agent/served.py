"""A machine whose calls an agent may stand in for."""

import os
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from kmscli.agent.asking import ask
from kmscli.vault.opening import open_with_root
from kmscli.vault.unlocking import Unlocking
from tests.robustness.machine import ALIAS, Machine


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


@contextmanager
def waiting(served: ServedMachine, folder: Path, **how: Any) -> Iterator[tuple["subprocess.Popen[bytes]", int, int]]:
    """A call that waits in its child for a file that does not come: the client, its child, the file's other end."""
    fifo = folder / "fifo"
    os.mkfifo(fifo)
    words = ("encrypt", "--key-id", ALIAS, "--plaintext", f"fileb://{fifo}")
    with served.start(*words, **how) as client:
        other_end = os.open(fifo, os.O_WRONLY)  # until the child reads
        [child] = served.children()
        try:
            yield client, child, other_end
        finally:
            client.kill()
            os.close(other_end)


def state(process: int) -> str:
    """What the kernel says of a process; empty if it is gone."""
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return ""
