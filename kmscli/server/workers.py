"""Several worker processes on the same sockets: whichever is free takes a connection.

The parent opens no vault. A worker that dies is replaced; at SIGTERM or SIGINT all are told to finish.
"""

import os
import signal
import time
from collections.abc import Callable
from types import FrameType

PAUSE = 1.0
"""Seconds before a worker is replaced that died: one that cannot even start would else be forked without end."""


class Workers:
    """`count` processes that do the same `work`, each until it is told to stop."""

    def __init__(self, count: int, work: Callable[[], None]) -> None:
        self.count = count
        self.work = work
        self.pids: set[int] = set()
        self.is_stopping = False

    def run(self) -> int:
        """Until a signal says to stop, and all have finished. The exit code: of the first that failed at the end."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self._stop)
        for _ in range(self.count):
            self._fork()
        failed = 0
        while self.pids:
            pid, status = os.wait()
            self.pids.discard(pid)
            if self.is_stopping:
                failed = failed or os.waitstatus_to_exitcode(status)
                continue
            time.sleep(PAUSE)
            if not self.is_stopping:
                self._fork()
        return failed

    def _fork(self) -> None:
        pid = os.fork()
        if pid:
            self.pids.add(pid)
            return
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_DFL)
        code = 255
        try:
            self.work()
            code = 0
        finally:
            os._exit(code)

    def _stop(self, _number: int, _frame: FrameType | None) -> None:
        self.is_stopping = True
        for pid in self.pids:
            os.kill(pid, signal.SIGTERM)
