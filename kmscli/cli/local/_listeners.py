"""Where a server listens: places, the VPC endpoints of some of them, and their sockets."""

import sys
from collections.abc import Sequence
from socket import AF_UNIX, socket
from typing import Any

from kmscli.cli.local._call_session import CallSession
from kmscli.client.endpoint import is_loopback
from kmscli.errors import ConfigurationError, UsageError
from kmscli.limits.endpoints import find_endpoint
from kmscli.server.logs import logger
from kmscli.server.serving import listener, unix_listener


class Listeners:
    """The places where a server listens, each an address and a port, and a Unix socket's path.

    `doors`: those of VPC endpoints, with the id, the VPC and the account of each.
    """

    def __init__(
        self,
        session: CallSession,
        places: Sequence[str],
        unix: str | None,
        vpc_endpoints: Sequence[str],
        metrics: str | None,
    ) -> None:
        """Raises UsageError: a place is none, or there is no such VPC endpoint."""
        self.places = [parsed_address("--listen", one) for one in places]
        self.unix = unix
        self.metrics_place = parsed_address("--metrics", metrics) if metrics else None
        self.metrics: tuple[str, int] | None = None
        """Where metrics are asked for, once that is listened on."""
        self.doors: dict[tuple[str, int], tuple[str, str, str]] = {}
        for text in vpc_endpoints:
            name, _, place = text.partition("=")
            self.doors[parsed_address("--vpc-endpoint", place)] = (name, *home_of(session, name))
        self.sockets: list[socket] = []

    def check(self, *, secure: bool, no_auth: bool) -> None:
        """Raises ConfigurationError: calls would come from other machines in clear, or from anybody."""
        for address, _ in [*self.places, *self.doors, *([self.metrics_place] if self.metrics_place else [])]:
            if not is_loopback(address) and (no_auth or not secure):
                words = "is not loopback: serve it with --certificate, and without --no-auth."
                raise ConfigurationError(f"{address} {words}")

    def open(self, *, shared: bool) -> None:
        """Listen. `shared`: others may use the Unix socket. Raises ConfigurationError: a place cannot be had."""
        where = ""
        try:
            for address, port in [*self.places, *self.doors]:
                where = f"{address}:{port}"
                self.sockets.append(listener(address, port))
            if self.unix:
                where = self.unix
                self.sockets.append(unix_listener(self.unix, shared=shared))
            if self.metrics_place:
                self.sockets.append(listener(*self.metrics_place))
                self.metrics = self.sockets[-1].getsockname()[:2]
        except OSError as error:
            raise ConfigurationError(f"kmscli cannot listen at {where}: {error.strerror or error}.") from None

    @property
    def endpoints(self) -> dict[tuple[Any, ...], tuple[str, str, str]]:
        """The VPC endpoints by address and port, as they are listened on."""
        doors = self.sockets[len(self.places) :][: len(self.doors)]
        return dict(zip([tuple(one.getsockname())[:2] for one in doors], self.doors.values(), strict=True))

    def announce(self, *, secure: bool, no_auth: bool) -> None:
        """Say where it serves, a line each, on standard output; and that nobody has to prove who he is."""
        scheme = "https" if secure else "http"
        for one in self.sockets:
            name = one.getsockname()
            where = f"unix:{name}" if one.family == AF_UNIX else f"{scheme}://{_host(name)}:{name[1]}"
            is_metrics = self.metrics is not None and name[:2] == self.metrics
            sys.stdout.write(f"metrics {where}/metrics\n" if is_metrics else f"serving {where}\n")
        sys.stdout.flush()
        if no_auth:
            logger.warning("calls need no signature: whoever reaches this socket may do everything.")


def parsed_address(option: str, text: str) -> tuple[str, int]:
    """An address and a port, given to an option. Raises UsageError."""
    address, _, port = text.rpartition(":")
    if not address or not port.isdecimal() or int(port) > 65535:
        raise UsageError(f"argument {option}: {text} is not ADDRESS:PORT.")
    return address.strip("[]"), int(port)


def home_of(session: CallSession, name: str) -> tuple[str, str]:
    """An endpoint's VPC and account. Raises UsageError: there is no such endpoint."""
    engine, caller = session.engine(), session.caller
    endpoint = engine.look(caller, lambda transaction, _now, _held: find_endpoint(transaction, caller.region, name))
    if endpoint is None:
        raise UsageError(f"argument --vpc-endpoint: there is no VPC endpoint {name} in {caller.region}.")
    return endpoint.vpc, endpoint.account


def _host(name: tuple[Any, ...]) -> str:
    return f"[{name[0]}]" if ":" in str(name[0]) else str(name[0])
