"""Who is at the other end of a Unix socket: the kernel knows, and nothing of it is taken from what was sent.

The console script loads this where an agent is, so it imports next to nothing.
"""

import _socket
import sys

TYPE_CHECKING = False  # typing itself is a third of an interpreter's start
if TYPE_CHECKING:
    from asyncio.trsock import TransportSocket

_MACOS_LOCAL_PEERCRED = (0, 1, 76)
"""Level, option and size of `struct xucred`, whose second number is the uid (sys/un.h, sys/ucred.h)."""


def peer(connection: "_socket.socket | TransportSocket") -> tuple[int, int]:
    """The process and the user; the process is 0 where the system does not tell it. Raises OSError."""
    if hasattr(_socket, "SO_PEERCRED"):
        told = connection.getsockopt(_socket.SOL_SOCKET, _socket.SO_PEERCRED, 12)
        return int.from_bytes(told[:4], sys.byteorder), int.from_bytes(told[4:8], sys.byteorder)
    told = connection.getsockopt(*_MACOS_LOCAL_PEERCRED)
    return 0, int.from_bytes(told[4:8], sys.byteorder)
