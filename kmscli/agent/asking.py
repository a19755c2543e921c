"""Asking the agent, from `kmscli agent`."""

import json
import os
import socket
from collections.abc import Mapping
from typing import Any

from kmscli.agent.message import framed
from kmscli.agent.place import is_ours, socket_path
from kmscli.peer import peer

PATIENCE = 10


def ask(environment: Mapping[str, str], *fields: bytes) -> dict[str, Any] | None:
    """What the user's agent answers; None: there is none that does."""
    return ask_at(socket_path(environment), *fields)


def ask_at(path: str, *fields: bytes) -> dict[str, Any] | None:
    """What the agent answers whose socket stands there."""
    if not is_ours(path):
        return None
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(PATIENCE)
        try:
            connection.connect(path)
            if peer(connection)[1] != os.geteuid():
                return None
            connection.sendall(framed(*fields))
            answer = b"".join(iter(lambda: connection.recv(1 << 16), b""))
            told = json.loads(answer)
        except (OSError, ValueError):
            return None
    return told if isinstance(told, dict) else None
