"""Start, reload and stop, as a service manager sees them."""

import os
import signal
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from kmscli.server.workers import pause_after
from tests.server.running import NOBODY, PATIENCE, Manager, Running
from tests.server.test_client import self_signed
from tests.waiting import children, wait_until

ONE, TWO = (), ("--workers", "2")


@pytest.fixture
def manager() -> Iterator[Manager]:
    """A service manager."""
    with Manager() as made:
        yield made


@pytest.mark.parametrize("workers", [ONE, TWO])
def test_what_the_service_manager_hears(running: Running, manager: Manager, workers: tuple[str, ...]) -> None:
    """That all serve, from the main process alone; a reload and its end; and the stop."""
    running.env |= {"NOTIFY_SOCKET": manager.path}
    running.start("--listen", "127.0.0.1:0", "--no-auth", *workers)
    assert running.process
    ready = {"READY": "1", "MAINPID": str(running.process.pid)}
    assert manager.heard() == ready
    before = children(running.process.pid)
    running.process.send_signal(signal.SIGHUP)
    reloading = manager.heard()
    assert (reloading.pop("RELOADING"), int(reloading.pop("MONOTONIC_USEC")) > 0, reloading) == ("1", True, {})
    assert manager.heard() == ready
    wait_until(lambda: not set(before) & set(children(running.pid)))
    assert len(children(running.pid)) == len(before)
    assert running.stop() == 0
    assert manager.heard() == {"STOPPING": "1"}


@pytest.mark.parametrize("workers", [ONE, TWO])
def test_a_sign_of_life(running: Running, manager: Manager, workers: tuple[str, ...]) -> None:
    """A watchdog is told in half the time that it gives."""
    running.env |= {"NOTIFY_SOCKET": manager.path, "WATCHDOG_USEC": "200000"}
    running.start("--listen", "127.0.0.1:0", "--no-auth", *workers)
    heard = [manager.socket.recv(4096) for _ in range(6)]
    assert heard.count(b"WATCHDOG=1") >= 5
    assert running.stop() == 0


def certificate_at(port: int) -> str:
    """The certificate that is served now."""
    return ssl.get_server_certificate(("127.0.0.1", port), timeout=PATIENCE)


@pytest.mark.parametrize("workers", [ONE, TWO])
def test_a_new_certificate(running: Running, manager: Manager, workers: tuple[str, ...]) -> None:
    """After a reload the certificate's files count; one that cannot be used leaves the former one, and says so."""
    running.env |= {"NOTIFY_SOCKET": manager.path}
    certificate, key = self_signed(running.home)
    running.start("--listen", "127.0.0.1:0", "--certificate", certificate, "--private-key", key, *workers)
    manager.heard()
    first = certificate_at(running.port)
    self_signed(running.home)
    second = Path(certificate).read_text()
    reload(running, manager)
    wait_until(lambda: {certificate_at(running.port) for _ in range(4)} == {second})
    assert first != second
    old = Path(key).read_text()
    self_signed(running.home)
    Path(key).write_text(old)
    reload(running, manager)
    assert {certificate_at(running.port) for _ in range(8)} == {second}
    assert running.process
    assert running.process.stdout
    running.process.terminate()
    said = running.process.stdout.read()
    assert running.stop() == 0
    assert "cannot serve TLS: KEY_VALUES_MISMATCH." in said


def reload(running: Running, manager: Manager) -> None:
    """Have a server reload, and wait until it says that it has."""
    os.kill(running.pid, signal.SIGHUP)
    assert "RELOADING" in manager.heard()
    assert "READY" in manager.heard()


def test_a_reload_refuses_nobody(running: Running, manager: Manager) -> None:
    """While workers are replaced, every call on a new connection is answered."""
    running.env |= {"NOTIFY_SOCKET": manager.path}
    running.start("--listen", "127.0.0.1:0", "--no-auth", *TWO)
    manager.heard()
    stop, answered, failed = threading.Event(), threading.Semaphore(0), []

    def call() -> None:
        while not stop.is_set():
            try:
                running.client(**NOBODY).list_keys()
                answered.release()
            except Exception as error:  # noqa: BLE001  whatever it is, the test shows it
                failed.append(error)

    callers = [threading.Thread(target=call) for _ in range(3)]
    for caller in callers:
        caller.start()
    for _ in range(2):
        reload(running, manager)
        assert all(answered.acquire(timeout=PATIENCE) for _ in range(5))
    stop.set()
    for caller in callers:
        caller.join()
    assert running.stop() == 0
    assert failed == []


@pytest.mark.parametrize(("leaves", "code"), [("return 7", 7), ("os.abort()", 255)])
def test_a_worker_that_cannot_start(leaves: str, code: int) -> None:
    """At the start that is the server's end, with the same exit code; nothing is tried again."""
    program = f"""
import os, sys
from kmscli.server.workers import Workers
def work(_started):
    print("tried", flush=True)
    {leaves}
sys.exit(Workers(1, work).run())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, ran.stdout) == (code, "tried\n")


def test_a_certificate_for_a_key_of_another_type(running: Running, manager: Manager) -> None:
    """It takes the former one's place for all clients, also for those that would rather have the former type."""
    running.env |= {"NOTIFY_SOCKET": manager.path}
    certificate, key = self_signed(running.home, rsa.generate_private_key(65537, 2048))
    running.start("--listen", "127.0.0.1:0", "--certificate", certificate, "--private-key", key)
    manager.heard()
    assert served_to("RSA-PSS+SHA256", running.port) == Path(certificate).read_text()
    self_signed(running.home)
    reload(running, manager)
    assert served_to("ECDSA+SHA256", running.port) == Path(certificate).read_text()
    assert served_to("RSA-PSS+SHA256", running.port) == ""
    assert running.stop() == 0


def served_to(algorithm: str, port: int) -> str:
    """The certificate that a client gets that takes signatures of one algorithm alone; none if it gets no answer."""
    command = ["openssl", "s_client", "-connect", f"127.0.0.1:{port}", "-sigalgs", algorithm]
    said = subprocess.run(command, input="", capture_output=True, text=True, timeout=PATIENCE, check=False).stdout
    _, begin, rest = said.partition("-----BEGIN CERTIFICATE-----\n")
    content, end, _ = rest.partition("-----END CERTIFICATE-----\n")
    return begin + content + end


def test_workers_that_die_one_after_another() -> None:
    """The first that died is replaced after its second, however many die meanwhile."""
    program = """
import os, signal, sys, time
from kmscli.server.workers import Workers
def work(started):
    os.write(started.pipe, b".")
    number = len(made.workers)
    if made.is_up:
        print(number, flush=True)
        os.kill(os.getppid(), signal.SIGTERM)
        signal.pause()
    time.sleep(1 + number / 3)
    return 1
made = Workers(8, work)
sys.exit(made.run())
"""
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=False)
    assert min(map(int, ran.stdout.split())) > 0


def test_how_long_a_pause_is() -> None:
    """Twice as long each time, up to about a minute, for as many times as it takes."""
    assert [pause_after(failures) for failures in (0, 1, 2, 6, 7, 100_000)] == [1, 2, 4, 64, 64, 64]


def test_a_certificate_that_cannot_be_used(running: Running) -> None:
    """Nothing is served with it."""
    certificate, _ = self_signed(running.home)
    command = [sys.executable, "-m", "kmscli", "serve", "--certificate", certificate, "--private-key", certificate]
    ran = subprocess.run(command, env=running.env, capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, ran.stdout, "cannot serve TLS" in ran.stderr) == (253, "", True)
