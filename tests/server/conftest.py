"""Servers that a module's tests share."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.commands import Commands
from tests.server.running import Running


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A HOME."""
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def server(home: Path) -> Iterator[Running]:
    """A server that asks for signatures."""
    running = Running(home)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0")
    yield running
    assert running.stop() == 0
    assert "Exception" not in running.output


@pytest.fixture(scope="module")
def open_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that asks for none."""
    running = Running(tmp_path_factory.mktemp("open"))
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0", "--no-auth")
    yield running
    assert running.stop() == 0
    assert "Exception" not in running.output


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Running]:
    """A lab vault that is yet to be served."""
    made = Running(tmp_path)
    made.kmscli("vault", "init", "--lab")
    yield made
    if made.process and made.process.poll() is None:
        made.stop(signal.SIGKILL)


@pytest.fixture(scope="module")
def commands(server: Running) -> Commands:
    """Ways to run commands on the server's vault."""
    return Commands(server)
