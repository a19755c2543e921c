"""Who may connect to a Unix socket, and as whom he calls."""

import os
import socket
from asyncio import BaseTransport
from collections.abc import Mapping

from kmscli.peer import peer


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
    return peer(connection)[1] if connection.family == socket.AF_UNIX else None
