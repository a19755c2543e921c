"""What a server counts, as Prometheus reads it."""

import fcntl
import os
import signal
import threading
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.server.running import NOBODY, PATIENCE, Running
from tests.waiting import children, wait_until

WORKERS = [(), ("--workers", "2")]


@pytest.fixture
def running(running: Running) -> Running:
    """A lab vault that is yet to be served; what is temporary has a folder of its own."""
    folder = running.home / "temporary"
    folder.mkdir()
    running.env |= {"TMPDIR": str(folder)}
    return running


def started(running: Running, *options: str) -> Running:
    """A server with metrics."""
    listeners = ("--listen", "127.0.0.1:0", "--metrics", "127.0.0.1:0")
    return running.start(*listeners, "--no-auth", *options, listeners=2)


def text_of(running: Running) -> str:
    """The page of metrics."""
    with urllib.request.urlopen(running.urls[1], timeout=PATIENCE) as answer:
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        return str(answer.read().decode())


def metrics(running: Running) -> dict[str, float]:
    """The samples, by name and the values of their labels."""
    families = text_string_to_metric_families(text_of(running))
    samples = [sample for family in families for sample in family.samples]
    return {" ".join([one.name, *one.labels.values()]): one.value for one in samples}


@pytest.mark.parametrize("workers", WORKERS)
def test_what_is_counted(running: Running, workers: tuple[str, ...]) -> None:
    """Requests by operation and outcome, their time, commits, events: of all workers, whichever is asked."""
    started(running, *workers)
    for _ in range(10):
        running.client(**NOBODY).create_key(Description="a secret")
    with pytest.raises(running.client(**NOBODY).exceptions.NotFoundException):
        running.client(**NOBODY).describe_key(KeyId="alias/none")
    running.raw(b"PUT /anything HTTP/1.0\r\n\r\n")
    # an answer is there a moment before its worker has counted it
    wait_until(lambda: metrics(running)["kmscli_requests_in_flight"] == 0)
    for _ in range(4):
        counted = metrics(running)
        assert counted["kmscli_requests_total kms:CreateKey ok"] == 10
        assert counted["kmscli_requests_total kms:DescribeKey NotFoundException"] == 1
        assert counted["kmscli_requests_total none 405"] == 1
        assert counted["kmscli_request_seconds_count kms:CreateKey"] == 10
        assert 0 < counted["kmscli_request_seconds_sum kms:CreateKey"] < 10 * PATIENCE
        assert counted["kmscli_requests_in_flight"] == 0
        assert counted["kmscli_commit_calls_sum"] == 11
        assert 0 < counted["kmscli_commit_calls_count"] <= 11
        assert counted["process_resident_memory_bytes"] > 10_000_000 * max(1, len(children(running.pid)))
    assert "secret" not in text_of(running)
    wait_until(lambda: metrics(running)["kmscli_events_waiting"] == 0)
    assert running.stop() == 0
    assert os.listdir(running.env["TMPDIR"]) == []


def test_a_request_in_flight(running: Running) -> None:
    """It counts until its worker has answered or died; what was answered stays counted."""
    started(running, "--workers", "2")
    running.client(**NOBODY).create_key()
    with running.connect() as connection:
        connection.sendall(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n")
        assert connection.recv(100).startswith(b"HTTP/1.1 100")
        wait_until(lambda: metrics(running)["kmscli_requests_in_flight"] == 1)
        before = children(running.pid)
        for worker in before:
            os.kill(worker, signal.SIGKILL)
        wait_until(lambda: len(set(children(running.pid)) - set(before)) == 2)
    wait_until(lambda: metrics(running)["kmscli_requests_in_flight"] == 0)
    assert metrics(running)["kmscli_requests_total kms:CreateKey ok"] == 1
    assert running.stop() == 0
    assert os.listdir(running.env["TMPDIR"]) == []


def test_room_for_what_is_counted(running: Running) -> None:
    """Each worker has it from its start: a disk that is full later ends none. Of one that has died it is given back."""
    started(running, "--workers", "2")
    for _ in range(2):
        wait_until(lambda: with_room(running) == set(children(running.pid)))
        os.kill(children(running.pid)[0], signal.SIGKILL)
    wait_until(lambda: with_room(running) == set(children(running.pid)))
    assert metrics(running)["kmscli_requests_in_flight"] == 0
    assert running.stop() == 0


def with_room(running: Running) -> set[int]:
    """The processes for each of whose counts the disk has put room aside, in a folder that is not cleaned up."""
    [folder] = Path(running.env["TMPDIR"]).iterdir()
    opened = os.open(folder, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(opened)
    try:
        allotted = [(int(path.stem.rpartition("_")[2]), path.stat().st_blocks * 512) for path in folder.glob("*.db")]
    except FileNotFoundError:  # given back just now
        return set()
    roomy = [pid for pid, size in allotted if size >= 256 * 1024]
    return {pid for pid in roomy if roomy.count(pid) == 3}


def test_events_that_wait(running: Running) -> None:
    """Events that cannot be logged are seen to wait, and that is said each time that it begins."""
    started(running)
    trail = Path(running.kmscli("audit", "path").strip())
    trail.parent.mkdir(exist_ok=True)
    for _ in range(2):
        trail.unlink(missing_ok=True)
        trail.mkdir()
        for _ in range(2):
            running.client(**NOBODY).create_key()
        assert metrics(running)["kmscli_events_waiting"] >= 1
        wait_for_words(running, "the audit log cannot be written")
        trail.rmdir()
        running.client(**NOBODY).create_key()
        wait_until(lambda: metrics(running)["kmscli_events_waiting"] == 0)
    assert running.stop() == 0


def wait_for_words(running: Running, words: str) -> None:
    """Wait until it says something. Raises StopIteration: it has left, or is ended for want of it."""
    assert running.process
    assert running.process.stdout
    impatience = threading.Timer(PATIENCE, running.process.kill)
    impatience.start()
    next(line for line in running.process.stdout if words in line)
    impatience.cancel()


ELSEWHERE = [(0, "/metrics", 405), (1, "/", 404), (1, "/healthz", 200)]


def test_nowhere_else(running: Running) -> None:
    """Calls and metrics have listeners of their own; both tell whether the server is well."""
    started(running)
    places = [url.removesuffix("/metrics") for url in running.urls]
    for listener, path, status in ELSEWHERE:
        assert status_of(places[listener] + path) == status
    assert running.stop() == 0


def status_of(url: str) -> int:
    """The status that a URL is answered with."""
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        with refused:
            return refused.code
