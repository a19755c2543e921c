"""What a server counts, in Prometheus's text format, for whoever watches over it.

No label has more values than kmscli has operations and errors. Imported only where metrics are asked for: the library
costs a start tens of milliseconds.
"""

import os
from collections.abc import Iterable
from functools import partial

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, ProcessCollector, disable_created_metrics
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import generate_latest
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from kmscli.authorization.caller import Caller
from kmscli.engine import Engine
from kmscli.server.app import Message, Receive, Send, found_at, respond
from kmscli.server.exchanges import Asgi, Exchange
from kmscli.server.metrics_folder import VARIABLE, counting_processes, make_room
from kmscli.vault.head import ChainEnd
from kmscli.vault.transaction import Transaction

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
CALLS = (1, 2, 4, 8, 16, 32, 64, 128, 256)
LEAST = ("process_start_time_seconds", "process_max_fds")
"""What is told of the process that has least of it; of the rest, the sum."""


class Metrics:
    """Counts, and tells. `engine`: of the vault whose events wait for the log, looked at as `itself`."""

    def __init__(self, engine: Engine, itself: Caller) -> None:
        if os.environ.get(VARIABLE):
            make_room()
        disable_created_metrics()  # type: ignore[no-untyped-call]
        own = CollectorRegistry()
        self.requests = Counter(
            "kmscli_requests", "Requests answered, by operation and error.", ["operation", "outcome"], registry=own
        )
        self.seconds = Histogram(
            "kmscli_request_seconds",
            "Seconds from a request's header to the end of its answer.",
            ["operation"],
            buckets=SECONDS,
            registry=own,
        )
        self.in_flight = Gauge(
            "kmscli_requests_in_flight",
            "Requests that are not answered yet.",
            multiprocess_mode="livesum",
            registry=own,
        )
        self.commits = Histogram(
            "kmscli_commit_calls", "Calls made durable by one commit.", buckets=CALLS, registry=own
        )
        self.in_flight.set(0)  # a worker is known from its start
        self.registry = own
        if os.environ.get(VARIABLE):
            self.registry = CollectorRegistry()
            MultiProcessCollector(self.registry)  # type: ignore[no-untyped-call]
        self.registry.register(WaitingEvents(engine, itself))
        self.registry.register(Processes())

    def began(self) -> None:
        """A request has begun."""
        self.in_flight.inc()

    def ended(self, exchange: Exchange) -> None:
        """It has ended. What is no operation counts as `none`; a client that went away, as `gone`."""
        operation = exchange.operation or "none"
        answered = "ok" if exchange.status == 200 else str(exchange.status or "gone")
        self.requests.labels(operation, exchange.error or answered).inc()
        self.seconds.labels(operation).observe(exchange.seconds)
        self.in_flight.dec()

    def committed(self, calls: int) -> None:
        """Calls were made durable by one commit."""
        self.commits.observe(calls)

    def page(self) -> bytes:
        """All of it, of all processes."""
        return generate_latest(self.registry)


class WaitingEvents(Collector):
    """How many events the vault holds that the log does not have yet, as far as the vault knows."""

    def __init__(self, engine: Engine, itself: Caller) -> None:
        self.engine = engine
        self.itself = itself

    def collect(self) -> Iterable[Metric]:
        def look(transaction: Transaction, _now: float, _held: float) -> ChainEnd:
            return self.engine.vault.head(transaction).end

        try:
            synced, end = self.engine.vault.synced(), self.engine.look(self.itself, look)
        except Exception:  # noqa: BLE001  without the vault, the rest is worth knowing all the more
            return
        waiting = end.number - (synced.number if synced.chain == end.chain else 0)
        yield GaugeMetricFamily("kmscli_events_waiting", "Events that wait for the log.", waiting)


class Processes(Collector):
    """Memory, processor time and descriptors of all processes that serve."""

    def collect(self) -> Iterable[Metric]:
        totals: dict[str, Metric] = {}
        for pid in counting_processes():
            for metric in ProcessCollector(pid=partial(int, pid), registry=None).collect():
                total = totals.setdefault(metric.name, metric)
                if total is not metric:
                    one, other = total.samples[0], metric.samples[0]
                    add = min if one.name in LEAST else lambda *values: sum(values)
                    total.samples[0] = one._replace(value=add(one.value, other.value))
        return totals.values()


class Page:
    """An application that answers, on one of its listeners, with metrics and nothing else but its health."""

    def __init__(self, application: Asgi, metrics: Metrics, place: tuple[str, int]) -> None:
        self.application = application
        self.metrics = metrics
        self.places = {place: True}

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        asked = scope["method"], scope["path"]
        if asked == ("GET", "/healthz") or not found_at(scope, self.places):
            return await self.application(scope, receive, send)
        if asked != ("GET", "/metrics"):
            return await respond(send, 404, b"", "text/plain")
        return await respond(send, 200, self.metrics.page(), CONTENT_TYPE)
