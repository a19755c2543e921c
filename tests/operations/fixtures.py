"""Houses with empty vaults, for every test of an operation or of the engine."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from tests.operations.house import House, make_vault
from tests.operations.stock import Stock

MEMORY = "/dev/shm"  # a sync costs nothing there, and these tests make thousands


@pytest.fixture(scope="session")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault to copy, which is faster than making one."""
    return make_vault(tmp_path_factory.mktemp("empty") / "vault.db")


@pytest.fixture(scope="session")
def empty_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab vault to copy."""
    return make_vault(tmp_path_factory.mktemp("lab") / "vault.db", lab=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that is gone afterwards: in memory, where the machine lets us."""
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as path:
        yield Path(path)


@pytest.fixture
def house(empty_vault: Path, folder: Path) -> Iterator[House]:
    """A house with an empty vault."""
    house = House(Path(shutil.copy(empty_vault, folder / "vault.db")))
    yield house
    house.close()


@pytest.fixture
def lab(empty_lab: Path, folder: Path) -> Iterator[House]:
    """A house with an empty lab vault, whose clock may leap."""
    house = House(Path(shutil.copy(empty_lab, folder / "lab.db")))
    yield house
    house.close()


@pytest.fixture(scope="module")
def shared(empty_vault: Path) -> Iterator[House]:
    """A house for those tests of a module that do not mind each other."""
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as path:
        house = House(Path(shutil.copy(empty_vault, Path(path) / "vault.db")))
        yield house
        house.close()


@pytest.fixture(scope="module")
def stock(empty_vault: Path) -> Iterator[Stock]:
    """A house for all tests of a module, with keys of every spec."""
    with TemporaryDirectory(dir=MEMORY if os.access(MEMORY, os.W_OK) else None) as path:
        house = House(Path(shutil.copy(empty_vault, Path(path) / "vault.db")))
        yield Stock(house)
        house.close()
