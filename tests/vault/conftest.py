"""A machine whose vault holds a little of everything, made once and copied for each test."""

import shutil
from pathlib import Path

import pytest

from tests.robustness.machine import Machine
from tests.vault.ground import PASSPHRASE, fold_wal, furnish


@pytest.fixture(scope="session")
def furnished_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a furnished vault."""
    home = tmp_path_factory.mktemp("furnished") / "home"
    home.mkdir(mode=0o700)
    furnish(Machine(home))
    return home


@pytest.fixture
def machine(own_home: Path, furnished_home: Path) -> Machine:
    """A machine with a furnished vault: two keys, an alias, tags, a policy, a rotation."""
    shutil.copytree(furnished_home, own_home, dirs_exist_ok=True, symlinks=True)
    return Machine(own_home)


@pytest.fixture
def fresh(own_home: Path) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home)


@pytest.fixture(scope="session")
def home_with_passphrase(furnished_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A furnished home with a passphrase as a second way of unlocking."""
    home = tmp_path_factory.mktemp("passphrase") / "home"
    shutil.copytree(furnished_home, home, symlinks=True)
    words = ("vault", "keyslot", "add", "--new-passphrase-fd", "0", "--name", "me")
    Machine(home).run(*words, stdin=PASSPHRASE).expect()
    fold_wal(Machine(home).vault)
    return home


@pytest.fixture
def shared(own_home: Path, home_with_passphrase: Path) -> Machine:
    """A machine with a furnished vault that a key file and a passphrase unlock."""
    shutil.copytree(home_with_passphrase, own_home, dirs_exist_ok=True, symlinks=True)
    return Machine(own_home)
