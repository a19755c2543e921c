"""Several worker processes on the same sockets: whichever is free takes a connection.

The parent opens no vault. It waits for signals and for what its workers say, and then sees to it that as many serve as
are wanted: one that dies is replaced; at SIGHUP all are, one after another, each only once its successor serves; at
SIGTERM or SIGINT all are told to finish. They do so as well when the parent is gone, however that came: else they would
hold the sockets, and nobody could stop them all.
"""

import asyncio
import logging
import os
import select
import signal
from collections.abc import Callable, Iterable
from socket import socket

from kmscli.clock import monotonic_time
from kmscli.server import service_manager

PAUSE = 1.0
"""Seconds before a worker is replaced that died."""
MOST_DOUBLED = 6
"""How often that is doubled, at most: to about a minute."""
SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGCHLD, signal.SIGHUP)
FINISHED = (0, -signal.SIGTERM, -signal.SIGINT)
"""How a worker leaves that was told to."""

logger = logging.getLogger("kmscli")


class Started:
    """A worker, as it sees itself: the service manager hears of it only by its parent."""

    def __init__(self, pipe: int, lifeline: int) -> None:
        self.pipe = pipe
        self.lifeline = lifeline

    def started(self, _reload: Callable[[], None]) -> None:
        """It serves, as long as its parent holds the other end of the lifeline, on which nobody writes."""
        os.write(self.pipe, b".")
        os.close(self.pipe)
        asyncio.get_running_loop().add_reader(self.lifeline, self._finish)

    def _finish(self) -> None:
        asyncio.get_running_loop().remove_reader(self.lifeline)
        os.kill(os.getpid(), signal.SIGTERM)

    def stopping(self) -> None:
        """It takes nothing new any more."""


class Worker:
    """A worker, as its parent sees it. `pipe`: says that it serves, or ends."""

    def __init__(self, pid: int, pipe: int) -> None:
        self.pid = pid
        self.pipe = pipe
        self.is_ready = False
        self.is_told = False
        """Whether it was told to stop."""


def pause_after(failures: int) -> float:
    """Seconds before a worker is replaced: twice as many after each time that the successors did not even start."""
    return PAUSE * 2.0 ** min(failures, MOST_DOUBLED)


