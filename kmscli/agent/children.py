"""The agent's children: one for each call under way, forked at its client's word."""

import contextlib
import os
import selectors
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator

from kmscli.agent.child import Report, stand_in
from kmscli.agent.connection import Connection
from kmscli.agent.keys import Keys
from kmscli.agent.pages import NEEDED
from kmscli.agent.spare import Spare

CHANNEL = socket.SOCK_SEQPACKET if sys.platform == "linux" else socket.SOCK_STREAM
PYTHONS = {signal.SIGPIPE, signal.SIGXFSZ}
"""What every Python ignores."""


class Children:
    """Children by process. `done` is told of each whose client has been told of its end.

    `answer` runs the command line of a process that has become like its client; the exit code.
    """

    def __init__(
        self,
        keys: Keys,
        selector: selectors.BaseSelector,
        answer: Callable[[], int],
        done: Callable[[Connection], None],
    ) -> None:
        self.keys = keys
        self.selector = selector
        self.answer = answer
        self.done = done
        self.calls = 0
        self._spare: Spare | None = None
        self._is_spare_due = False
        self._under_way: dict[int, tuple[Connection, socket.socket]] = {}
        self._woken, self._wake = os.pipe()

    def __bool__(self) -> bool:
        return bool(self._under_way)

    def watch(self) -> None:
        """Learn of their ends from now on, and let signals do what they do where nobody has said otherwise."""
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in signal.valid_signals() - PYTHONS:
            if signal.getsignal(number) == signal.SIG_IGN:
                signal.signal(number, signal.SIG_DFL)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        self.selector.register(self._woken, selectors.EVENT_READ, self._reap)

    def start(self, client: Connection) -> None:
        """Have a child stand in for a client: the spare, or a new one. Raises OSError: there is no room for one."""
        self.let_stale_spare_go()
        if self._spare and self._spare.takes(client):
            child, channel = self._spare.process, self._spare.channel
            self._spare = None
        else:
            child, channel = self._fork(client)
        self.calls += 1
        client.child = child
        client.close_descriptors()
        self._under_way[child] = (client, channel)
        self.selector.register(channel, selectors.EVENT_READ, lambda: self._hear(child))

    def see_to_spare(self) -> None:
        """Have a spare, once a call has ended: the next one is likely to come soon."""
        self.let_stale_spare_go()
        if self._is_spare_due and not self._spare:
            with contextlib.suppress(OSError):
                self._spare = Spare(*self._fork(None), dict(self.keys.roots))
        self._is_spare_due = False

    def let_stale_spare_go(self) -> None:
        """Have no spare that was born with other keys than are held, nor one that nobody needed for long."""
        if self._spare and (self._spare.roots != self.keys.roots or self._spare.until < time.monotonic()):
            self.let_spare_go()

    def let_spare_go(self) -> None:
        """Have no spare."""
        if self._spare:
            self._spare.end()
            self._spare = None

    def _fork(self, client: Connection | None) -> tuple[int, socket.socket]:
        """A child, for a client or as a spare, and the channel to it. Raises OSError: there is no room for one."""
        ours, theirs = socket.socketpair(socket.AF_UNIX, CHANNEL)
        ours.setblocking(False)
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        try:
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                stand_in(client, parent, theirs, dict(self.keys.roots), self.answer)
        except OSError:
            ours.close()
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            theirs.close()
        return child, ours

    def signal(self, client: Connection, number: int) -> None:
        """Give a child its client's signal, unless it has ended.

        Nothing stops a process for a terminal that is not its own, so SIGTSTP has to be one that stops all.
        """
        if client.child in self._under_way:
            os.kill(client.child, signal.SIGSTOP if number == signal.SIGTSTP else number)

    def _reap(self) -> None:
        """Be done with the children that have ended."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for child, status in ended():
            self._hear(child)
            if child in self._under_way:
                self._tell(child, status.to_bytes(4, "big"))
            elif self._spare and self._spare.process == child:
                self._spare.channel.close()
                self._spare = None
                continue
            self._is_spare_due = bool(NEEDED)  # not before: the client has a processor to itself meanwhile

    def _hear(self, child: int) -> None:
        """Take what a child tells at its end: once, and nothing if it was killed."""
        _, channel = self._under_way.get(child, (None, None))
        if not channel or channel.fileno() < 0:
            return
        self.selector.unregister(channel)
        with channel:
            report = Report.read(channel)
        for vault, root in report.roots.items():
            self.keys.replace(vault, root)
        if report.status:
            self._tell(child, report.status)

    def _tell(self, child: int, status: bytes) -> None:
        client, _ = self._under_way.pop(child)
        self.keys.use()
        with contextlib.suppress(OSError):
            client.socket.send(status)
        self.done(client)


def ended() -> Iterator[tuple[int, int]]:
    """The children that have ended since this was asked last, and how."""
    with contextlib.suppress(ChildProcessError):
        while (found := os.waitpid(-1, os.WNOHANG))[0]:
            yield found
