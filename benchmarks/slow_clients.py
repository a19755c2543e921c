"""`kmscli serve` beside clients that are slow or send too much: how much later the others are answered, and how long
it takes until each of the slow ones is closed.

Encrypt over 16 connections, in turn without and with 40 slow clients beside: a quarter each drip a header, drip a body,
send nothing, and send a body far too long. Silence is allowed for a minute, so who sends nothing is only company.

    python benchmarks/slow_clients.py [--rounds N]
"""

import argparse
import asyncio
import contextlib
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Iterator

from measuring import compile_package, headline, line
from serve import operations
from servers import DISTINCT, Load, Server, kmscli_server, load

CONNECTIONS = 16
SECONDS = 12
"""Longer than the deadline, so that slow clients are closed within each run."""
EACH = 10
CLOSED_WITHIN = 15.0
LATER = 1.5
HEAD = b"POST / HTTP/1.1\r\nhost: 127.0.0.1\r\n"
DRIPPED = {
    "a dripping header": (b"POST / HTTP/1.1\r\n", b"a"),
    "a dripping body": (HEAD + b"content-length: 100000\r\n\r\n", b"a"),
    "an endless body": (HEAD + b"content-length: 4000000000\r\n\r\n", bytes(64 * 1024)),
}
"""What is sent first, and then five times a second."""
PAUSE = 0.2


class Company:
    """Slow clients, each of which comes back when it is closed. `open_for`: the seconds until it was, by kind."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.open_for: dict[str, list[float]] = {name: [] for name in DRIPPED}

    @contextlib.contextmanager
    def there(self) -> Iterator[None]:
        """They are there for a while."""
        over = threading.Event()
        thread = threading.Thread(target=lambda: asyncio.run(self._all_until(over)))
        thread.start()
        try:
            yield
        finally:
            over.set()
            thread.join()

    async def _all_until(self, over: threading.Event) -> None:
        clients = [self._come_back(name) for name in DRIPPED for _ in range(EACH)]
        clients += [self._say_nothing() for _ in range(EACH)]
        tasks = [asyncio.create_task(client) for client in clients]
        await asyncio.to_thread(over.wait)
        for task in tasks:
            task.cancel()

    async def _come_back(self, name: str) -> None:
        while True:
            began = time.monotonic()
            await self._drip(*DRIPPED[name])
            self.open_for[name].append(time.monotonic() - began)

    async def _drip(self, first: bytes, then: bytes) -> None:
        """Until the server closes."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        closed = asyncio.ensure_future(reader.read())
        with contextlib.suppress(ConnectionError):
            writer.write(first)
            while not closed.done():
                await asyncio.wait([closed], timeout=PAUSE)
                writer.write(then)
            await closed
        writer.close()

    async def _say_nothing(self) -> None:
        _, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            await asyncio.Event().wait()
        finally:
            writer.close()


def measure(server: Server, folder: str, rounds: int) -> None:
    """Load the server without and with slow clients, and print what comes of it."""
    members = operations(server)["Encrypt"]
    company = Company(server.port)
    alone: list[Load] = []
    beside: list[Load] = []
    for _ in range(rounds):
        for loads, there in ((alone, contextlib.nullcontext()), (beside, company.there())):
            requests = [server.request("Encrypt", members(number)) for number in range(DISTINCT)]
            with there:
                loads.append(load(server, requests, folder, connections=CONNECTIONS, seconds=SECONDS))
    later = statistics.median(one.p99 / other.p99 for one, other in zip(beside, alone, strict=True))
    p99 = [statistics.median(one.p99 for one in loads) for loads in (alone, beside)]
    line("p99 beside slow clients, x without", later, LATER, note=f"{p99[0]:.2f} and {p99[1]:.2f} ms")
    for name, seconds in company.open_for.items():
        note = f"{len(seconds)} closed, the last after {max(seconds, default=0):.1f} s"
        line(f"{name}: closed, x {CLOSED_WITHIN:.0f} s", max(seconds) / CLOSED_WITHIN, 1.0, note=note)


def main() -> None:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    headline(f"kmscli serve with {4 * EACH} slow clients beside {CONNECTIONS} that encrypt")
    if not shutil.which("wrk"):
        print("  no wrk is installed here, so nothing is measured")
        return
    compile_package()
    with tempfile.TemporaryDirectory() as folder, kmscli_server(folder) as server:
        measure(server, folder, arguments.rounds)


if __name__ == "__main__":
    main()