class Workers:
    """`count` processes that do the same `work`, each until it is told to stop; it returns a worker's exit code.

    `sockets`: what they listen on. The parent closes its own when nothing new is taken: else clients would wait there.
    `gone`: told of each that has ended.
    """

    def __init__(
        self,
        count: int,
        work: Callable[[Started], int],
        sockets: Iterable[socket] = (),
        gone: Callable[[int], None] | None = None,
    ) -> None:
        self.count = count
        self.gone = gone
        self.work = work
        self.sockets = sockets
        self.workers: dict[int, Worker] = {}
        self.old: list[int] = []
        """The workers that are yet to be replaced by a reload."""
        self.is_up = self.is_stopping = False
        self.code = 0
        self.failures = 0
        self.not_before = 0.0
        self.wakes: tuple[int, int] = (-1, -1)
        self.lifeline = os.pipe()

    def run(self) -> int:
        """Until a signal says to stop, or one cannot even start at the start, and all have finished.

        The exit code is that of the one that could not start, or of one that failed at the end.
        """
        self._hear_signals()
        while self.workers or not self.is_stopping:
            self._fork_missing()
            self._wait()
        return self.code if self.code >= 0 else 255

    def _hear_signals(self) -> None:
        """Have signals written into a pipe; not a hangup that is ignored, as nohup does."""
        self.wakes = os.pipe()
        os.set_blocking(self.wakes[1], False)
        signal.set_wakeup_fd(self.wakes[1], warn_on_full_buffer=False)
        for number in SIGNALS:
            if number != signal.SIGHUP or signal.getsignal(number) != signal.SIG_IGN:
                signal.signal(number, lambda *_: None)

    def _wait(self) -> None:
        """Wait for what happens next, and deal with it."""
        pipes = {worker.pipe: worker for worker in self.workers.values() if worker.pipe >= 0}
        heard, _, _ = select.select([self.wakes[0], *pipes], [], [], self._patience())
        for pipe in heard:
            if pipe in pipes:
                self._listen_to(pipes[pipe])
        if self.wakes[0] in heard:
            numbers = set(os.read(self.wakes[0], 4096))
            if numbers & {signal.SIGTERM, signal.SIGINT}:
                self._stop()
            if signal.SIGHUP in numbers:
                self._reload()
            self._reap()
        if service_manager.watchdog_interval():
            service_manager.alive()

    def _patience(self) -> float | None:
        """Seconds until something has to be done even if nothing happens."""
        waits = [service_manager.watchdog_interval()]
        if self._missing() > 0:
            waits.append(max(0.0, self.not_before - monotonic_time()))
        return min((one for one in waits if one is not None), default=None)

    def _missing(self) -> int:
        """How many workers are missing; -1 while a successor has begun to serve."""
        return 0 if self.is_stopping else self.count - len([one for one in self.workers.values() if not one.is_told])

    def _fork_missing(self) -> None:
        if monotonic_time() >= self.not_before:
            for _ in range(self._missing()):
                self._fork()
        if self.old and self._missing() == 0 and all(one.is_ready for one in self.workers.values()):
            self._fork()

    def _listen_to(self, worker: Worker) -> None:
        """Hear that a worker serves, or that it never will, of which its end tells more."""
        worker.is_ready = bool(os.read(worker.pipe, 1))
        os.close(worker.pipe)
        worker.pipe = -1
        if not worker.is_ready:
            return
        self.failures = 0
        if self.old and self._missing() < 0:
            self._tell(self.old[0])
            self._leave_old(self.old[1:])
        if not self.is_up and all(one.is_ready for one in self.workers.values()) and not self.is_stopping:
            self.is_up = True
            service_manager.ready()

    def _leave_old(self, left: list[int]) -> None:
        """Say which workers a reload has yet to replace; without any it has ended."""
        if self.old and not left:
            service_manager.ready()
        self.old = left

    def _tell(self, pid: int) -> None:
        """Tell a worker to finish."""
        self.workers[pid].is_told = True
        os.kill(pid, signal.SIGTERM)

    def _stop(self) -> None:
        if not self.is_stopping:
            service_manager.stopping()
        self.is_stopping = True
        self.old.clear()
        for one in self.sockets:
            one.close()
        for pid in self.workers:
            self._tell(pid)

    def _reload(self) -> None:
        if not self.is_stopping:
            service_manager.reloading()
            self.old = [pid for pid, worker in self.workers.items() if not worker.is_told]

    def _reap(self) -> None:
        while self.workers:
            pid, status = os.waitpid(-1, os.WNOHANG)
            if not pid:
                return
            self._bury(self.workers.pop(pid), os.waitstatus_to_exitcode(status))

    def _bury(self, worker: Worker, code: int) -> None:
        """Draw the consequences of a worker's end."""
        if self.gone:
            self.gone(worker.pid)
        if worker.pipe >= 0:
            self._listen_to(worker)
        if worker.is_told:
            self.code = self.code or (0 if code in FINISHED else code)
        elif not self.is_up:
            self.code = code or 255
            self._stop()
        else:
            self._miss(worker, code)

    def _miss(self, worker: Worker, code: int) -> None:
        """A worker has died that nobody told to."""
        if self.old and not worker.is_ready:
            logger.warning("a new worker left with %d: the others go on, nothing is reloaded.", code)
            return self._leave_old([])
        logger.warning("a worker left with %d, and is replaced.", code)
        self._leave_old([pid for pid in self.old if pid != worker.pid])
        if monotonic_time() >= self.not_before:  # else it is replaced together with one that died before
            self.failures += 0 if worker.is_ready else 1
            self.not_before = monotonic_time() + pause_after(self.failures)
        return None

    def _fork(self) -> None:
        hears, says = os.pipe()
        lifeline, held = self.lifeline
        signal.pthread_sigmask(signal.SIG_BLOCK, SIGNALS)
        pid = os.fork()
        if pid:
            os.close(says)
            self.workers[pid] = Worker(pid, hears)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
            return
        code = 255
        try:
            self._forget()
            for descriptor in (hears, held):
                os.close(descriptor)
            code = self.work(Started(says, lifeline))
        finally:
            os._exit(code)

    def _forget(self) -> None:
        """In a new worker: be a process like others, which hears of a reload from its parent alone."""
        signal.set_wakeup_fd(-1)
        for number in SIGNALS:
            signal.signal(number, signal.SIG_IGN if number == signal.SIGHUP else signal.SIG_DFL)
        signal.pthread_sigmask(signal.SIG_UNBLOCK, SIGNALS)
        for descriptor in (*self.wakes, *(one.pipe for one in self.workers.values() if one.pipe >= 0)):
            os.close(descriptor)
