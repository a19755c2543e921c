"""Requests with their answers, for whoever looks on: the log, the metrics. Neither bodies nor signatures are shown."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Protocol

from kmscli.clock import monotonic_time
from kmscli.server.app import Message, Receive, Send, failure
from kmscli.server.arrivals import Arrival

Asgi = Callable[[Message, Receive, Send], Awaitable[None]]


class Exchange:
    """A request and its answer. `status`: 0 if the client went away before. `seconds`: how long it took."""

    def __init__(self, scope: Message, start: Message, seconds: float) -> None:
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.status: int = start.get("status", 0)
        self.headers = {name.decode(): value.decode("latin-1") for name, value in start.get("headers", ())}
        self.seconds = seconds
        self.arrival: Arrival | None = scope["state"].get("arrival")
        """What was asked, if it was read."""
        uid, client = scope["state"].get("peer"), scope["client"]
        self.peer = f"uid:{uid}" if uid is not None else f"{client[0]}:{client[1]}" if client else ""

    @property
    def operation(self) -> str:
        """What was called, as `kms:Encrypt`; empty if it is no operation."""
        return self.arrival.operation.action if self.arrival and self.arrival.operation else ""

    @property
    def error(self) -> str:
        """The code of the error that it came to; empty if to none."""
        error = failure(self.arrival) if self.arrival else None
        return error.code if error else ""

    def members(self) -> dict[str, Any]:
        """All that may be told of it; what there is not is left out."""
        arrival = self.arrival
        told = {
            "requestId": self.headers.get("x-amzn-requestid"),
            "operation": self.operation,
            "method": "" if arrival else self.method,
            "path": "" if arrival else self.path[:200],
            "status": self.status,
            "error": self.error,
            "milliseconds": round(self.seconds * 1000, 3),
            "peer": self.peer,
            "principal": arrival.caller.arn if arrival and arrival.caller else "",
            "accessKeyId": arrival.signature.key_id if arrival and arrival.signature else "",
            "vpcEndpointId": arrival.endpoint[0] if arrival and arrival.endpoint else "",
        }
        return {name: value for name, value in told.items() if value not in ("", None)}


class Observer(Protocol):
    """Whoever looks on."""

    def began(self) -> None:
        """A request has begun."""

    def ended(self, exchange: Exchange, /) -> None:
        """It has ended."""


class Observed:
    """An application with observers."""

    def __init__(self, application: Asgi, observers: Sequence[Observer]) -> None:
        self.application = application
        self.observers = observers

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        began, start = monotonic_time(), {}

        async def note(message: Message) -> None:
            if message["type"] == "http.response.start":
                start.update(message)
            await send(message)

        for observer in self.observers:
            observer.began()
        try:
            await self.application(scope, receive, note)
        finally:
            exchange = Exchange(scope, start, monotonic_time() - began)
            for observer in self.observers:
                observer.ended(exchange)
