"""A machine with a home of its own on which the installed kmscli runs, as a person or a script runs it."""

import ctypes
import fcntl
import json
import os
import pty
import resource
import select
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from kmscli.trail.lines import Log, log_files
from kmscli.trail.verify import Report, expected, verify
from kmscli.vault.opening import open_vault
from kmscli.vault.unlocking import Unlocking
from kmscli.vault.vault import Vault

KMSCLI = str(Path(sys.executable).with_name("kmscli"))
ALIAS = "alias/a"
AMBIENT = ("AWS_", "KMSCLI_", "XDG_", "CREDENTIALS_DIRECTORY", "LINES", "COLUMNS", "PYTHON")
"""Settings of the machine that the tests run on."""
PATIENCE = 120
"""Seconds after which a call that hangs is given up: far beyond what the slowest machine needs."""


class Ran(NamedTuple):
    """What a call came to."""

    code: int
    out: bytes
    err: str

    @property
    def answer(self) -> Any:
        """The JSON on stdout."""
        return json.loads(self.out)

    def expect(self, code: int = 0) -> "Ran":
        """The same, if it has this exit code and no traceback."""
        assert self.code == code, f"exit code {self.code}\n{self.out.decode(errors='replace')}{self.err}"
        assert "Traceback" not in self.err
        assert "This is a bug" not in self.err
        return self


class Machine:
    """A home, and calls made in it. `runtime`: where calls look for an agent; None: nowhere."""

    def __init__(self, home: Path, runtime: Path | None = None) -> None:
        self.home = home
        self.runtime = {"XDG_RUNTIME_DIR": str(runtime)} if runtime else {}
        self.vault = home / ".local/share/kmscli/vault.db"
        self.key_file = home / ".config/kmscli/vault.key"
        self.trail = home / ".local/share/kmscli/vault.db.trail"
        self.log = self.trail / "events.jsonl"

    def start(self, *words: str | bytes, env: dict[str, str] | None = None, **how: Any) -> "subprocess.Popen[bytes]":
        """Start a call; `how` is Popen's."""
        pipes = {"stdin": subprocess.DEVNULL, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        bare = {name: value for name, value in os.environ.items() if not name.startswith(AMBIENT)}
        environment = {**bare, **self.runtime, "HOME": str(self.home), **(env or {})}
        return subprocess.Popen([KMSCLI, *words], env=environment, **{**pipes, **how})

    def run(self, *words: str | bytes, stdin: bytes | None = None, **how: Any) -> Ran:
        """Make a call and wait for it. `stdin`: what it can read there."""
        if stdin is not None:
            how["stdin"] = subprocess.PIPE
        with self.start(*words, **how) as call:
            try:
                out, err = call.communicate(stdin, PATIENCE)
            finally:
                call.kill()
        return Ran(call.returncode, out or b"", (err or b"").decode(errors="replace"))

    def shell(self, script: str, *, shell: str = "/bin/sh", **how: Any) -> Ran:
        """Run a script in which `kmscli` is the installed one."""
        env = {"PATH": f"{Path(KMSCLI).parent}:{os.environ['PATH']}", **how.pop("env", {})}
        return self.run("-c", script, env=env, executable=shell, **how)

    def run_on_terminal(self, *words: str | bytes, prompt: bytes = b"", keys: bytes = b"", **how: Any) -> Ran:
        """Make a call whose three streams are a terminal: `out` is all that the terminal is sent.

        `keys` are typed once the terminal shows the `prompt`.
        """
        ours, theirs = pty.openpty()
        streams = {"stdin": theirs, "stdout": theirs, "stderr": theirs}
        with self.start(*words, **{**streams, "start_new_session": True, "preexec_fn": _take_terminal, **how}) as call:
            os.close(theirs)
            shown = b""
            for sent in _sent_to(ours):
                shown += sent
                if prompt and prompt in shown:
                    prompt = b""
                    os.write(ours, keys)
            call.kill()
        os.close(ours)
        return Ran(call.returncode, shown, shown.decode(errors="replace"))

    def opened(self) -> Vault:
        """The vault, opened by this process."""
        return open_vault(str(self.vault), Unlocking({}, key_file=str(self.key_file), warn=lambda _: None))

    def fold_wal(self) -> None:
        """Move what the write-ahead log holds into the vault's file."""
        vault = self.opened()
        vault.store.checkpoint()
        vault.close()

    def report(self) -> Report:
        """What verification of the trail finds, without a process of its own."""
        vault = self.opened()
        logs = [Log.opened(file) for file in log_files(str(self.log))]
        try:
            known = expected(vault)
            return verify(logs, vault.keyring.trail, known)
        finally:
            for log in logs:
                log.close()
            vault.close()

    def events(self) -> list[Any]:
        """The records in the log."""
        return [json.loads(line) for line in self.log.read_bytes().splitlines()]

    def leftovers(self) -> list[str]:
        """Files in the home that only belong there while a call is running."""
        found = [str(path.relative_to(self.home)) for path in self.home.rglob("*") if path.is_file()]
        known = {"vault.db", "vault.db-wal", "vault.db-shm", "vault.key", "events.jsonl", "lock"}
        return sorted(path for path in found if Path(path).name not in known and Path(path).parent.name != "marks")


def _take_terminal() -> None:
    """For `preexec_fn`: make stdin's terminal the one that sends this session its signals."""
    fcntl.ioctl(0, termios.TIOCSCTTY, 0)


def _sent_to(terminal: int) -> Iterator[bytes]:
    """What a terminal is sent until its last user is gone, which Linux reports as an error, or says nothing more."""
    while select.select([terminal], [], [], PATIENCE)[0]:
        try:
            yield os.read(terminal, 1 << 16)
        except OSError:
            return


def unprivileged() -> None:
    """For `preexec_fn`: give up root's right to read and write every file, so that modes hold for this process too."""
    if os.geteuid() == 0:
        drop_from_bounding_set, dac_override, dac_read_search = 24, 1, 2
        libc = ctypes.CDLL(None)
        for capability in (dac_override, dac_read_search):
            assert libc.prctl(drop_from_bounding_set, capability, 0, 0, 0) == 0


def at_most(size: int) -> Callable[[], None]:
    """For `preexec_fn`: no file of this process grows beyond so many bytes, as if the disk were full there."""
    return lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def closed(*descriptors: int) -> Callable[[], None]:
    """For `preexec_fn`: start without these descriptors."""

    def close() -> None:
        for descriptor in descriptors:
            os.close(descriptor)

    return close


@contextmanager
def mode(path: Path, changed: int) -> Iterator[None]:
    """A file or folder with another mode, for a while."""
    before = path.stat().st_mode
    path.chmod(changed)
    try:
        yield
    finally:
        path.chmod(before)
