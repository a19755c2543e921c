"""What a server's process does, alone or as one of several workers."""

import gc
import os
from collections.abc import Sequence
from socket import socket
from typing import Any

from kmscli.cli.call import settled
from kmscli.cli.local._call_session import CallSession
from kmscli.cli.settings import user_name
from kmscli.json_text import answer_many
from kmscli.server.app import Application
from kmscli.server.arrivals import Doorkeeper
from kmscli.server.certificates import Certificate
from kmscli.server.exchanges import Asgi, Observed, Observer
from kmscli.server.logs import RequestLog, logger
from kmscli.server.peers import Peers
from kmscli.server.rounds import Rounds
from kmscli.server.serving import Attendant, run
from kmscli.server.throttle import Throttle


class Serving:
    """All that a process needs to serve. `endpoints`: by address and port, the VPC endpoint that calls come through."""

    def __init__(
        self,
        session: CallSession,
        sockets: Sequence[socket],
        *,
        endpoints: dict[tuple[Any, ...], tuple[str, str, str]],
        certificate: Certificate | None,
        peers: Peers,
        throttle: Throttle | None,
        no_auth: bool,
        log: str,
        metrics: tuple[str, int] | None,
    ) -> None:
        """`metrics`: where they are asked for, if they are counted."""
        self.session = session
        self.sockets = sockets
        self.endpoints = endpoints
        self.certificate = certificate
        self.peers = peers
        self.throttle = throttle
        self.no_auth = no_auth
        self.log = log
        self.metrics = metrics
        self.said: set[str] = set()

    def run(self, attendant: Attendant) -> None:
        """Serve, in this process, until it is told to stop. Raises KmscliError."""
        engine, region = self.session.engine(), self.session.caller.region
        if self.certificate:
            self.certificate.read()
        doorkeeper = Doorkeeper(
            anyone=self.no_auth, peers=self.peers, uid=os.getuid(), user_name=user_name, region=region
        )
        rounds = Rounds(engine, doorkeeper, self.settle, self.throttle)
        answer_many()
        gc.freeze()
        run(self._application(rounds), self.sockets, self.certificate, self.peers, attendant)
        rounds.close()

    def _application(self, rounds: Rounds) -> Asgi:
        """What answers, with all who look on."""
        application: Asgi = Application(rounds, anyone=self.no_auth, endpoints=self.endpoints)
        observers: list[Observer] = [RequestLog()] if self.log else []
        if self.metrics is None:
            return Observed(application, observers) if observers else application
        from kmscli.server.metrics import Metrics, Page

        metrics = Metrics(rounds.engine, rounds.itself)
        rounds.committed = metrics.committed
        return Page(Observed(application, [*observers, metrics]), metrics, self.metrics)

    def settle(self) -> None:
        """Let the log follow. A warning is said once for as long as there is a reason for it."""
        warnings = settled(self.session.engine(), self.session.settings.environment)
        for warning in warnings:
            if warning not in self.said:
                logger.warning("%s", warning)
        self.said = set(warnings)
