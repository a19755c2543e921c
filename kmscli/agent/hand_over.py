"""The console script's first act: have the agent run this command line, if there is one.

Where there is none this costs one look at the file system. Whatever is odd about an agent, the process passes it by
and runs the command line itself. Once it has told the agent to go it only waits, and then ends as the child has ended.
"""

import os
import sys

from kmscli.agent.place import installation, is_ours, rights, socket_path

TYPE_CHECKING = False  # typing itself is a third of an interpreter's start
if TYPE_CHECKING:
    from _socket import socket as Socket  # noqa: N812
    from typing import Any, NoReturn

NEVER = frozenset({"agent", "configure", "exec", "serve", "vault"})
"""Commands that a process runs itself. A word that means something else only costs time."""
PATIENCE = 2.0
"""Seconds until an agent that does not answer is passed by."""
PASSED_ON = ("SIGHUP", "SIGINT", "SIGQUIT", "SIGTERM", "SIGUSR1", "SIGUSR2", "SIGALRM")
PYTHON_IGNORES = ("SIGPIPE", "SIGXFSZ")
GONE = 255
INTERRUPTED = 130


def hand_over() -> None:
    """Have the agent run this command line and end as it ended; returns where this process has to run it."""
    path = socket_path(os.environ)
    if not is_ours(path):
        return
    import _socket

    connection = folder = None
    try:
        if is_for_this_process():
            return
        connection = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
        folder = os.open(".", getattr(os, "O_PATH", os.O_RDONLY) | os.O_DIRECTORY | os.O_CLOEXEC)
        if is_offered(connection, path):
            wait_for_the_end(connection, folder)
    except (OSError, ValueError):
        return
    except KeyboardInterrupt:  # nobody has begun yet
        os._exit(INTERRUPTED)
    finally:
        if connection is not None:
            connection.close()
        if folder is not None:
            os.close(folder)


def is_for_this_process() -> bool:
    """Whether a command line is one that is never handed over.

    It names descriptors that the agent is not given, has closed streams, talks with a person, or waits in the
    background for the terminal, which another process would not be stopped for. Raises OSError: there is no knowing.
    """
    words = sys.argv[1:]
    if None in (sys.stdin, sys.stdout, sys.stderr) or not NEVER.isdisjoint(words):
        return True
    settings = (value for name, value in os.environ.items() if name.startswith(("KMSCLI_", "AWS_")))
    here = os.path.join(os.getcwd(), "")
    if any("/dev/" in text or "/proc/" in text for text in (here, *words, *settings)):
        return True
    if any(word.startswith(("--key-fd", "--passphrase-fd")) for word in words):
        return True
    if os.isatty(0) and not {"-", "batch"}.isdisjoint(words):
        return True
    return any(os.isatty(stream) and _is_in_background(stream) for stream in (0, 1, 2))


def _is_in_background(terminal: int) -> bool:
    try:
        return os.tcgetpgrp(terminal) != os.getpgrp()
    except OSError:  # not this process's terminal
        return False


def is_offered(connection: "Socket", path: str) -> bool:
    """Whether an agent is there which can stand in for this process. Raises OSError: none answers."""
    from kmscli.agent.message import READY
    from kmscli.peer import peer

    connection.settimeout(PATIENCE)
    connection.connect(path)
    process, user = peer(connection)
    if user != os.geteuid() or rights(process) != rights("self"):
        return False
    connection.sendall(described())
    return connection.recv(1) == READY


def wait_for_the_end(connection: "Socket", folder: int) -> None:
    """Tell the agent to go, and end as its child ends; returns if that gave the call back.

    Raises OSError: the word did not come through, and nothing was done. Once it has, nothing is raised.
    """
    import _socket

    from kmscli.agent.message import GO

    descriptors = b"".join(number.to_bytes(4, sys.byteorder) for number in (0, 1, 2, folder))
    passed: list[int] = []
    before = pass_signals_on(connection, passed)
    try:
        connection.settimeout(None)
        connection.sendmsg([GO], [(_socket.SOL_SOCKET, _socket.SCM_RIGHTS, descriptors)])
        end_as(status(connection))
    finally:
        restore(before)
        for number in passed:  # to no one: they were meant for whoever makes the call
            os.kill(os.getpid(), number)


def status(connection: "Socket") -> bytes:
    """The wait status of the child; empty if the agent is gone."""
    try:
        return connection.recv(4)
    except OSError:
        return b""


def described() -> bytes:
    """A message that tells all of this process that another needs to be like it, its descriptors aside."""
    import _signal  # type: ignore[import-not-found]

    from kmscli.agent.message import framed

    mask = os.umask(0o077)
    os.umask(mask)
    ignored = [
        number
        for name, number in vars(_signal).items()
        if name.startswith("SIG") and name[3].isalpha() and name not in PYTHON_IGNORES
        if _signal.getsignal(number) == _signal.SIG_IGN
    ]
    streams = (f"{stream.encoding} {stream.errors}" for stream in (sys.stdin, sys.stdout, sys.stderr) if stream)
    return framed(
        b"call",
        installation(os.environ),
        b"\0".join(map(os.fsencode, sys.argv)),
        b"\0".join(name + b"=" + value for name, value in os.environb.items()),
        str(mask).encode(),
        "\n".join(streams).encode(),
        bytes(ignored),
    )


def pass_signals_on(connection: "Socket", passed: "list[int]") -> "dict[int, Any]":
    """Tell the agent of signals from now on, and note those `passed` on. What stood in their places before."""
    import _signal

    def pass_on(number: int, _frame: object) -> None:
        passed.append(number)
        tell(number)

    def tell(number: int) -> None:
        try:
            connection.send(bytes([number]))
        except OSError:
            return  # the agent is gone, which the waiting process will notice

    def stop(number: int, _frame: object) -> None:
        tell(number)
        _signal.signal(number, _signal.SIG_DFL)
        os.kill(os.getpid(), number)  # and here it stays until it is continued, unless nothing stops it
        _signal.signal(number, stop)
        tell(_signal.SIGCONT)

    reactions = {getattr(_signal, name): pass_on for name in PASSED_ON} | {_signal.SIGTSTP: stop}
    return {
        number: _signal.signal(number, reaction)
        for number, reaction in reactions.items()
        if _signal.getsignal(number) != _signal.SIG_IGN
    }


def restore(before: "dict[int, Any]") -> None:
    """Let signals do what they did."""
    import _signal

    for number, reaction in before.items():
        _signal.signal(number, reaction)


def end_as(status: bytes) -> None:
    """End as the process ended that stood in, by its wait status; returns if that gave the call back."""
    from kmscli.agent.message import GIVEN_BACK

    if status == GIVEN_BACK:
        return
    if len(status) < len(GIVEN_BACK):
        complain(b"\nkmscli: [ERROR]: The agent has gone. Nobody knows whether the call took effect.\n")
        os._exit(GONE)
    code = os.waitstatus_to_exitcode(int.from_bytes(status, "big"))
    if code >= 0:
        os._exit(code)
    die_of(-code)


def complain(text: bytes) -> None:
    """Write to stderr, if that can be written."""
    try:
        os.write(2, text)
    except OSError:
        return


def die_of(number: int) -> "NoReturn":
    """Be killed by a signal, as the process was that stood in."""
    import _signal

    if number not in {_signal.SIGKILL, _signal.SIGSTOP}:
        _signal.signal(number, _signal.SIG_DFL)
        _signal.pthread_sigmask(_signal.SIG_UNBLOCK, [number])
    os.kill(os.getpid(), number)
    os._exit(128 + number)
