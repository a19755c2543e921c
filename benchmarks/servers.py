"""What the benchmarks of servers share: three servers, signed requests, and wrk, which sends them and counts.

The servers are `kmscli serve` on a vault with a user and his access key, moto's, which is kmscli's rival in tests, and
uvicorn with httptools that answers a constant, which is the HTTP alone. Run by itself it prints nothing.
"""

import base64
import contextlib
import http.client
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from measuring import KMSCLI, bare_environment, run

from kmscli.clock import system_time
from kmscli.operations.credentials import Credentials
from kmscli.sigv4 import HttpRequest, signed

HERE = Path(__file__).parent
MOTO = HERE.parent / ".venv-rivals" / "bin" / "moto_server"
ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
ANYBODY = Credentials("AKIAIOSFODNN7EXAMPLE", "any", "")
DISTINCT = 1000
"""How many requests of a kind are signed, to be sent in turn."""


async def constant(
    _scope: dict[str, Any], receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """An ASGI application that answers every request alike."""
    while (await receive()).get("more_body"):
        pass
    body = b'{"KeyId":"1234abcd-12ab-34cd-56ef-1234567890ab"}'
    headers = [(b"content-type", b"application/x-amz-json-1.1"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


class Server(NamedTuple):
    """A server that runs: where, its process, and as whom it is called."""

    port: int
    process: "subprocess.Popen[str]"
    credentials: Credentials

    def cpu_time(self) -> float:
        """Seconds of user and system time that it has taken, or 0 where /proc does not tell."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.process.pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0

    def request(self, operation: str, members: dict[str, Any]) -> HttpRequest:
        """A request, signed."""
        host = f"127.0.0.1:{self.port}"
        headers = {"host": host, "x-amz-target": f"TrentService.{operation}"}
        headers["content-type"] = "application/x-amz-json-1.1"
        asked = HttpRequest("POST", "/", headers, json.dumps(members).encode())
        headers = signed(asked, self.credentials, ("us-east-1", "kms"), system_time())
        return HttpRequest("POST", "/", {**headers, "content-length": str(len(asked.body))}, asked.body)

    def call(self, operation: str, **members: object) -> Any:
        """What it answers. Raises RuntimeError: an error."""
        request = self.request(operation, members)
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("POST", "/", request.body, dict(request.headers))
            answer = connection.getresponse()
            content = answer.read()
        finally:
            connection.close()
        if answer.status != 200:
            raise RuntimeError(f"{operation}: {answer.status} {content.decode()}")
        return json.loads(content)


class Load(NamedTuple):
    """What came of a load: requests a second, milliseconds, and the server's CPU time in microseconds a request."""

    rate: float
    p50: float
    p99: float
    cpu: float


def load(server: Server, requests: Sequence[HttpRequest], folder: str, *, connections: int, seconds: int) -> Load:
    """Send requests in turn over so many connections. Raises RuntimeError: one was not answered with success."""
    path = Path(folder, "requests")
    path.write_bytes(b"".join(b"%08x%b" % (len(raw), raw) for raw in map(_raw, requests)))
    wrk = ["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{seconds}s", "--timeout", "20s"]
    wrk += ["--script", str(HERE / "requests.lua"), f"http://127.0.0.1:{server.port}", "--", str(path)]
    spent = server.cpu_time()
    told = json.loads(run(wrk, os.environ).decode().splitlines()[-1])
    spent = server.cpu_time() - spent
    if told["failed"] or not told["requests"]:
        raise RuntimeError(f"{told['failed']} of {told['requests']} requests failed.")
    rate = told["requests"] / told["duration"] * 1e6
    return Load(rate, told["p50"] / 1000, told["p99"] / 1000, spent / told["requests"] * 1e6)


def _raw(request: HttpRequest) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + request.body


@contextlib.contextmanager
def kmscli_server(home: str, *options: str) -> Iterator[Server]:
    """`kmscli serve`, on a new vault."""
    environment = bare_environment(home)
    for words in ("vault init", "iam create-user --user-name app"):
        run([KMSCLI, *words.split()], environment)
    policy = ["--user-name", "app", "--policy-name", "all", "--policy-document", ALL]
    run([KMSCLI, "iam", "put-user-policy", *policy], environment)
    made = json.loads(run([KMSCLI, "iam", "create-access-key", "--user-name", "app"], environment))["AccessKey"]
    credentials = Credentials(made["AccessKeyId"], made["SecretAccessKey"], "")
    port = _free_port()
    with _running([KMSCLI, "serve", "--listen", f"127.0.0.1:{port}", *options], environment, port) as process:
        yield Server(port, process, credentials)


@contextlib.contextmanager
def moto_server(home: str) -> Iterator[Server]:
    """moto's server."""
    port = _free_port()
    with _running([str(MOTO), "--host", "127.0.0.1", "--port", str(port)], bare_environment(home), port) as process:
        yield Server(port, process, ANYBODY)


@contextlib.contextmanager
def bare_server(home: str) -> Iterator[Server]:
    """uvicorn with httptools and asyncio's loop, as kmscli runs it, answering a constant."""
    port = _free_port()
    command = [sys.executable, "-m", "uvicorn", "--app-dir", str(HERE), "--http", "httptools", "--loop", "asyncio"]
    command += ["--no-access-log", "--log-level", "error", "--port", str(port), "servers:constant"]
    with _running(command, bare_environment(home), port) as process:
        yield Server(port, process, ANYBODY)


@contextlib.contextmanager
def _running(command: list[str], environment: dict[str, str], port: int) -> "Iterator[subprocess.Popen[str]]":
    quiet = subprocess.DEVNULL
    with subprocess.Popen(command, env=environment, stdout=quiet, stderr=quiet, text=True) as process:
        try:
            _await(port)
            yield process
        finally:
            process.terminate()


def _await(port: int) -> None:
    """Wait until somebody listens. Raises TimeoutError."""
    end = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            if time.monotonic() > end:
                raise TimeoutError(f"Nobody listens on {port}.") from None
            time.sleep(0.05)
        else:
            return


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def encoded(content: bytes) -> str:
    """Base64, as members have it."""
    return base64.b64encode(content).decode()
