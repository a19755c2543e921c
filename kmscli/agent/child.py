"""A child of the agent: it becomes like the process that it stands in for, and runs its command line."""

import json
import os
import signal
import socket
import sys
import time
from collections.abc import Callable
from typing import NoReturn

from kmscli.agent.connection import Client
from kmscli.agent.given_back import GivenBack
from kmscli.agent.message import GIVEN_BACK
from kmscli.agent.spare import wait_for_client
from kmscli.agent.surroundings import close_from, die_with_parent, take_limits_of
from kmscli.vault.held_roots import HELD_ROOTS

AGENTS = (signal.SIGCHLD, signal.SIGHUP, signal.SIGTERM)
"""Signals that the agent reacts to in a way of its own, SIGINT aside."""
SUCCESS = bytes(4)
"""The wait status of a call that succeeded: its client need not wait until its child's memory is taken down, 2 ms."""
_INTERRUPTED = 130
_LONGEST_REPORT = 1 << 16


class Report:
    """What a child tells the agent at its end, if it is not killed before.

    `status`: what its client is told at once; empty: what the child ends with. `roots`: of vaults that were rekeyed.
    """

    def __init__(self, status: bytes, roots: dict[str, bytes]) -> None:
        self.status = status
        self.roots = roots

    def write(self, channel: socket.socket) -> None:
        """Tell it, with nothing of the client's open any more, which may well be gone before this process is."""
        close_from(0, kept=channel.fileno())
        roots = {vault: root.hex() for vault, root in self.roots.items()}
        channel.send(json.dumps({"status": self.status.hex(), "roots": roots}).encode())

    @classmethod
    def read(cls, channel: socket.socket) -> "Report":
        """What a child has told: nothing, if it was killed."""
        try:
            told = json.loads(channel.recv(_LONGEST_REPORT))
        except (OSError, ValueError):
            return cls(b"", {})
        return cls(bytes.fromhex(told["status"]), {vault: bytes.fromhex(root) for vault, root in told["roots"].items()})


def stand_in(
    client: Client | None, parent: int, channel: socket.socket, roots: dict[str, bytes], answer: Callable[[], int]
) -> NoReturn:
    """Run the client's command line as it would have done, and end. Without a client yet, be a spare before that."""
    code = 255
    try:
        die_with_parent(parent)
        if not client:
            restore_signals(b"")
            client = wait_for_client(channel)
        GivenBack.is_possible = True
        HELD_ROOTS.update(roots)
        try:
            become(client, channel.fileno())
        except BaseException:  # noqa: BLE001  whatever it is, nothing was done yet, and the client can do it all
            raise GivenBack from None
        code = answer()
        changed = {vault: root for vault, root in HELD_ROOTS.items() if roots[vault] != root}
        Report(b"" if code else SUCCESS, changed).write(channel)
    except GivenBack:
        Report(GIVEN_BACK, {}).write(channel)
    except KeyboardInterrupt:
        code = _INTERRUPTED
    finally:
        os._exit(code)


def become(client: Client, channel: int) -> None:
    """Take the client's place: its signals, descriptors, folder, environment and streams.

    Signals that have come since the fork wait for the end of this. Raises GivenBack, and all sorts of errors where the
    client is in a place that this process cannot take.
    """
    _, _, argv, environ, mask, streams, ignored = client.fields
    restore_signals(ignored)
    for number in (0, 1, 2):
        os.dup2(client.descriptors[number], number)
    os.fchdir(client.descriptors[3])
    close_from(3, kept=channel)
    if not HELD_ROOTS and os.isatty(0) and os.isatty(2):
        raise GivenBack  # before it reads or says anything: this may well come to a prompt
    take_limits_of(client.process)
    os.umask(int(mask))
    os.environ.clear()
    os.environb.update(dict(item.split(b"=", 1) for item in environ.split(b"\0") if item))
    time.tzset()
    sys.argv[:] = [os.fsdecode(word) for word in argv.split(b"\0")]
    open_streams(streams.decode().split("\n"))
    signal.pthread_sigmask(signal.SIG_SETMASK, [])


def restore_signals(ignored: bytes) -> None:
    """What signals do in a Python that has just started, where the client ignores these."""
    for number in AGENTS:
        signal.signal(number, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    for silent in ignored:
        signal.signal(silent, signal.SIG_IGN)


def open_streams(spellings: list[str]) -> None:
    """The standard streams, as the interpreter opens them."""
    for number, (name, spelling) in enumerate(zip(("stdin", "stdout", "stderr"), spellings, strict=True)):
        encoding, errors = spelling.split(" ")
        stream = open(  # noqa: SIM115  as long as the process
            number,
            "r" if name == "stdin" else "w",
            buffering=1 if name == "stderr" else -1,
            encoding=encoding,
            errors=errors,
            newline="\n",
            closefd=False,
        )
        setattr(sys, name, stream)
        setattr(sys, f"__{name}__", stream)
