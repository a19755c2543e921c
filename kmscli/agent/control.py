"""What is asked of the agent itself, and where it stands."""

import os
from typing import Any

from kmscli import __version__
from kmscli.agent.keys import LONGEST, Keys


class Control:
    """The agent as `kmscli agent` sees it.

    `path`: its socket's. `lock`: the descriptor of the file that lets nobody else listen there. `stopped`: whether it
    takes nothing more.
    """

    def __init__(self, path: str, keys: Keys, installation: bytes, lock: int) -> None:
        self.path = path
        self.keys = keys
        self.installation = installation
        self.stopped = False
        self._lock = lock
        self._socket = os.lstat(path)

    def answer(self, verb: bytes, arguments: list[bytes]) -> dict[str, Any]:
        """Do what is asked, and tell how it stands. Raises ValueError: nothing that it knows."""
        if verb == b"hold":
            vault, path, root, lock_after = arguments
            if lock_after:
                self.keys.lock_after = min(int(lock_after), LONGEST)
            self.keys.hold(vault.decode(), os.fsdecode(path), root)
        elif verb == b"lock":
            self.keys.lock()
        elif verb == b"stop":
            self.stop()
        elif verb != b"status":
            raise ValueError
        return self.status()

    def status(self) -> dict[str, Any]:
        """What there is to know."""
        return {
            "Pid": os.getpid(),
            "Socket": self.path,
            "Version": __version__,
            "Installation": os.fsdecode(self.installation),
            "Vaults": [{"VaultId": vault, "Path": path} for vault, path in self.keys.paths.items()],
            "LocksIn": round(self.keys.remaining()) if self.keys.roots else None,
        }

    def is_reachable(self) -> bool:
        """Whether its socket still stands where clients look for it."""
        try:
            found = os.lstat(self.path)
        except OSError:
            return False
        return (found.st_dev, found.st_ino) == (self._socket.st_dev, self._socket.st_ino)

    def stop(self) -> None:
        """Take nothing more and drop the keys; make room for another agent."""
        if self.stopped:
            return
        self.stopped = True
        self.keys.lock()
        if self.is_reachable():
            os.unlink(self.path)
        os.close(self._lock)
