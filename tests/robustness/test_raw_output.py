"""`--plaintext-out`, `--ciphertext-out` and `-`: raw bytes, in files that are safe, whole, and nobody else's."""

import stat
from pathlib import Path

import pytest

from tests.robustness.disks import fill, may_mount, small_disk
from tests.robustness.machine import ALIAS, Machine, mode, unprivileged

SECRET = bytes(range(256))


@pytest.fixture
def blob(machine: Machine, tmp_path: Path) -> str:
    """A ciphertext of SECRET, as an option's value."""
    path = tmp_path / "blob"
    machine.run("encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", str(path), stdin=SECRET).expect()
    return f"fileb://{path}"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder for what comes out."""
    made = tmp_path / "out"
    made.mkdir()
    return made


def test_a_file(machine: Machine, blob: str, folder: Path) -> None:
    """The bytes stand in the file and not on stdout; only its owner may read it."""
    target = folder / "plain"
    ran = machine.run("decrypt", "--ciphertext-blob", blob, "--plaintext-out", str(target)).expect()
    assert target.read_bytes() == SECRET
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert list(ran.answer) == ["KeyId", "EncryptionAlgorithm", "KeyMaterialId"]
    assert list(folder.iterdir()) == [target]


def test_a_file_that_is_there(machine: Machine, blob: str, folder: Path) -> None:
    """A file is replaced, mode and all, and never open to others in between; another name of it keeps its content."""
    target = folder / "plain"
    target.write_bytes(b"before")
    target.chmod(0o666)
    (folder / "other").hardlink_to(target)
    machine.run("decrypt", "--ciphertext-blob", blob, "--plaintext-out", str(target)).expect()
    assert target.read_bytes() == SECRET
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    assert (folder / "other").read_bytes() == b"before"


def test_stdout(machine: Machine, blob: str) -> None:
    """`-` is stdout: the bytes and nothing else."""
    ran = machine.run("decrypt", "--ciphertext-blob", blob, "--plaintext-out", "-").expect()
    assert (ran.out, ran.err) == (SECRET, "")


def test_both(machine: Machine, folder: Path) -> None:
    """A data key's two forms go to two files, or one of them to stdout."""
    clear, sealed = folder / "clear", folder / "sealed"
    words = ["generate-data-key", "--key-id", ALIAS, "--key-spec", "AES_256"]
    ran = machine.run(*words, "--plaintext-out", str(clear), "--ciphertext-out", str(sealed)).expect()
    assert list(ran.answer) == ["KeyId", "KeyMaterialId"]
    assert len(clear.read_bytes()) == 32
    opened = machine.run("decrypt", "--ciphertext-blob", f"fileb://{sealed}", "--plaintext-out", "-").expect()
    assert opened.out == clear.read_bytes()
    ran = machine.run(*words, "--plaintext-out", "-", "--ciphertext-out", str(sealed)).expect()
    opened = machine.run(
        "decrypt", "--ciphertext-blob", "-", "--plaintext-out", "-", stdin=sealed.read_bytes()
    ).expect()
    assert opened.out == ran.out


@pytest.mark.parametrize("targets", [("-", "-"), ("same", "same"), ("same", "./same")])
def test_both_cannot_be_the_same(machine: Machine, folder: Path, targets: tuple[str, str]) -> None:
    """Two members cannot go to one place."""
    words = ["generate-data-key", "--key-id", ALIAS, "--key-spec", "AES_256"]
    refused = machine.run(*words, "--plaintext-out", targets[0], "--ciphertext-out", targets[1], cwd=folder).expect(252)
    assert "cannot be the same" in refused.err
    assert list(folder.iterdir()) == []


def test_stdin_as_a_blob(machine: Machine) -> None:
    """`-` takes any bytes from stdin, once a call."""
    sealed = machine.run(
        "encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", "-", stdin=SECRET
    ).expect()
    opened = machine.run("decrypt", "--ciphertext-blob", "-", "--plaintext-out", "-", stdin=sealed.out).expect()
    assert opened.out == SECRET


