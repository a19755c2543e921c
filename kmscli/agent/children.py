"""The agent's children: one for each call under way, forked at its client's word."""

import contextlib
import os
import selectors
import signal
from collections.abc import Callable

from kmscli.agent.child import Report, stand_in
from kmscli.agent.connection import Connection
from kmscli.agent.keys import Keys
from kmscli.agent.message import GIVEN_BACK

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
        self._under_way: dict[int, tuple[Connection, int]] = {}
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
        """Fork a child that stands in for a client. Raises OSError: there is no room for one."""
        ours, theirs = os.pipe()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        try:
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                stand_in(client, parent, theirs, dict(self.keys.roots), self.answer)
        except OSError:
            os.close(ours)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
            os.close(theirs)
        self.calls += 1
        client.child = child
        client.close_descriptors()
        self._under_way[child] = (client, ours)

    def signal(self, client: Connection, number: int) -> None:
        """Give a child its client's signal, unless it has ended.

        Nothing stops a process for a terminal that is not its own, so SIGTSTP has to be one that stops all.
        """
        if client.child in self._under_way:
            os.kill(client.child, signal.SIGSTOP if number == signal.SIGTSTP else number)

    def _reap(self) -> None:
        """Tell the clients whose children have ended."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for child, (client, report) in list(self._under_way.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                del self._under_way[child]
                self._tell(client, status, Report.read(report))

    def _tell(self, client: Connection, status: int, report: Report) -> None:
        self.keys.use()
        for vault, root in report.roots.items():
            self.keys.replace(vault, root)
        given_back = report.given_back and not os.WIFSIGNALED(status)
        with contextlib.suppress(OSError):
            client.socket.send(GIVEN_BACK if given_back else status.to_bytes(4, "big"))
        self.done(client)
