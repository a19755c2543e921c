"""The service manager that has started this process, if one has, hears of start, reload and stop (sd_notify(3))."""

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from contextlib import suppress

from kmscli.clock import monotonic_time

logger = logging.getLogger("kmscli")


def notify(state: str) -> None:
    """Tell the service manager, if there is one that listens."""
    path = os.environ.get("NOTIFY_SOCKET", "")
    if not path:
        return
    address = "\0" + path[1:] if path.startswith("@") else path
    kind = socket.SOCK_DGRAM | socket.SOCK_CLOEXEC
    with suppress(OSError), socket.socket(socket.AF_UNIX, kind) as manager:
        manager.connect(address)
        manager.sendall(state.encode())


def ready() -> None:
    """Say that calls are answered: after the start, or after a reload, whether or not it changed anything."""
    logger.info("ready: calls are answered.")
    notify(f"READY=1\nMAINPID={os.getpid()}")


def reloading() -> None:
    """Say that a reload has begun."""
    logger.info("reloading.")
    notify(f"RELOADING=1\nMONOTONIC_USEC={int(monotonic_time() * 1_000_000)}")


def stopping() -> None:
    """Say that nothing new is taken any more."""
    logger.info("stopping: what has begun is finished.")
    notify("STOPPING=1")


def alive() -> None:
    """Say that this process still does its work."""
    notify("WATCHDOG=1")


def watchdog_interval() -> float | None:
    """Seconds after which the service manager is to hear that this process is alive; None: it does not ask."""
    microseconds, pid = os.environ.get("WATCHDOG_USEC", ""), os.environ.get("WATCHDOG_PID", "")
    if not microseconds.isdecimal() or not int(microseconds) or pid not in ("", str(os.getpid())):
        return None
    return int(microseconds) / 2_000_000


class Attended:
    """The one process of a server that has no workers, as the service manager sees it."""

    def started(self, reload: Callable[[], None]) -> None:
        """It serves. `reload`: what it does at SIGHUP, unless that is ignored, as by nohup."""
        loop = asyncio.get_running_loop()

        def reload_now() -> None:
            reloading()
            reload()
            ready()

        if signal.getsignal(signal.SIGHUP) != signal.SIG_IGN:
            loop.add_signal_handler(signal.SIGHUP, reload_now)
        ready()
        self._stay_alive(loop)

    def stopping(self) -> None:
        """It takes nothing new any more."""
        stopping()

    def _stay_alive(self, loop: asyncio.AbstractEventLoop) -> None:
        interval = watchdog_interval()
        if interval:
            alive()
            loop.call_later(interval, self._stay_alive, loop)
