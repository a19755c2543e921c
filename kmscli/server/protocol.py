"""HTTP by uvicorn and httptools, with what they leave out: an end to slow, silent and oversized clients.

A request has to be there, header and body, within one deadline from its first byte, and answers have to be taken within
as long; a connection may be silent for a while, before its first request and between two. All of these close the
connection (design, "The server").
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from collections.abc import Callable
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kmscli.server.peers import Peers, uid_of

REQUEST_DEADLINE = 10.0
"""Seconds within which a request has to be there, or more of what is sent to be taken."""
SILENCE = 60
"""Seconds for which a connection may be silent."""
LONGEST_HEADER = 16 * 1024
MOST_CONNECTIONS = 1000
"""Of a process. One more takes the place of the one that has been silent for the longest; where none is silent, its
requests are refused.
"""


class TooLongError(Exception):
    """The header is longer than it may be."""


class JoinedWrites:
    """A transport that sends what is written in one turn of the loop at once: uvicorn writes an answer's header and its
    body one after the other, and each would be a call of the system's.
    """

    def __init__(self, transport: Transport, loop: AbstractEventLoop) -> None:
        self._transport = transport
        self._loop = loop
        self._written: list[bytes] = []

    def write(self, data: bytes) -> None:
        """Send this, with what else is written in this turn."""
        if not self._written:
            self._loop.call_soon(self._send)
        self._written.append(data)

    def close(self) -> None:
        """Close it, once what was written is sent."""
        self._send()
        self._transport.close()

    def _send(self) -> None:
        if self._written:
            written, self._written = self._written, []
            self._transport.write(b"".join(written))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._transport, name)


NEVER = float("inf")


class Deadline:
    """By when something has to be done. It is put off at every request, and so its timer, once set, is left to go off:
    only then it is looked at whether it is too late.
    """

    def __init__(self, loop: AbstractEventLoop, missed: Callable[[], None]) -> None:
        self._loop = loop
        self._missed = missed
        self._moment = NEVER
        self._timer: TimerHandle | None = None

    @property
    def is_set(self) -> bool:
        """Whether there is one."""
        return self._moment != NEVER

    def set(self, seconds: float) -> None:
        """It is in so many seconds."""
        self._moment = self._loop.time() + seconds
        if self._timer is None or self._timer.when() > self._moment:
            self._wait()

    def lift(self) -> None:
        """There is none any more."""
        self._moment = NEVER

    def end(self) -> None:
        """There will be none any more."""
        self._moment = NEVER
        if self._timer:
            self._timer.cancel()

    def _wait(self) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = self._loop.call_at(self._moment, self._look)

    def _look(self) -> None:
        self._timer = None
        if self._moment <= self._loop.time():
            self._moment = NEVER
            self._missed()
        elif self.is_set:
            self._wait()


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline, an end to silence, a limit for headers, and a look at who has connected."""

    def __init__(self, peers: Peers, **options: Any) -> None:
        super().__init__(**options)
        self._peers = peers
        self._deadline = Deadline(self.loop, self._give_up)
        self._taken = Deadline(self.loop, self._give_up)
        self._header_length = self._unparsed = 0
        self.silent_since = self.loop.time()
        """Since when there is nothing under way; NEVER, if there is."""

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        if len(self.connections) >= MOST_CONNECTIONS:
            self._make_room()
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]
        uid = uid_of(transport)
        if uid is not None:
            self.app_state = {"peer": uid}
            if not self._peers.admits(uid):
                transport.abort()
        self._deadline.set(SILENCE)

    def _make_room(self) -> None:
        silent = [one for one in self.connections if isinstance(one, DeadlineProtocol) and one.is_silent]
        if silent:
            # by TLS, to close it would wait for the client's parting
            min(silent, key=lambda one: one.silent_since).transport.abort()

    @property
    def is_silent(self) -> bool:
        """Whether nothing has begun on it that is not answered, and it is not closing yet."""
        return self.silent_since != NEVER and not self.transport.is_closing()

    def shutdown(self) -> None:
        """Close a connection that is idle; by TLS at once, for its parting would be waited for."""
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        if self.scheme == "https" and (cycle is None or cycle.response_complete):
            self.transport.abort()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._deadline.end()
        self._taken.end()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self._taken.set(REQUEST_DEADLINE)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._taken.lift()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        self._give_up()

    def data_received(self, data: bytes) -> None:
        was_at_rest = self.timeout_keep_alive_task is not None
        self._unparsed += len(data)
        super().data_received(data)
        # the parser keeps a header or a trailer to itself until it is there, however long it grows
        if self._unparsed > LONGEST_HEADER:
            self._give_up()
        # uvicorn takes any byte for the end of silence, also those before a request that begin none
        if was_at_rest and not self._deadline.is_set and self.cycle.response_complete:
            self._deadline.set(SILENCE)

    def on_message_begin(self) -> None:
        self._header_length = self._unparsed = 0
        self.silent_since = NEVER
        self._deadline.set(REQUEST_DEADLINE)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._unparsed = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        self._unparsed = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        self._unparsed = 0
        self._deadline.lift()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.cycle.response_complete and not self._deadline.is_set:
            self.silent_since = self.loop.time()

    def _count(self, length: int) -> None:
        self._header_length += length
        if self._header_length > LONGEST_HEADER:
            raise TooLongError

    def _give_up(self) -> None:
        # to close it would wait until the client has taken all that it was sent, which may be never
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        elif not self.transport.is_closing():
            self.transport.close()
