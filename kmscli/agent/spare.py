"""A spare: a child that is forked before its client comes, and copies meanwhile what a call needs of its memory."""

import os
import signal
import socket
import time

from kmscli.agent.connection import DESCRIPTORS, Client
from kmscli.agent.message import framed, unframed
from kmscli.agent.pages import copy_needed
from kmscli.agent.surroundings import close_from

QUIET = 60
"""Seconds until a spare is let go for which no client comes."""
_LONGEST = 1 << 17
"""Bytes of a client that are handed over: at once or not at all, so that nobody waits for a spare to take them."""
_READY = b"r"


class Spare:
    """A spare as the agent has it. `channel`: to it. `roots`: the root keys that it was born with."""

    def __init__(self, process: int, channel: socket.socket, roots: dict[str, bytes]) -> None:
        self.process = process
        self.channel = channel
        self.roots = roots
        self.until = time.monotonic() + QUIET
        self._is_ready = False

    def takes(self, client: Client) -> bool:
        """Give it a client, unless it is not ready yet or gone: then it has learnt nothing of the client."""
        message = framed(b"%d" % client.process, *client.fields)
        if len(message) > _LONGEST:
            return False
        try:
            self._is_ready = self._is_ready or self.channel.recv(1) == _READY
            return self._is_ready and socket.send_fds(self.channel, [message], client.descriptors) == len(message)
        except OSError:
            return False

    def end(self) -> None:
        """Kill it, and wait until it is gone."""
        os.kill(self.process, signal.SIGKILL)
        os.waitpid(self.process, 0)
        self.channel.close()


def wait_for_client(channel: socket.socket) -> Client:
    """Be a spare until there is a client. A signal that comes before is not the client's, and does what it does."""
    close_from(3, kept=channel.fileno())
    copy_needed()
    signal.pthread_sigmask(signal.SIG_SETMASK, [])
    channel.send(_READY)
    message, descriptors, _, _ = socket.recv_fds(channel, _LONGEST, DESCRIPTORS)
    signal.pthread_sigmask(signal.SIG_SETMASK, signal.valid_signals())
    process, *fields = unframed(message) or os._exit(0)
    return Client(int(process), fields, descriptors)
