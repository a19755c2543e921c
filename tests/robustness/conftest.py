"""Machines to try things on."""

import shutil
from pathlib import Path

import pytest

from tests.robustness.machine import ALIAS, Machine


@pytest.fixture(scope="session")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home with a vault, a key and an alias, made once and copied for each test."""
    home = tmp_path_factory.mktemp("template") / "home"
    home.mkdir(mode=0o700)
    machine = Machine(home)
    key_id = machine.run("create-key").expect().answer["KeyMetadata"]["KeyId"]
    machine.run("create-alias", "--alias-name", ALIAS, "--target-key-id", key_id).expect()
    return home


@pytest.fixture(params=["alone", pytest.param("through the agent", marks=pytest.mark.long)])
def runtime_either_way(request: pytest.FixtureRequest) -> Path | None:
    """As for all tests; the second way is a long one here, where nearly every test starts several processes."""
    if request.param == "alone":
        return None
    found: Path = request.getfixturevalue("runtime_with_agent")
    return found


@pytest.fixture
def fresh(own_home: Path, runtime_either_way: Path | None) -> Machine:
    """A machine on which kmscli was never used."""
    return Machine(own_home, runtime_either_way)


@pytest.fixture
def machine(own_home: Path, template: Path, runtime_either_way: Path | None) -> Machine:
    """A machine with a vault that holds one key, `alias/a`."""
    shutil.copytree(template, own_home, dirs_exist_ok=True, symlinks=True)
    return Machine(own_home, runtime_either_way)


@pytest.fixture
def granted(machine: Machine) -> list[str]:
    """Options with the tokens of two grants on the machine's key."""
    key_id = machine.run("describe-key", "--key-id", ALIAS).expect().answer["KeyMetadata"]["KeyId"]
    words = ("create-grant", "--key-id", key_id, "--operations", "Decrypt", "Encrypt", "--grantee-principal")
    principals = (f"arn:aws:iam::111122223333:user/{name}" for name in ("Alice", "Bob"))
    tokens = [machine.run(*words, principal).expect().answer["GrantToken"] for principal in principals]
    return [word for token in tokens for word in ("--grant-tokens", token)]
