"""What every test has: a house of its own, away from the machine's settings."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.agent.served import ServedMachine

AMBIENT = ("AWS_", "KMSCLI_", "XDG_")


@pytest.fixture(autouse=True)
def own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty HOME, and none of the caller's AWS, XDG or kmscli settings."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    for name in os.environ:
        if name.startswith(AMBIENT):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    return home


@pytest.fixture(scope="session")
def runtime_with_agent(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Where an agent listens that holds no vault of any test, but stands in for all calls."""
    runtime = Path(tempfile.mkdtemp(prefix="kmscli-"))
    served = ServedMachine(tmp_path_factory.mktemp("agent"), runtime)
    served.run("create-key").expect()
    served.run("agent", "start", env={"LC_ALL": "C.UTF-8"}).expect()
    served.run("list-keys").expect()
    assert served.calls() > 0
    try:
        yield runtime
    finally:
        served.end()
        shutil.rmtree(runtime)


@pytest.fixture(params=["alone", "through the agent"])
def runtime_either_way(request: pytest.FixtureRequest) -> Path | None:
    """Where a test's calls find an agent that stands in for them, or nowhere: they must come to the same."""
    if request.param == "alone":
        return None
    found: Path = request.getfixturevalue("runtime_with_agent")
    return found
