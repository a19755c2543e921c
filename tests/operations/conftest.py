"""A house for every test of an operation."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.operations.house import House, make_vault


@pytest.fixture(scope="session")
def empty_vault(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A vault to copy, which is faster than making one."""
    return make_vault(tmp_path_factory.mktemp("empty") / "vault.db")


@pytest.fixture(scope="session")
def empty_lab(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A lab vault to copy."""
    return make_vault(tmp_path_factory.mktemp("lab") / "vault.db", lab=True)


@pytest.fixture
def house(empty_vault: Path, tmp_path: Path) -> Iterator[House]:
    """A house with an empty vault."""
    house = House(Path(shutil.copy(empty_vault, tmp_path / "vault.db")))
    yield house
    house.close()


@pytest.fixture
def lab(empty_lab: Path, tmp_path: Path) -> Iterator[House]:
    """A house with an empty lab vault, whose clock may leap."""
    house = House(Path(shutil.copy(empty_lab, tmp_path / "lab.db")))
    yield house
    house.close()
