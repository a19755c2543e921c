"""What is imported when: import-linter's contracts say who may import whom, this says what a start may cost."""

import subprocess
import sys

import pytest

from kmscli.operations.index import KMS

HEAVY = frozenset(
    {
        "_hashlib", "asyncio", "cryptography.x509", "cryptography.hazmat.primitives.serialization", "dataclasses",
        "inspect", "jmespath", "logging", "msgspec", "pathlib", "platformdirs", "pydantic", "rich", "ruamel.yaml",
        "subprocess", "tempfile", "tomli_w", "typer", "urllib.request", "uuid", "yaml",
    }
)  # fmt: skip
"""Not among them: datetime, which the standard sqlite3 imports."""

ROAD = (
    "kmscli.clock",
    "kmscli.engine",
    "kmscli.errors",
    "kmscli.names",
    "kmscli.operations.index",
    "kmscli.operations.members",
    "kmscli.operations.operation",
)


def loaded_by(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    script = f"import sys; {statement}; print(*sys.modules, file=sys.stderr)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(ran.stderr.split())


AT_START = loaded_by("pass")


@pytest.mark.parametrize("module", ROAD)
def test_a_module_on_the_road_imports_nothing_heavy(module: str) -> None:
    """What every call imports does not bring in what few calls need."""
    assert HEAVY & (loaded_by(f"import {module}") - AT_START) == set()


@pytest.mark.parametrize("command", KMS)
def test_an_operation_imports_no_other(command: str) -> None:
    """Importing an operation's module imports no other operation, and nothing heavy."""
    name = command.replace("-", "_")
    loaded = loaded_by(f"import kmscli.operations.kms.{name}") - AT_START
    operations = {module for module in loaded if module.startswith("kmscli.operations.kms.")}
    assert operations == {f"kmscli.operations.kms.{name}"}
    assert HEAVY & loaded == set()


def test_the_index_imports_nothing() -> None:
    """The operation index is one literal: reading it imports no operation, and nothing else."""
    new = loaded_by("import kmscli.operations.index") - loaded_by("import kmscli.operations")
    assert new == {"kmscli.operations.index"}


def test_running_a_local_command_loads_no_pydantic() -> None:
    """Typer is held where it runs a command without pydantic (docs/adr/0001-typer-version.md)."""
    loaded = loaded_by("from kmscli.cli.app import run; run(['audit', 'path'])")
    assert "typer" in loaded
    assert "pydantic" not in loaded


def test_help_of_an_operation_needs_no_typer() -> None:
    """Piped, an operation's help is made without Typer and without rich."""
    assert {"typer", "rich"} & loaded_by("from kmscli.cli.app import run; run(['encrypt', 'help'])") == set()
