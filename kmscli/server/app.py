"""The ASGI application: reads a request, has it answered, writes the answer."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, TypeVar

from kmscli import query
from kmscli.errors import KMSInternalException, ServiceError, UnknownOperationException
from kmscli.names import new_uuid
from kmscli.server.arrivals import Arrival
from kmscli.server.health import Health
from kmscli.server.rounds import Rounds
from kmscli.sigv4 import HttpRequest
from kmscli.wire import CONTENT_TYPE, decoded, encoded, error_body, operation_name

LONGEST_BODY = 1024 * 1024
MOST_THROWN_AWAY = 16 * LONGEST_BODY
EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104  nothing is bound here
"""What listens there has, in each connection, the address by which it was reached."""
LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]", "::1", "")

T = TypeVar("T")
Message = dict[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


Answer = tuple[int, bytes, str, Mapping[str, str]]
"""A status, a body, its content type, and more headers."""

PLAIN: tuple[str, Mapping[str, str]] = ("text/plain", {})


class TooLargeError(Exception):
    """The body is longer than a request's may be."""


class Application:
    """Answers HTTP requests. `anyone`: calls need no signature, and so must come from this machine, from no web page.

    `endpoints`: by address and port, the VPC endpoint through which whatever comes in there comes.
    """

    def __init__(
        self, rounds: Rounds, *, anyone: bool, endpoints: Mapping[tuple[str, int], tuple[str, str, str]]
    ) -> None:
        self.rounds = rounds
        self.health = Health(rounds.engine, rounds.itself)
        self.anyone = anyone
        self.endpoints = endpoints

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        headers = _headers(scope["headers"])
        refused = self._refused(scope, headers)
        if refused:
            return await respond(send, *refused)
        try:
            body = await read_body(receive, headers)
        except TooLargeError:
            return await respond(send, 413, b'{"__type":"RequestEntityTooLargeException"}', CONTENT_TYPE)
        except EOFError:
            return None
        arrival = scope["state"]["arrival"] = self._arrival(scope, headers, body)
        is_form = headers.get("content-type", "").startswith(query.CONTENT_TYPE)
        read, answer = (read_form, form_answer) if is_form else (read_json, json_answer)
        try:
            read(arrival)
            await self.rounds.answer(arrival)
            answered = answer(arrival)
        except Exception:  # noqa: BLE001  whatever it is, it is answered in the service's words
            arrival.error = KMSInternalException()
            answered = answer(arrival)
        return await respond(send, *answered)

    def _refused(self, scope: Message, headers: Mapping[str, str]) -> Answer | None:
        """The answer to what is no call, if a request is none."""
        if scope["method"] == "GET" and scope["path"] == "/healthz":
            return (200, b"ok\n", *PLAIN) if self.health.is_well() else (503, b"The vault cannot be read.\n", *PLAIN)
        if scope["method"] != "POST":
            return 405, b"", PLAIN[0], {"allow": "POST"}
        if self.anyone and not _is_local(scope, headers):
            return 403, b"Calls without a signature come from this machine alone.\n", *PLAIN
        return None

    def _arrival(self, scope: Message, headers: Mapping[str, str], body: bytes) -> Arrival:
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        return Arrival(
            HttpRequest("POST", target, headers, body),
            address=scope["client"][0] if scope["client"] else "127.0.0.1",
            peer=scope["state"].get("peer"),
            endpoint=found_at(scope, self.endpoints),
        )


class InvalidActionError(UnknownOperationException):
    """The form names no operation of the service."""

    wire_code = "InvalidAction"


def read_json(arrival: Arrival) -> None:
    """Find out what is called, and with what, by the JSON protocol."""
    try:
        operation = arrival.name(f"kms:{operation_name(arrival.request.headers.get('x-amz-target', ''))}")
    except ServiceError as refused:
        arrival.error = refused
        return
    try:
        arrival.raw = decoded(operation.request, arrival.request.body)
    except ServiceError as malformed:
        arrival.malformed = malformed


