"""Several worker processes on the same sockets: whichever is free takes a connection.

The parent opens no vault, and takes its signals one at a time, so that none falls between a fork and its being noted.
A worker that dies is replaced; at SIGTERM or SIGINT all are told to finish. They do so as well when the parent is gone,
however that came: else they would hold the sockets, and nobody could stop them all.
"""

import os
import signal
import threading
import time
from collections.abc import Callable

PAUSE = 1.0
"""Seconds before a worker is replaced that died: one that cannot even start would else be forked without end."""
SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}


class Workers:
    """`count` processes that do the same `work`, each until it is told to stop."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self.count = count
        self.work = work
        self.pids: set[int] = set()
        self.failed = 0
        self._lifeline, self._held = os.pipe()

    def run(self) -> int:
        """Until a signal says to stop, and all have finished. The exit code of a worker that failed at the end."""
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        for _ in range(self.count):
            self._fork()
        while signal.sigwait(SIGNALS) == signal.SIGCHLD:
            for _ in range(self._reap()):
                time.sleep(PAUSE)
                self._fork()
        self.failed = 0
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
        while self.pids:
            self._note(*os.wait())
        return self.failed

    def _reap(self) -> int:
        """How many workers have died."""
        before = len(self.pids)
        while self.pids:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                break
            self._note(pid, status)
        return before - len(self.pids)

    def _note(self, pid: int, status: int) -> None:
        self.pids.discard(pid)
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, -signal.SIGTERM):
            self.failed = code

    def _fork(self) -> None:
        pid = os.fork()
        if pid:
            self.pids.add(pid)
            return
        code = 255
        try:
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            os.close(self._held)
            threading.Thread(target=self._finish_with_the_parent, daemon=True).start()
            self.work()
            code = 0
        finally:
            os._exit(code)

    def _finish_with_the_parent(self) -> None:
        """Wait for the end of a pipe that only the parent holds open, and that nobody writes to."""
        os.read(self._lifeline, 1)
        os.kill(os.getpid(), signal.SIGTERM)
