"""A server process: its sockets, and its start, reload and stop."""

import asyncio
import logging
import os
import signal
import socket
import stat
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol

from uvicorn import Config, Server

from kmscli.errors import ConfigurationError
from kmscli.server.certificates import Certificate
from kmscli.server.exchanges import Asgi
from kmscli.server.peers import Peers
from kmscli.server.protocol import MOST_CONNECTIONS, SILENCE, DeadlineProtocol

BACKLOG = 2048
GRACE = 30
"""Seconds that requests in flight are given to finish."""
LOOKS_AGAIN = 0.1
"""Seconds after which a server that stops looks for further connections to end."""

logger = logging.getLogger("kmscli")


def listener(address: str, port: int) -> socket.socket:
    """A listening TCP socket. Raises OSError."""
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    # asyncio switches Nagle's algorithm off for sockets that say that they are TCP's, and for no others
    made = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    made.bind((address, port))
    made.listen(BACKLOG)
    return made


def unix_listener(path: str, *, shared: bool) -> socket.socket:
    """A listening Unix socket, in the place of one that nobody listens on any more. Unless it is `shared`, only this
    user may connect.

    Raises OSError: somebody listens there, or it is no socket.
    """
    made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    # whoever connects to a file that is no socket is refused as by a dead one: it must not be removed
    if os.path.exists(path) and stat.S_ISSOCK(os.lstat(path).st_mode) and not _is_alive(path):
        os.unlink(path)
    mask = os.umask(0o111 if shared else 0o177)
    try:
        made.bind(path)
    finally:
        os.umask(mask)
    made.listen(BACKLOG)
    return made


def _is_alive(path: str) -> bool:
    probe = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        probe.connect(path)
    except ConnectionRefusedError:
        return False
    finally:
        probe.close()
    return True


class Attendant(Protocol):
    """Whoever is told how a server fares. `started` is given what is to be done for a reload."""

    def started(self, reload: Callable[[], None], /) -> None:
        """It serves."""

    def stopping(self) -> None:
        """It takes nothing new any more."""


def run(
    application: Asgi,
    sockets: Sequence[socket.socket],
    certificate: Certificate | None,
    peers: Peers,
    attendant: Attendant,
) -> None:
    """Serve until SIGTERM or SIGINT; requests in flight are finished first. With a certificate TCP speaks TLS."""
    config = Config(
        application,
        http=DeadlineProtocol,
        ws="none",
        loop="asyncio",
        lifespan="off",
        log_config=None,
        access_log=False,
        proxy_headers=False,
        server_header=False,
        limit_concurrency=MOST_CONNECTIONS + 1,
        timeout_keep_alive=SILENCE,
        timeout_graceful_shutdown=GRACE,
    )
    AttendedServer(config, certificate, peers, attendant).run(sockets=list(sockets))


class AttendedServer(Server):
    """Tells its attendant when it serves, and when it stops; leaves with 0 when it is told to.

    A Unix socket speaks plain HTTP beside others that speak TLS: what it carries stays on this machine.
    """

    def __init__(self, config: Config, certificate: Certificate | None, peers: Peers, attendant: Attendant) -> None:
        super().__init__(config)
        self.certificate = certificate
        self.peers = peers
        self.attendant = attendant
        self.servers: list[asyncio.base_events.Server] = []

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        loop = asyncio.get_running_loop()

        def protocol() -> DeadlineProtocol:
            return DeadlineProtocol(
                self.peers, config=self.config, server_state=self.server_state, app_state={}, _loop=loop
            )

        for one in sockets or ():
            tls = self.certificate.context if self.certificate and one.family != socket.AF_UNIX else None
            self.servers.append(await loop.create_server(protocol, sock=one, ssl=tls, backlog=BACKLOG))
        self.started = True
        self.attendant.started(self.reload)

    def reload(self) -> None:
        """Read the certificate again; one that cannot be used leaves things as they were."""
        try:
            if self.certificate:
                self.certificate.read()
        except ConfigurationError as error:
            logger.warning("%s The certificate is served that was.", error.message)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.attendant.stopping()
        latecomers = asyncio.ensure_future(self._end_connections())
        try:
            await super().shutdown(sockets)
        finally:
            latecomers.cancel()

    async def _end_connections(self) -> None:
        """End connections after the answer that they wait for: those too that were accepted just before the stop, which
        uvicorn does not know yet when it ends the others. A busy client would hold the server up for all its grace.
        """
        while True:
            for connection in list(self.server_state.connections):
                connection.shutdown()
            await asyncio.sleep(LOOKS_AGAIN)

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Take the signals, and keep them: one more, while the log is brought up to date, is no reason to leave it."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, self.handle_exit)
        yield
