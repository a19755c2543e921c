"""What every test has: a house of its own, away from the machine's settings."""

import os
from pathlib import Path

import pytest

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
