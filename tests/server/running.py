"""A kmscli serve to call: a real process on a real vault, and the clients that call it."""

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Self

import boto3
from botocore.config import Config

from tests.waiting import wait_until

REGION = "us-east-1"
ACCOUNT = "111122223333"
PATIENCE = 20
ALL = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'


class Manager:
    """A service manager: what it is told (sd_notify(3))."""

    def __init__(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.path = f"{self.folder.name}/notify"  # a socket's path is short
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.bind(self.path)
        self.socket.settimeout(PATIENCE)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.socket.close()
        self.folder.cleanup()

    def heard(self) -> dict[str, str]:
        """The next thing that it is told, but for signs of life."""
        while True:
            said = self.socket.recv(4096).decode()
            if said != "WATCHDOG=1":
                return dict(line.split("=", 1) for line in said.splitlines())


class Running:
    """A server in a HOME of its own. `url`: where it serves; `output`: what it had said when it was stopped."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.env = {"HOME": str(home), "PATH": os.environ["PATH"], "LANG": "C.UTF-8", "TZ": "UTC"}
        self.process: subprocess.Popen[str] | None = None
        self.urls: list[str] = []
        self.output = ""

    @property
    def url(self) -> str:
        """The first place where it serves."""
        return self.urls[0]

    @property
    def port(self) -> int:
        """Its port."""
        return int(self.url.rpartition(":")[2])

    @property
    def pid(self) -> int:
        """The server's main process."""
        assert self.process
        return self.process.pid

    def kmscli(self, *words: str) -> Any:
        """What a command line answers, from JSON. Raises CalledProcessError."""
        command = [sys.executable, "-m", "kmscli", *words]
        ran = subprocess.run(command, env=self.env, capture_output=True, text=True, check=True)
        return json.loads(ran.stdout) if ran.stdout.lstrip().startswith(("{", "[")) else ran.stdout

    def start(self, *options: str, listeners: int = 1) -> Self:
        """Start it, and wait until it says where it serves, and that all of it does."""
        command = [sys.executable, "-m", "kmscli", "serve", *options]
        with Manager() as manager:
            self.process = subprocess.Popen(
                command,
                env={"NOTIFY_SOCKET": manager.path, **self.env},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                text=True,
            )
            assert self.process.stdout
            self.urls = [self.process.stdout.readline().split()[1] for _ in range(listeners)]
            if "NOTIFY_SOCKET" not in self.env:
                assert "READY" in manager.heard()
        return self

    def wait_until_it_answers(self) -> None:
        """Wait until a request is answered."""
        wait_until(lambda: b"200" in self.raw(b"GET /healthz HTTP/1.0\r\n\r\n"))

    def stop(self, number: int = signal.SIGTERM) -> int:
        """Stop it; its exit code."""
        assert self.process
        self.process.send_signal(number)
        code = self.process.wait(PATIENCE)
        assert self.process.stdout
        with self.process.stdout as said:
            self.output = said.read()
        return code

    def connect(self) -> socket.socket:
        """A connection."""
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def raw(self, request: bytes) -> bytes:
        """All that comes back for some bytes, until the server closes."""
        with self.connect() as connection:
            connection.sendall(request)
            return rest_of(connection)

    def client(self, service: str = "kms", **credentials: str) -> Any:
        """A boto3 client."""
        return client_at(self.url, service, **credentials)

    def new_user(self, name: str, policy: str = ALL) -> dict[str, str]:
        """A user with a policy; his credentials, as boto3 takes them."""
        self.kmscli("iam", "create-user", "--user-name", name)
        given = ("--user-name", name, "--policy-name", "p", "--policy-document", policy)
        self.kmscli("iam", "put-user-policy", *given)
        key = self.kmscli("iam", "create-access-key", "--user-name", name)["AccessKey"]
        return {"aws_access_key_id": key["AccessKeyId"], "aws_secret_access_key": key["SecretAccessKey"]}


def rest_of(connection: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    received = b""
    while more := connection.recv(65536):
        received += more
    return received


def client_at(url: str, service: str = "kms", **credentials: str) -> Any:
    """A boto3 client that tries once."""
    config = Config(retries={"total_max_attempts": 1}, connect_timeout=PATIENCE, read_timeout=PATIENCE)
    return boto3.client(service, endpoint_url=url, region_name=REGION, config=config, **credentials)


NOBODY = {"aws_access_key_id": ACCOUNT, "aws_secret_access_key": "any"}
"""Credentials where none are asked for: the key id names the account."""
