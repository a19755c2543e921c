"""One connection to the agent: what has come in on it so far."""

import os
import socket
import sys
import time

from kmscli.agent.message import GO, LONGEST, unframed

PATIENCE = 10
"""Seconds that a message may take, and then the client's word."""
_CHUNK = 1 << 18
DESCRIPTORS = 4
"""What comes with a client's word: its standard streams and its folder."""
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)


class Client:
    """A process that is stood in for. `fields`: its message, once that is there. `descriptors`: its, with its word."""

    def __init__(self, process: int, fields: list[bytes], descriptors: list[int]) -> None:
        self.process = process
        self.fields = fields
        self.descriptors = descriptors


class Connection(Client):
    """A client at the other end of a socket. `child`: the process that stands in for it."""

    def __init__(self, made: socket.socket, process: int) -> None:
        super().__init__(process, [], [])
        made.setblocking(False)
        self.socket = made
        self.child = 0
        self.deadline = time.monotonic() + PATIENCE
        self._received = bytearray()

    def read_message(self) -> bool:
        """Take what has come; whether the message is complete.

        Raises ValueError: it is none, or too long. EOFError: the client is gone. OSError.
        """
        received = self.socket.recv(_CHUNK)
        if not received:
            raise EOFError
        self._received += received
        if len(self._received) > LONGEST:
            raise ValueError
        fields = unframed(self._received)
        if fields is None:
            return False
        self.fields, self._received = fields, bytearray()
        self.deadline = time.monotonic() + PATIENCE
        return True

    def read_word(self) -> None:
        """Take the client's word to go, with which its descriptors come.

        Raises ValueError: something else came. EOFError: the client is gone. OSError.
        """
        space = socket.CMSG_SPACE(DESCRIPTORS * 4)
        received, ancillary, flags, _ = self.socket.recvmsg(1, space, _CLOSE_ON_EXEC)
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                whole = range(0, len(content) - len(content) % 4, 4)
                self.descriptors += [int.from_bytes(content[at : at + 4], sys.byteorder) for at in whole]
        if not received:
            raise EOFError
        if received != GO or flags & socket.MSG_CTRUNC or len(self.descriptors) != DESCRIPTORS:
            raise ValueError

    def close_descriptors(self) -> None:
        """Close the client's descriptors: the child has its own."""
        for descriptor in self.descriptors:
            os.close(descriptor)
        self.descriptors = []

    def close(self) -> None:
        """Be done with the client."""
        self.close_descriptors()
        self.socket.close()
