"""What a person gets who installs kmscli: a wheel, in an environment of its own, without anything of ours beside it."""

import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.long


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that the project builds."""
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(folder), str(ROOT))
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs' folder of a fresh environment that has the wheel and what it asks for."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", str(folder))
    run(str(folder / "bin" / "pip"), "install", "--quiet", str(wheel))
    return folder / "bin"


def run(*command: str, home: Path | None = None) -> str:
    """The output of a command that must succeed."""
    environment = {"HOME": str(home), "PATH": os.defpath} if home else None
    ran = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout


def test_the_wheel_adds_to_no_start(wheel: Path) -> None:
    """There is no .pth file, which every start of the environment's Python would pay for."""
    assert [name for name in zipfile.ZipFile(wheel).namelist() if name.endswith(".pth")] == []


def test_the_wheel_has_completions_and_man_pages(wheel: Path) -> None:
    """The scripts and man pages go where shells and man look for them."""
    names = {name.partition(".data/data/")[2] for name in zipfile.ZipFile(wheel).namelist()}
    assert "share/man/man1/kmscli-encrypt.1" in names
    assert "share/bash-completion/completions/kmscli" in names
    assert "share/zsh/site-functions/_kmscli" in names
    assert "share/fish/vendor_completions.d/kmscli.fish" in names


def test_the_script_is_ours(installed: Path) -> None:
    """Installers put the interpreter into the wheel's own script, which looks for an agent before it imports much."""
    interpreter, first = (installed / "kmscli").read_text().splitlines()[:2]
    assert Path(interpreter.removeprefix("#!")).parent == installed
    assert first == "from kmscli.agent.hand_over import hand_over"


def test_an_agent_of_what_is_installed(installed: Path, tmp_path: Path) -> None:
    """The agent starts from the wheel alone, and stands in for its script."""
    kmscli = str(installed / "kmscli")
    run(kmscli, "create-key", home=tmp_path)
    with tempfile.TemporaryDirectory() as runtime:
        environment = {"HOME": str(tmp_path), "PATH": os.defpath, "XDG_RUNTIME_DIR": runtime}
        for words in (["start"], ["status"], ["stop"]):
            subprocess.run([kmscli, "agent", *words], env=environment, check=True, capture_output=True)
            subprocess.run([kmscli, "list-keys"], env=environment, check=True, capture_output=True)


def test_what_is_installed_works_alone(installed: Path, tmp_path: Path) -> None:
    """With nothing but the declared dependencies, a secret goes in and comes out, and every output format works."""
    kmscli = str(installed / "kmscli")
    (tmp_path / "secret").write_bytes(b"correct horse")
    key = run(kmscli, "create-key", "--query", "KeyMetadata.KeyId", "--output", "text", home=tmp_path).strip()
    encrypted = str(tmp_path / "encrypted")
    secret = f"fileb://{tmp_path / 'secret'}"
    run(kmscli, "encrypt", "--key-id", key, "--plaintext", secret, "--ciphertext-out", encrypted, home=tmp_path)
    blob = f"fileb://{encrypted}"
    assert run(kmscli, "decrypt", "--ciphertext-blob", blob, "--plaintext-out", "-", home=tmp_path) == "correct horse"
    for output in ("json", "text", "table", "yaml", "yaml-stream"):
        assert key in run(kmscli, "list-keys", "--output", output, home=tmp_path)
    assert "kmscli encrypt" in run(kmscli, "encrypt", "help", home=tmp_path)
    assert "CreateKey" in run(kmscli, "audit", "replay", home=tmp_path)
    assert "_kmscli" in run(kmscli, "completion", "bash", home=tmp_path)