def test_a_link_is_not_written_through(machine: Machine, blob: str, folder: Path) -> None:
    """A symbolic link as target is refused before the call, wherever it leads."""
    victim = folder / "victim"
    victim.write_bytes(b"before")
    link = folder / "link"
    for target in (victim, folder / "nowhere", folder):
        link.symlink_to(target)
        events = len(machine.events())
        refused = machine.run("decrypt", "--ciphertext-blob", blob, "--plaintext-out", str(link)).expect(252)
        assert "is not a regular file" in refused.err
        assert len(machine.events()) == events
        link.unlink()
    assert victim.read_bytes() == b"before"
    assert list(folder.iterdir()) == [victim]


@pytest.mark.parametrize("target", ["", ".", "missing/plain", "/dev/null", "/dev/stdout", "/", "x" * 300, "plain/"])
def test_targets_that_are_no_file(machine: Machine, blob: str, folder: Path, target: str) -> None:
    """What cannot be a file refuses the call before it is made."""
    events = len(machine.events())
    machine.run("decrypt", "--ciphertext-blob", blob, "--plaintext-out", target, cwd=folder).expect(252)
    assert len(machine.events()) == events
    assert list(folder.iterdir()) == []


def test_a_folder_that_cannot_be_written(machine: Machine, blob: str, folder: Path) -> None:
    """A target that cannot be written refuses the call before it is made."""
    events = len(machine.events())
    with mode(folder, 0o500):
        words = ["decrypt", "--ciphertext-blob", blob, "--plaintext-out", str(folder / "plain")]
        refused = machine.run(*words, preexec_fn=unprivileged).expect(252)
    assert "cannot be written: Permission denied" in refused.err
    assert len(machine.events()) == events


@pytest.mark.parametrize(
    "failing",
    [
        ["decrypt", "--ciphertext-blob", "bm8gYmxvYiBvZiBvdXJz"],
        ["decrypt", "--ciphertext-blob", "BLOB", "--encryption-context", "other=context"],
        ["decrypt", "--ciphertext-blob", "BLOB", "--dry-run"],
        ["decrypt", "--ciphertext-blob", "BLOB", "--query", "["],
        ["decrypt", "--ciphertext-blob", "BLOB", "--region", "no region"],
        ["decrypt", "--ciphertext-blob", "BLOB", "--vault", "/proc/nonexistent"],
        ["decrypt", "--ciphertext-blob", "***"],
        ["decrypt", "--ciphertext-blob", "BLOB", "--no-such-option"],
    ],
)
def test_a_failure_keeps_the_target(machine: Machine, blob: str, folder: Path, failing: list[str]) -> None:
    """When the call fails, whyever, the target is what it was and nothing is left beside it."""
    target = folder / "plain"
    target.write_bytes(b"before")
    words = [blob if word == "BLOB" else word for word in failing]
    ran = machine.run(*words, "--plaintext-out", str(target))
    assert ran.code in (252, 253, 254, 255)
    assert "This is a bug" not in ran.err
    assert target.read_bytes() == b"before"
    assert list(folder.iterdir()) == [target]


def test_a_full_disk_at_the_output(machine: Machine, folder: Path) -> None:
    """The disk of the output is full: 255, the call took effect, the target is kept, nothing is left beside it."""
    if not may_mount(folder):
        return
    events = len(machine.events())
    with small_disk(folder, "16k"):
        target = folder / "sealed"
        target.write_bytes(b"before")
        filler = fill(folder)
        words = ["encrypt", "--key-id", ALIAS, "--plaintext", "-", "--ciphertext-out", str(target)]
        ran = machine.run(*words, stdin=SECRET).expect(255)
        assert "The answer could not be written: No space left on device. The call took effect." in ran.err
        assert target.read_bytes() == b"before"
        assert sorted(folder.iterdir()) == [filler, target]
    assert [event["eventName"] for event in machine.events()[events:]] == ["Encrypt"]
