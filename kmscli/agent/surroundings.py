"""What a process finds itself in that no message tells: its rights, its namespaces, its limits. Linux shows them."""

import contextlib
import os
import resource
import sys
from typing import Any

from kmscli.agent.given_back import GivenBack
from kmscli.agent.place import rights

PLACES = ("root", "ns/mnt", "ns/user", "ns/net", "ns/pid")
LIMITS = sorted(
    getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_CORE"
)
ROOM = {resource.RLIMIT_AS: 1 << 30, resource.RLIMIT_DATA: 1 << 30, resource.RLIMIT_NOFILE: 64}
"""Under lower limits a child, which has loaded more than a call needs, would fail where its client does not."""
DESCRIPTORS = 1024
"""What the agent has room for itself with: each client takes up to seven."""


def surroundings(process: int) -> tuple[Any, ...] | None:
    """What a process has to share with the agent; None: it cannot be seen."""
    if sys.platform != "linux":
        return ()
    try:
        return (*rights(process), *(os.readlink(f"/proc/{process}/{place}") for place in PLACES))
    except OSError:
        return None


def take_limits_of(process: int) -> None:
    """Give this process the limits and the priority of another. Raises GivenBack: it may not."""
    if not hasattr(resource, "prlimit"):
        return
    try:
        for limit in LIMITS:
            theirs = resource.prlimit(process, limit)
            if 0 <= theirs[0] < ROOM.get(limit, 0):
                raise GivenBack
            if theirs != resource.getrlimit(limit):
                resource.setrlimit(limit, theirs)
        nice = os.getpriority(os.PRIO_PROCESS, process)
        if nice != os.getpriority(os.PRIO_PROCESS, 0):
            os.setpriority(os.PRIO_PROCESS, 0, nice)
    except (OSError, ValueError):
        raise GivenBack from None


def keep_memory_private() -> None:
    """Let no core file be written of this process and its children, nor others of the same user look into it."""
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (0, hard))
    _prctl(4, 0)  # PR_SET_DUMPABLE


def make_room_for_clients() -> None:
    """Let this process have as many descriptors as it may, if that is few. Its children have their clients' limits."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < DESCRIPTORS:
        resource.setrlimit(resource.RLIMIT_NOFILE, (DESCRIPTORS if hard < 0 else min(DESCRIPTORS, hard), hard))


def close_from(first: int, *, kept: int) -> None:
    """Close all descriptors from one on, except this one."""
    os.closerange(first, kept)
    os.closerange(kept + 1, os.sysconf("SC_OPEN_MAX"))


def die_with_parent(parent: int) -> None:
    """Have this process killed when the agent is; it is at once if that is so already."""
    _prctl(1, 9)  # PR_SET_PDEATHSIG
    if os.getppid() != parent:
        os._exit(255)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        import ctypes

        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
