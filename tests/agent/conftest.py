"""Machines on which an agent runs."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.served import ServedMachine
from tests.robustness.conftest import template  # noqa: F401  the same home with a vault


@pytest.fixture
def runtime() -> Iterator[Path]:
    """A folder for sockets, whose path is short enough for one."""
    folder = Path(tempfile.mkdtemp(prefix="kmscli-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def alone(own_home: Path, template: Path, runtime: Path) -> Iterator[ServedMachine]:  # noqa: F811
    """A machine with a vault, on which an agent could be started."""
    shutil.copytree(template, own_home, dirs_exist_ok=True, symlinks=True)
    machine = ServedMachine(own_home, runtime)
    yield machine
    machine.end()


@pytest.fixture
def served(alone: ServedMachine) -> ServedMachine:
    """A machine with a vault and an agent that holds it unlocked."""
    alone.run("agent", "start").expect()
    return alone