def json_answer(arrival: Arrival) -> Answer:
    """What an arrival came to, by the JSON protocol."""
    error, outcome = failure(arrival), arrival.outcome
    body = error_body(error) if error else encoded(outcome.response if outcome else None)
    return error.status if error else 200, body, CONTENT_TYPE, request_headers(arrival)


def read_form(arrival: Arrival) -> None:
    """Find out what is called, and with what, by the query protocol."""
    form = query.form_of(arrival.request.body)
    try:
        arrival.raw = query.members_of(arrival.name(f"sts:{form.get('Action', '')}").request, form)
    except ServiceError:
        said = f"Could not find operation {form.get('Action', '')} for version {form.get('Version', '')}"
        arrival.error = InvalidActionError(said)


def form_answer(arrival: Arrival) -> Answer:
    """What an arrival came to, by the query protocol."""
    error, outcome = failure(arrival), arrival.outcome
    request_id = outcome.asked.request_id if outcome else new_uuid()
    if error or arrival.operation is None:
        body = query.error_xml(error or KMSInternalException(), request_id)
    else:
        body = query.answer_xml(arrival.operation.name, outcome.response if outcome else None, request_id)
    return query.status_of(error) if error else 200, body, query.XML, {"x-amzn-requestid": request_id}


def failure(arrival: Arrival) -> ServiceError | None:
    """The error that a request came to. What is no answer of the service is its internal failure."""
    error = arrival.error or (arrival.outcome.error if arrival.outcome else KMSInternalException())
    if error is None or isinstance(error, ServiceError):
        return error
    return KMSInternalException(error.message)


def request_headers(arrival: Arrival) -> dict[str, str]:
    """The headers of an answer that no cache is to keep (16.2)."""
    request_id = arrival.outcome.asked.request_id if arrival.outcome else new_uuid()
    return {
        "x-amzn-requestid": request_id,
        "cache-control": "no-cache, no-store, must-revalidate, private",
        "expires": "0",
        "pragma": "no-cache",
    }


def found_at(scope: Message, places: Mapping[tuple[str, int], T]) -> T | None:
    """What stands for the listener that a request came by, if anything does. `places`: by address and port."""
    address, port = (*(scope["server"] or ()), "", 0)[:2]
    return next((places[one, port] for one in (address, *EVERYWHERE) if (one, port) in places), None)


async def read_body(receive: Receive, headers: Mapping[str, str]) -> bytes:
    """A request's body. Raises TooLargeError. EOFError: the client went away before all of it was there.

    What is too large is read to its end, up to a limit, and thrown away: else the client would never see the answer.
    """
    said = headers.get("content-length", "0")
    thrown_away = int(said) > LONGEST_BODY if said.isdecimal() else False
    body, length = b"", 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise EOFError
        more: bytes = message.get("body", b"")
        length += len(more)
        thrown_away = thrown_away or length > LONGEST_BODY
        body = b"" if thrown_away else body + more
        if length > MOST_THROWN_AWAY or not message.get("more_body"):
            break
    if thrown_away:
        raise TooLargeError
    return body


async def respond(
    send: Send, status: int, body: bytes, content_type: str, headers: Mapping[str, str] | None = None
) -> None:
    """Write an answer."""
    shown = {"content-type": content_type, "content-length": str(len(body)), **(headers or {})}
    pairs = [(name.encode(), value.encode("latin-1")) for name, value in shown.items()]
    await send({"type": "http.response.start", "status": status, "headers": pairs})
    await send({"type": "http.response.body", "body": body})


def _headers(pairs: list[tuple[bytes, bytes]]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1"), raw_value.decode("latin-1")
        headers[name] = f"{headers[name]},{value}" if name in headers else value
    return headers


def _is_local(scope: Message, headers: Mapping[str, str]) -> bool:
    """Whether a request that needs no signature may be answered: it is no web page's, and means this machine.

    By a Unix socket no page comes, whatever name it has found for this machine.
    """
    host = headers.get("host", "")
    name = host if host.endswith("]") else host.rpartition(":")[0] or host
    return "origin" not in headers and (name in LOCAL_HOSTS or "peer" in scope["state"])
