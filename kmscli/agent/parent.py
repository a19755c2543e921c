"""The agent's own process: one thread that takes command lines in and has a child stand in for each.

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

from kmscli.agent.children import Children
from kmscli.agent.connection import PATIENCE, Connection
from kmscli.agent.control import Control
from kmscli.agent.keys import Keys
from kmscli.agent.message import GIVEN_BACK, READY
from kmscli.agent.place import installation
from kmscli.agent.surroundings import surroundings
from kmscli.peer import peer

MOST = 128
"""Connections at once; further ones wait until one is closed."""
TICK = 10
"""Seconds after which it looks around, whatever happens: a timer does not run while the machine sleeps."""
CALL_FIELDS = 7


class Parent:
    """The agent. `answer` runs the command line of a process that has become like its client; the exit code."""

    def __init__(self, listener: socket.socket, keys: Keys, control: Control, answer: Callable[[], int]) -> None:
        self.listener = listener
        self.keys = keys
        self.control = control
        self.selector = selectors.DefaultSelector()
        self.children = Children(keys, self.selector, answer, self._drop)
        self._connections: dict[int, Connection] = {}
        self._surroundings = surroundings(os.getpid())
        self._installation = installation(os.environ)

    def run(self) -> None:
        """Answer until it is told to stop, and its children have ended."""
        self.children.watch()
        for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(number, lambda *_: self.control.stop())
        self.listener.setblocking(False)
        self._listen()
        while not self.control.stopped or self.children:
            happened = self.selector.select(self._patience())
            for key, _ in happened:
                key.data()
            if not happened and not self.control.stopped and len(self._connections) < MOST:
                self._listen()
            self._look_around()

    def _patience(self) -> float:
        waiting = any(not connection.child for connection in self._connections.values())
        return min(PATIENCE if waiting else TICK, self.keys.remaining() if self.keys.roots else TICK)

    def _look_around(self) -> None:
        """See to what nobody tells it of: time that has passed, a socket that is gone, a word to stop."""
        self.keys.lock_if_idle()
        if not self.control.stopped and not self.control.is_reachable():
            self.control.stop()
        if self.control.stopped and self.listener.fileno() >= 0:
            self._stop_listening()
            self.listener.close()
        now = time.monotonic()
        for connection in list(self._connections.values()):
            if not connection.child and (self.control.stopped or connection.deadline < now):
                self._drop(connection)
        if self.control.stopped:
            self.children.let_spare_go()
        else:
            self.children.see_to_spare()

    def _listen(self) -> None:
        if self.listener.fileno() >= 0 and self.listener not in self.selector.get_map():
            self.selector.register(self.listener, selectors.EVENT_READ, self._accept)

    def _stop_listening(self) -> None:
        if self.listener.fileno() >= 0 and self.listener in self.selector.get_map():
            self.selector.unregister(self.listener)

    def _accept(self) -> None:
        try:
            made, _ = self.listener.accept()
        except BlockingIOError:
            return
        except OSError:
            # no more descriptors, for one: until there are fewer connections, or nothing happens for a while
            self._stop_listening()
            return
        try:
            process, user = peer(made)
        except OSError:
            process, user = 0, -1
        if user != os.geteuid():
            made.close()
            return
        connection = Connection(made, process)
        self._connections[made.fileno()] = connection
        self.selector.register(made, selectors.EVENT_READ, lambda: self._read(connection))
        if len(self._connections) >= MOST:
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
        """Answer a message. Raises ValueError: it is none that the agent can do anything with."""
        verb, *rest = connection.fields
        if verb != b"call":
            connection.fields = []
            told = {**self.control.answer(verb, rest), "Calls": self.children.calls}
            self.children.let_stale_spare_go()
            connection.socket.send(json.dumps(told).encode())
            self._drop(connection)
        elif self._can_stand_in_for(connection):
            connection.socket.send(READY)
        else:
            raise ValueError

    def _can_stand_in_for(self, connection: Connection) -> bool:
        if self.control.stopped or len(connection.fields) != CALL_FIELDS:
            return False
        return (connection.fields[1], surroundings(connection.process)) == (self._installation, self._surroundings)

    def _start(self, connection: Connection) -> None:
        connection.read_word()
        self.keys.lock_if_idle()
        self.keys.use()
        self.children.start(connection)

    def _pass_on(self, connection: Connection) -> None:
        """Give the child its client's signals. Raises EOFError: the client is gone. OSError: it sent something else."""
        numbers = connection.socket.recv(64)
        for number in numbers:
            self.children.signal(connection, number)
        if not numbers:
            raise EOFError

    def _drop(self, connection: Connection) -> None:
        """Be done with a connection; there is room for another.

        A client that is gone is followed by its child; one that has none makes its call itself.
        """
        descriptor = connection.socket.fileno()
        if self._connections.pop(descriptor, None):
            with contextlib.suppress(OSError):
                if connection.child:
                    self.children.signal(connection, signal.SIGKILL)
                elif connection.fields:
                    connection.socket.send(GIVEN_BACK)
            self.selector.unregister(connection.socket)
            connection.close()
            if not self.control.stopped:
                self._listen()
