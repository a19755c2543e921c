"""Who is at the other end of a Unix socket: the kernel knows, and nothing of it is taken from the wire."""

import os
import socket
import struct
import sys
from asyncio import BaseTransport
from collections.abc import Mapping

_MACOS_LOCAL_PEERCRED = (0, 1, 76)
"""Level, option and size of `struct xucred`, whose second number is the uid (sys/un.h, sys/ucred.h)."""


class Peers:
    """Who may connect to a Unix socket, and as whom. `principals`: by uid, an account and an ARN, as Caller takes them.

    Where nobody is mapped, the permissions of the socket's file decide who connects.
    """

    def __init__(self, principals: Mapping[int, tuple[str, str]]) -> None:
        self.principals = principals

    def admits(self, uid: int) -> bool:
        """Whether a user may connect: one who is mapped, or the server's own."""
        return not self.principals or uid in self.principals or uid == os.getuid()


def uid_of(transport: BaseTransport) -> int | None:
    """The user who has connected by a Unix socket; None: it is none."""
    connection = transport.get_extra_info("socket")
    if connection.family != socket.AF_UNIX:
        return None
    if sys.platform == "darwin":
        return int(struct.unpack_from("=II", connection.getsockopt(*_MACOS_LOCAL_PEERCRED))[1])
    size = struct.calcsize("=iII")
    return int(struct.unpack("=iII", connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))[1])
