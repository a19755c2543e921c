"""The root keys that the agent holds, and for how long."""

import time

_CLOCK: int = getattr(time, "CLOCK_BOOTTIME", 0) or getattr(time, "CLOCK_MONOTONIC_RAW", time.CLOCK_MONOTONIC)
"""One that goes on while the machine sleeps: Linux's, then macOS's."""
LOCK_AFTER = 900
LONGEST = 366 * 86400
"""Seconds without a call until the keys are dropped: where nothing else is said, and at most."""


class Keys:
    """Root keys by vault, until nobody has used them for `lock_after` seconds."""

    def __init__(self) -> None:
        self.lock_after = LOCK_AFTER
        self.roots: dict[str, bytes] = {}
        self.paths: dict[str, str] = {}
        self._used = time.clock_gettime(_CLOCK)

    def hold(self, vault: str, path: str, root: bytes) -> None:
        """Keep a vault's root key. `path`: where its file was, for people."""
        self.roots[vault] = root
        self.paths[vault] = path
        self.use()

    def replace(self, vault: str, root: bytes) -> None:
        """Keep another root key of a vault that was rekeyed; nothing if it is locked by now."""
        if vault in self.roots:
            self.roots[vault] = root

    def use(self) -> None:
        """Begin to count again."""
        self._used = time.clock_gettime(_CLOCK)

    def remaining(self) -> float:
        """Seconds until the keys are dropped."""
        return max(0.0, self._used + self.lock_after - time.clock_gettime(_CLOCK))

    def lock_if_idle(self) -> None:
        """Drop the keys if their time has come."""
        if self.roots and not self.remaining():
            self.lock()

    def lock(self) -> None:
        """Drop the keys."""
        self.roots.clear()
        self.paths.clear()
