"""The agent's own process: one thread that takes command lines in and forks a child for each.

It opens no vault and reads nothing of a client but its message. A client that goes away ends its child, a child's end
is its client's.
"""

import contextlib
import json
import os
import selectors
import signal
import socket
import time
from collections.abc import Callable

from kmscli.agent.child import Report, stand_in
from kmscli.agent.connection import PATIENCE, Connection
from kmscli.agent.control import Control
from kmscli.agent.keys import Keys
from kmscli.agent.message import GIVEN_BACK, READY
from kmscli.agent.place import installation, peer
from kmscli.agent.surroundings import surroundings

PYTHONS = {signal.SIGPIPE, signal.SIGXFSZ}
"""What every Python ignores."""
MOST = 128
"""Connections at once; further ones wait until one is closed."""
TICK = 20
"""Seconds after which it looks around, whatever happens: a timer does not run while the machine sleeps."""


class Parent:
    """The agent. `answer` runs the command line of a process that has become like its client; the exit code."""

    def __init__(self, listener: socket.socket, keys: Keys, control: Control, answer: Callable[[], int]) -> None:
        self.listener = listener
        self.keys = keys
        self.control = control
        self.answer = answer
        self.connections: dict[int, Connection] = {}
        self.children: dict[int, tuple[Connection, int]] = {}
        self.selector = selectors.DefaultSelector()
        self._surroundings = surroundings(os.getpid())
        self._installation = installation(os.environ)
        self._woken, self._wake = os.pipe()

    def run(self) -> None:
        """Answer until it is told to stop, and its children have ended."""
        os.set_blocking(self._woken, False)
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        for number in signal.valid_signals() - PYTHONS:
            if signal.getsignal(number) == signal.SIG_IGN:  # by whoever started it, which is not for its children
                signal.signal(number, signal.SIG_DFL)
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.control.stop())
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        self.selector.register(self._woken, selectors.EVENT_READ, self._reap)
        self.listener.setblocking(False)
        self._listen()
        while not self.control.stopped or self.children:
            for key, _ in self.selector.select(self._patience()):
                key.data()
            self._look_around()

    def _patience(self) -> float:
        waiting = any(not connection.child for connection in self.connections.values())
        return min(PATIENCE if waiting else TICK, self.keys.remaining() if self.keys.roots else TICK)

    def _look_around(self) -> None:
        self.keys.lock_if_idle()
        now = time.monotonic()
        for connection in list(self.connections.values()):
            if not connection.child and connection.deadline < now:
                self._drop(connection)
        if not self.control.stopped and not self.control.is_reachable():
            self.control.stop()
        if self.control.stopped and self.listener.fileno() >= 0:
            self._stop_listening()
            self.listener.close()
            for connection in list(self.connections.values()):
                if not connection.child:
                    self._drop(connection)

    def _listen(self) -> None:
        if self.listener.fileno() >= 0 and self.listener not in self.selector.get_map():
            self.selector.register(self.listener, selectors.EVENT_READ, self._accept)

    def _stop_listening(self) -> None:
        if self.listener.fileno() >= 0 and self.listener in self.selector.get_map():
            self.selector.unregister(self.listener)

    def _accept(self) -> None:
        try:
            made, _ = self.listener.accept()
        except OSError:
            return
        try:
            process, user = peer(made)
        except OSError:
            process, user = 0, -1
        if user != os.geteuid():
            made.close()
            return
        connection = Connection(made, process)
        self.connections[made.fileno()] = connection
        self.selector.register(made, selectors.EVENT_READ, lambda: self._read(connection))
        if len(self.connections) >= MOST:
            self._stop_listening()

    def _read(self, connection: Connection) -> None:
        """Take what a client has sent; whoever sends nonsense, or is gone, is done with."""
        try:
            if connection.child:
                self._pass_on(connection)
            elif connection.fields:
                self._start(connection)
            elif connection.read_message():
                self._answer(connection)
        except BlockingIOError:
            return
        except (OSError, ValueError, EOFError):
            self._drop(connection)

    def _answer(self, connection: Connection) -> None:
        verb, *rest = connection.fields
        if verb == b"call":
            if not self._can_stand_in_for(connection):
                raise ValueError
            connection.socket.send(READY)
            return
        told = self.control.answer(verb, rest)
        connection.socket.send(json.dumps(told).encode())
        self._drop(connection)

    def _can_stand_in_for(self, connection: Connection) -> bool:
        same = len(connection.fields) == 7 and connection.fields[1] == self._installation
        return same and not self.control.stopped and surroundings(connection.process) == self._surroundings

    def _start(self, connection: Connection) -> None:
        """Fork the child, at the client's word."""
        connection.read_word()
        self.keys.lock_if_idle()
        self.keys.use()
        ours, theirs = os.pipe()
        parent = os.getpid()
        signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
        try:
            child = os.fork()
            if not child:
                signal.set_wakeup_fd(-1)
                stand_in(connection, parent, theirs, dict(self.keys.roots), self.answer)
        except OSError:
            os.close(ours)
            os.close(theirs)
            connection.socket.send(GIVEN_BACK)
            raise
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.close(theirs)
        connection.child = child
        self.control.calls += 1
        connection.close_descriptors()
        connection.fields = []
        self.children[child] = (connection, ours)

    def _pass_on(self, connection: Connection) -> None:
        """Give the child its client's signals; whose client is gone is killed, as that was."""
        numbers = connection.socket.recv(64)
        if connection.child in self.children:
            for number in numbers or [signal.SIGKILL]:
                # Nothing stops a process for a terminal that is not its own, so SIGTSTP has to be one that stops all.
                os.kill(connection.child, signal.SIGSTOP if number == signal.SIGTSTP else number)
        if not numbers:
            raise EOFError

    def _reap(self) -> None:
        """Tell the clients whose children have ended."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for child, (connection, report) in list(self.children.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if ended:
                del self.children[child]
                self._tell(connection, status, Report.read(report))

    def _tell(self, connection: Connection, status: int, report: Report) -> None:
        self.keys.use()
        for vault, root in report.roots.items():
            self.keys.replace(vault, root)
        with contextlib.suppress(OSError):
            connection.socket.send(GIVEN_BACK if report.given_back else status.to_bytes(4, "big"))
        self._drop(connection)

    def _drop(self, connection: Connection) -> None:
        descriptor = connection.socket.fileno()
        if self.connections.pop(descriptor, None):
            self.selector.unregister(connection.socket)
            connection.close()
            if not self.control.stopped:
                self._listen()
