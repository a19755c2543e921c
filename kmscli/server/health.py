"""Whether calls can be answered, for whoever watches over a server."""

import os

from kmscli.authorization.caller import Caller
from kmscli.clock import monotonic_time
from kmscli.engine import Engine
from kmscli.vault.transaction import Transaction

HOLDS = 1.0
"""Seconds for which one look at the vault is enough."""


class Health:
    """Looks at the vault, as `itself`: is it still the file that was opened, and can it be read?"""

    def __init__(self, engine: Engine, itself: Caller) -> None:
        self.engine = engine
        self.itself = itself
        self.file = self._file()
        self.looked = 0.0
        self.was_well = False

    def is_well(self) -> bool:
        """Whether calls can be answered, as far as a look at most a second ago has shown."""
        now = monotonic_time()
        if now - self.looked > HOLDS:
            self.looked, self.was_well = now, self._look()
        return self.was_well

    def _file(self) -> tuple[int, int]:
        found = os.stat(self.engine.vault.path)
        return found.st_dev, found.st_ino

    def _look(self) -> bool:
        def look(_transaction: Transaction, now: float, _held: float) -> float:
            return now  # the head is known for it, and read again if anybody else has written

        try:
            return self._file() == self.file and self.engine.look(self.itself, look) > 0
        except Exception:  # noqa: BLE001  whatever it is, calls fare no better
            return False
