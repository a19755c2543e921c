"""Starting an agent: a process of its own, started afresh, that has never opened a vault."""

import fcntl
import gc
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from typing import NoReturn

from kmscli.agent.asking import ask_at
from kmscli.agent.control import Control
from kmscli.agent.keys import Keys
from kmscli.agent.parent import TICK, Parent
from kmscli.agent.place import installation, is_private_folder, socket_path
from kmscli.agent.surroundings import keep_memory_private, make_room_for_clients
from kmscli.errors import ConfigurationError, KmscliError

LONGEST_PATH = 98
"""Bytes in a socket's path: systems differ, all have room for these, and four more while it is made."""
SECRET = ("KMSCLI_", "AWS_")
"""How the variables begin that an agent is not given: its children get those of their clients."""
PATIENCE = TICK + 5
"""Seconds to wait for another agent that is about to listen, or to notice that its socket is gone."""
READY = b"ready\n"
OTHERS = b"another is there\n"


def start(environment: Mapping[str, str], program: str) -> None:
    """Start an agent, and wait until it listens, or another does that was there first.

    `program`: Python text that calls `be_the_agent`, in a process of its own. Raises ConfigurationError: there is
    no place for its socket. KmscliError: it does not start.
    """
    path = socket_path(environment)
    make_folder(os.path.dirname(path))
    if len(os.fsencode(path)) > LONGEST_PATH:
        raise ConfigurationError(f"{path} is too long for a socket.", mend="Set XDG_RUNTIME_DIR to a shorter folder.")
    given = {name: value for name, value in environment.items() if not name.startswith(SECRET)}
    flags = subprocess._args_from_interpreter_flags()  # type: ignore[attr-defined]  # noqa: SLF001  multiprocessing's
    command = [sys.executable, *flags, "-c", program, path]
    with subprocess.Popen(  # noqa: S603  this very interpreter
        command,
        cwd="/",
        env=given,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    ) as agent:
        assert agent.stdout
        said = agent.stdout.read()
        if said not in (READY, OTHERS):
            agent.wait()
            last = said.decode(errors="replace").strip().rpartition("\n")[2]
            raise KmscliError(f"The agent does not start: {last or f'it left with {agent.returncode}'}.")
        agent.returncode = 0  # it goes on without this process


def make_folder(path: str) -> None:
    """Make the socket's folder. Raises ConfigurationError: it cannot be made, or is not this user's alone."""
    try:
        os.mkdir(path, 0o700)
        os.chmod(path, 0o700)  # whatever the umask is
    except FileExistsError:
        pass
    except OSError as error:
        raise ConfigurationError(
            f"No folder for the agent's socket can be made at {path}: {error.strerror}.",
            mend="Set XDG_RUNTIME_DIR to a folder of your own.",
        ) from None
    if not is_private_folder(os.lstat(path)):
        raise ConfigurationError(
            f"{path} is not a folder of your own that nobody else can enter.", mend=f"chmod 700 {path}, or remove it."
        )


def be_the_agent(answer: Callable[[], int]) -> NoReturn:
    """Be the agent: with the socket that `start` has put on the command line."""
    path = sys.argv[1]
    keep_memory_private()
    make_room_for_clients()
    os.umask(0o077)
    lock = only_one(path)
    listener = listening(path)
    keys = Keys()
    parent = Parent(listener, keys, Control(path, keys, installation(os.environ), lock), answer)
    gc.collect()
    gc.freeze()
    os.write(1, READY)
    null = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(null, stream)
    os.close(null)
    parent.run()
    os._exit(0)


def listening(path: str) -> socket.socket:
    """A socket that listens, put in the place of what an agent has left that is gone."""
    aside = f"{path}.new"
    if os.path.lexists(aside):
        os.unlink(aside)
    listener = socket.socket(socket.AF_UNIX)
    os.umask(0o177)
    listener.bind(aside)
    os.umask(0o077)
    listener.listen(128)
    os.rename(aside, path)
    return listener


def only_one(path: str) -> int:
    """A descriptor that no other agent has while this process keeps it; ends the process where another has it.

    One that does not answer is just about to listen, or to end.
    """
    lock = os.open(f"{path}.lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if ask_at(path, b"status"):
                os.write(1, OTHERS)
                os._exit(0)
            time.sleep(0.01)
        else:
            return lock
    raise SystemExit(f"another one runs that does not answer at {path}; end it first")
