"""HTTP by uvicorn and httptools, with what they leave out: an end to slow, silent and oversized clients.

A request has to be there, header and body, within one deadline from its first byte, and answers have to be taken within
as long; a connection may be silent for a while, before its first request and between two. All of these close the
connection (design, "The server").
"""

from asyncio import AbstractEventLoop, TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from kmscli.server.peers import Peers, uid_of

REQUEST_DEADLINE = 10.0
"""Seconds within which a request has to be there, or more of what is sent to be taken."""
SILENCE = 60
"""Seconds for which a connection may be silent."""
LONGEST_HEADER = 16 * 1024


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


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline, an end to silence, a limit for headers, and a look at who has connected."""

    def __init__(self, peers: Peers, **options: Any) -> None:
        super().__init__(**options)
        self._peers = peers
        self._deadline: TimerHandle | None = None
        self._untaken: TimerHandle | None = None
        self._header_length = self._unparsed = 0
        self._is_in_header = False

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(JoinedWrites(transport, self.loop))  # type: ignore[arg-type]
        uid = uid_of(transport)
        if uid is not None:
            self.app_state = {"peer": uid}
            if not self._peers.admits(uid):
                transport.abort()
        self._expect_within(SILENCE)

    def shutdown(self) -> None:
        """Close a connection that is idle; by TLS at once, for its parting would be waited for."""
        cycle: Any = self.cycle  # None before the first request, whatever its type says
        if self.scheme == "https" and (cycle is None or cycle.response_complete):
            self.transport.abort()
        else:
            super().shutdown()

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        self._expect_no_more_taken()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        self._untaken = self.loop.call_later(REQUEST_DEADLINE, self._give_up)
        super().pause_writing()

    def resume_writing(self) -> None:
        self._expect_no_more_taken()
        super().resume_writing()

    def timeout_keep_alive_handler(self) -> None:
        self._give_up()

    def data_received(self, data: bytes) -> None:
        was_in_header, was_at_rest = self._is_in_header, self.timeout_keep_alive_task is not None
        self._unparsed += len(data)
        super().data_received(data)
        # the parser keeps a header to itself until it is there, however long it grows
        if was_in_header and self._is_in_header and self._unparsed > LONGEST_HEADER:
            self._give_up()
        # uvicorn takes any byte for the end of silence, also those before a request that begin none
        if was_at_rest and self._deadline is None and self.cycle.response_complete:
            self._expect_within(SILENCE)

    def on_message_begin(self) -> None:
        self._header_length = self._unparsed = 0
        self._is_in_header = True
        self._expect_within(REQUEST_DEADLINE)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self._is_in_header = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._expect_nothing()
        super().on_message_complete()

    def _count(self, length: int) -> None:
        self._header_length += length
        if self._header_length > LONGEST_HEADER:
            raise TooLongError

    def _expect_within(self, seconds: float) -> None:
        self._expect_nothing()
        self._deadline = self.loop.call_later(seconds, self._give_up)

    def _expect_nothing(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None

    def _expect_no_more_taken(self) -> None:
        if self._untaken is not None:
            self._untaken.cancel()
            self._untaken = None

    def _give_up(self) -> None:
        # to close it would wait until the client has taken all that it was sent, which may be never
        if self.transport.get_write_buffer_size():
            self.transport.abort()
        elif not self.transport.is_closing():
            self.transport.close()
