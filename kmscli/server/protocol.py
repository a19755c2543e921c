"""HTTP by uvicorn and httptools, with what they leave out: an end to slow, silent and oversized clients.

A request has to be there, header and body, within one deadline from its first byte; a connection may be silent for a
while, before its first request and between two. Both close the connection (design, "The server").
"""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

REQUEST_DEADLINE = 10.0
"""Seconds within which a request has to be there."""
SILENCE = 60
"""Seconds for which a connection may be silent."""
LONGEST_HEADER = 16 * 1024


class TooLongError(Exception):
    """The header is longer than it may be."""


class DeadlineProtocol(HttpToolsProtocol):
    """uvicorn's protocol with a deadline, an end to silence, and a limit for headers."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._deadline: TimerHandle | None = None
        self._header_length = 0

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._expect_within(SILENCE)

    def connection_lost(self, exc: Exception | None) -> None:
        self._expect_nothing()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        self._header_length = 0
        self._expect_within(REQUEST_DEADLINE)
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

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

    def _give_up(self) -> None:
        if not self.transport.is_closing():
            self.transport.close()
