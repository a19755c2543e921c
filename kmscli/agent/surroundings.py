"""What a process finds itself in that no message tells: its rights, its namespaces, its limits. Linux shows them."""

import contextlib
import os
import resource
import sys
from typing import Any

from kmscli.agent.given_back import GivenBack

RIGHTS = (
    "Uid", "Gid", "Groups", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp",
)  # fmt: skip
PLACES = ("root", "ns/mnt", "ns/user", "ns/net", "ns/pid")
LIMITS = sorted(
    getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_") and name != "RLIMIT_CORE"
)


def surroundings(process: int) -> tuple[Any, ...] | None:
    """What a process has to share with the agent; None: it cannot be seen."""
    if sys.platform != "linux":
        return ()
    try:
        with open(f"/proc/{process}/status", "rb") as status:
            lines = dict(line.split(b":", 1) for line in status if b":" in line)
        places = tuple(os.readlink(f"/proc/{process}/{place}") for place in PLACES)
    except OSError:
        return None
    return (*(lines.get(right.encode()) for right in RIGHTS), *places)


def take_limits_of(process: int) -> None:
    """Give this process the limits and the priority of another. Raises GivenBack: it may not."""
    if not hasattr(resource, "prlimit"):
        return
    try:
        for limit in LIMITS:
            theirs = resource.prlimit(process, limit)
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
