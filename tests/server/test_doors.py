"""The HTTP door: what is no call gets a clear 4xx, and nobody can hold it open."""

import json
import os
import resource
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, suppress
from pathlib import Path

import boto3
import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, HTTPClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kmscli.server.protocol import MOST_CONNECTIONS
from tests.server.running import NOBODY, PATIENCE, Running, rest_of
from tests.waiting import children, wait_until

HEADERS = "Host: localhost\r\nContent-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.{}\r\n"


def post(body: bytes, target: str = "ListKeys", more: str = "") -> bytes:
    """A request without a signature."""
    head = f"POST / HTTP/1.1\r\n{HEADERS.format(target)}Content-Length: {len(body)}\r\nConnection: close\r\n{more}\r\n"
    return head.encode() + body


def form(body: bytes) -> bytes:
    """A form for AssumeRole, without a signature."""
    head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
    body = b"Action=AssumeRole&" + body
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def status(answer: bytes) -> int:
    """The status of an answer."""
    return int(answer.split(b" ", 2)[1])


def test_a_call(open_server: Running) -> None:
    """An answer is not to be cached, and has an id."""
    answer = open_server.raw(post(b"{}"))
    assert status(answer) == 200
    head = answer.partition(b"\r\n\r\n")[0].lower()
    for header in (
        b"x-amzn-requestid: ",
        b"cache-control: no-cache, no-store, must-revalidate, private",
        b"expires: 0",
    ):
        assert header in head
    assert b"server:" not in head


WRONG = {
    "no JSON": (post(b"{"), b"SerializationException"),
    "no object": (post(b"[]"), b"SerializationException"),
    "NaN": (post(b'{"Limit": NaN}'), b"SerializationException"),
    "too deep": (post(b'{"a":' * 200 + b"1" + b"}" * 200), b"SerializationException"),
    "too deep by one": (post(b'{"a":' * 64 + b"1" + b"}" * 64), b"SerializationException"),
    "so deep that json reads it and Python cannot": (
        post(b'{"a":' * 900 + b"1" + b"}" * 900),
        b"SerializationException",
    ),
    "a number that is none": (form(b"DurationSeconds=--5"), b"<Code>"),
    "a number without end": (form(b"DurationSeconds=" + b"9" * 5000), b"<Code>"),
    "far too deep": (post(b"[" * 100_000), b"SerializationException"),
    "another type": (post(b'{"Limit": "a"}'), b"SerializationException"),
    "no base64": (post(b'{"CiphertextBlob": "!"}', "Decrypt"), b"SerializationException"),
    "no such operation": (post(b"{}", "Nothing"), b"UnknownOperationException"),
    "another service's": (post(b"{}").replace(b"TrentService.", b"Other."), b"UnknownOperationException"),
    "no target": (post(b"{}").replace(b"X-Amz-Target", b"X-Other"), b"UnknownOperationException"),
    "a constraint": (post(b'{"Limit": 0}'), b"1 validation error detected"),
    "a page of another site": (post(b"{}", more="Origin: https://example.com\r\n"), b"from this machine alone"),
    "another host": (post(b"{}").replace(b"Host: localhost", b"Host: example.com"), b"from this machine alone"),
    "a body that is too large": (post(b"x" * 1_048_577), b"RequestEntityTooLarge"),
    "a header that is too large": (post(b"{}", more=f"X: {'x' * 20_000}\r\n"), b""),
    "another method": (b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 0\r\nConnection: close\r\n\r\n", b""),
    "no HTTP": (b"hello\r\n\r\n", b""),
}


@pytest.mark.parametrize("case", WRONG)
def test_what_is_no_call(open_server: Running, case: str) -> None:
    """A clear 4xx, and the server goes on."""
    request, words = WRONG[case]
    answer = open_server.raw(request)
    assert 400 <= status(answer) < 500
    assert words in answer
    assert status(open_server.raw(post(b"{}"))) == 200


def test_half_a_surrogate_pair(open_server: Running) -> None:
    """What has no UTF-8 is answered as the escape that it came as."""
    answer = open_server.raw(post(b'{"Description": "\\ud800"}', "CreateKey"))
    assert status(answer) == 200
    assert b'"Description":"\\ud800"' in answer


CHUNKED = b"POST / HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n"


@pytest.mark.parametrize(
    "start",
    [b"POST /", b"POST / HTTP/1.1\r\nX: ", CHUNKED + b"1;x=", CHUNKED + b"1\r\nx\r\n0\r\nX: "],
    ids=["path", "header", "extension", "trailer"],
)
def test_a_header_without_end(open_server: Running, start: bytes) -> None:
    """What only grows, and is no body, is cut off early, not kept until the deadline."""
    with open_server.connect() as connection:
        connection.sendall(start)
        with pytest.raises(ConnectionError):
            connection.sendall(b"x" * 64 * 1024 * 1024)


def test_a_body_in_small_chunks(open_server: Running) -> None:
    """A body that is long, and whose chunks are short, is no header without end."""
    body = b'{"Limit": 1' + b" " * 40_000 + b"}"
    head = post(b"").replace(b"Content-Length: 0", b"Transfer-Encoding: chunked").partition(b"\r\n\r\n")[0]
    chunks = b"".join(b"2;name=value\r\n%b\r\n" % body[at : at + 2] for at in range(0, len(body), 2))
    assert status(open_server.raw(head + b"\r\n\r\n" + chunks + b"0\r\nX: y\r\n\r\n")) == 200


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300) | st.binary(max_size=200).map(post))
def test_garbage(open_server: Running, request: bytes) -> None:
    """Whatever comes, it is answered with 2xx or 4xx, or the connection is closed; a traceback or 5xx never."""
    with open_server.connect() as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(65536)
    assert b"Traceback" not in answer
    assert not answer or (answer.startswith(b"HTTP/1.") and status(answer) < 500)


def test_many_requests_at_once(open_server: Running) -> None:
    """Requests that are sent before their answers are read are all answered, however they are cut into pieces."""
    request = post(b"{}").replace(b"Connection: close", b"X: " + 2000 * b"x")
    with open_server.connect() as connection:
        connection.sendall(request * 400 + post(b"{}"))
        assert rest_of(connection).count(b"HTTP/1.1 200 OK") == 401


@pytest.fixture
def many_descriptors() -> Iterator[None]:
    """As many as the test needs."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(before[0], 4096), before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


@pytest.mark.usefixtures("many_descriptors")
def test_idle_connections_shut_nobody_out(open_server: Running) -> None:
    """With as many connections as there may be, one more takes the place of the one that was silent for longest."""
    answered = post(b"{}").replace(b"close", b"keep-alive")
    with ExitStack() as stack:
        asking = stack.enter_context(open_server.connect())
        asking.sendall(answered[:-1])
        silent = [stack.enter_context(open_server.connect()) for _ in range(MOST_CONNECTIONS - 1)]
        silent[0].sendall(answered)
        assert b"200 OK" in silent[0].recv(4096)
        newcomer = stack.enter_context(open_server.connect())
        newcomer.sendall(answered)
        assert b"200 OK" in newcomer.recv(4096)
        assert silent[1].recv(1) == b""
        asking.sendall(answered[-1:])
        assert b"200 OK" in asking.recv(4096)
        silent[0].sendall(answered)
        assert b"200 OK" in silent[0].recv(4096)


def take_nothing(server: Running) -> None:
    """Ask for more and more, and read none of it. Raises ConnectionError: the server has hung up."""
    refused = post(json.dumps({"KeyId": "x" * 900_000}).encode(), "DescribeKey").replace(b"close", b"keep-alive")
    with server.connect() as connection:
        connection.sendall(refused * 40)


def test_slow_clients_are_not_waited_for(open_server: Running) -> None:
    """A request that drips, and would for minutes, is ended, and so is whoever takes no answers; others are answered
    meanwhile.
    """
    ended = threading.Event()
    with ThreadPoolExecutor(1) as pool, open_server.connect() as connection:
        taking_nothing = pool.submit(take_nothing, open_server)
        connection.sendall(post(b"{" + b" " * 1000 + b"}")[:-900])

        def drip() -> None:
            with suppress(OSError):
                while not ended.wait(0.5):
                    connection.sendall(b" ")

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            assert status(open_server.raw(post(b"{}"))) == 200
            with suppress(ConnectionResetError):
                assert connection.recv(100) == b""
        finally:
            ended.set()
            dripping.join()
        assert isinstance(taking_nothing.exception(), ConnectionError)


def test_every_answer_outlives_a_kill(tmp_path: Path) -> None:
    """Calls answered before SIGKILL are in the trail, which verifies."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0", "--no-auth")
    kms = running.client(**NOBODY)
    ids = [kms.create_key()["ResponseMetadata"]["RequestId"] for _ in range(20)]
    assert running.stop(signal.SIGKILL) == -signal.SIGKILL
    running.kmscli("list-keys")
    assert "verified" in running.kmscli("audit", "verify")
    log = Path(running.kmscli("audit", "path").strip()).read_text()
    assert [one for one in ids if one not in log] == []


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_finishes_what_has_begun(tmp_path: Path, workers: str) -> None:
    """A call in flight at SIGTERM is answered; then it leaves with 0, the log complete, though SIGTERM comes again."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0", "--no-auth", "--workers", workers)
    assert running.process
    with running.connect() as connection:
        head, _, body = post(b"{}", "CreateKey", "Expect: 100-continue\r\n").partition(b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        assert status(connection.recv(100)) == 100
        running.process.send_signal(signal.SIGTERM)
        wait_until(lambda: not is_listening(running))
        connection.sendall(body)
        answer = rest_of(connection)
    assert status(answer) == 200
    for _ in range(100):
        running.process.send_signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            running.process.wait(0.005)
    assert running.stop() == 0
    log = Path(running.kmscli("audit", "path").strip()).read_text()
    assert json.loads(answer.partition(b"\r\n\r\n")[2])["KeyMetadata"]["KeyId"] in log


@pytest.mark.parametrize("harm", ["moved", "damaged"])
def test_health(tmp_path: Path, harm: str) -> None:
    """While the vault can be read a server is well; else it says that it is not, and does not stop."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0")
    ask = b"GET /healthz HTTP/1.0\r\n\r\n"
    assert status(running.raw(ask)) == 200
    [vault] = tmp_path.rglob("*.db")
    if harm == "moved":
        vault.rename(vault.with_suffix(".away"))
    else:
        with sqlite3.connect(vault) as rows:
            rows.execute("UPDATE rows SET sealed = zeroblob(99)")
        rows.close()
    wait_until(lambda: status(running.raw(ask)) == 503)
    if harm == "moved":
        vault.with_suffix(".away").rename(vault)
        wait_until(lambda: status(running.raw(ask)) == 200)
    assert running.stop() == 0


def is_listening(running: Running) -> bool:
    """Whether a server takes connections."""
    try:
        running.connect().close()
    except (ConnectionRefusedError, ConnectionResetError):
        return False
    return True


def test_workers(tmp_path: Path) -> None:
    """Several processes serve one vault; one that is killed loses no answer, is replaced, and all finish at SIGTERM."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0", "--no-auth", "--workers", "2")
    assert running.process
    parent = running.process.pid
    ids: list[str] = []
    stop, answered = threading.Event(), threading.Semaphore(0)

    def call() -> None:
        while not stop.is_set():
            try:
                ids.append(running.client(**NOBODY).create_key()["ResponseMetadata"]["RequestId"])
                answered.release()
            except (EndpointConnectionError, HTTPClientError):
                continue

    callers = [threading.Thread(target=call) for _ in range(4)]
    for caller in callers:
        caller.start()
    assert all(answered.acquire(timeout=PATIENCE) for _ in range(8))
    killed = children(parent)
    assert len(killed) == 2
    os.kill(killed[0], signal.SIGKILL)
    wait_until(lambda: len(set(children(parent)) - set(killed)) == 1)
    stop.set()
    for caller in callers:
        caller.join()
    assert running.stop() == 0
    assert "verified" in running.kmscli("audit", "verify")
    log = Path(running.kmscli("audit", "path").strip()).read_text()
    assert [one for one in ids if one not in log] == []


def test_workers_do_not_outlive_their_parent(tmp_path: Path) -> None:
    """When the parent is killed, its workers finish what they have begun, and leave the socket to a next server."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    running.start("--listen", "127.0.0.1:0", "--no-auth", "--workers", "2")
    assert running.process
    workers = children(running.process.pid)
    assert len(workers) == 2
    with running.connect() as connection:
        head, _, body = post(b"{}", "CreateKey", "Expect: 100-continue\r\n").partition(b"\r\n\r\n")
        connection.sendall(head + b"\r\n\r\n")
        assert status(connection.recv(100)) == 100
        running.process.kill()
        assert running.process.wait(PATIENCE) == -signal.SIGKILL
        wait_until(lambda: not is_listening(running))
        connection.sendall(body)
        assert status(rest_of(connection)) == 200
    wait_until(lambda: not any(is_running(pid) for pid in workers))
    running.stop()
    running.start("--listen", f"127.0.0.1:{running.port}", "--no-auth")
    assert len(running.client(**NOBODY).list_keys()["Keys"]) == 1
    assert running.stop() == 0


def is_running(pid: int) -> bool:
    """Whether a process is there, and not only its exit code."""
    said = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return said.stdout.strip()[:1] not in ("", "Z")


def test_a_unix_socket(tmp_path: Path) -> None:
    """A Unix socket is its user's alone, and one that is left behind is replaced."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    path = tmp_path / "kmscli.sock"
    for _ in range(2):
        running.start("--listen", "127.0.0.1:0", "--unix", str(path), "--no-auth", listeners=2)
        assert running.urls[1] == f"unix:{path}"
        assert path.stat().st_mode & 0o777 == 0o600
        with socket.socket(socket.AF_UNIX) as connection:
            connection.connect(str(path))
            connection.sendall(post(b"{}"))
            assert status(connection.recv(65536)) == 200
        running.stop(signal.SIGKILL)


def test_a_file_is_no_socket(tmp_path: Path) -> None:
    """A file in the place of the socket is left alone."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    path = tmp_path / "precious"
    path.write_text("kept")
    command = [sys.executable, "-m", "kmscli", "serve", "--unix", str(path)]
    ran = subprocess.run(command, env=running.env, capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, path.read_text()) == (253, "kept")
    assert f"cannot listen at {path}: Address already in use." in ran.stderr


def test_an_endpoint_at_every_address(tmp_path: Path) -> None:
    """An endpoint's policy decides by whichever of the machine's addresses its listener is reached."""
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    pem, private = str(tmp_path / "c.pem"), str(tmp_path / "k.pem")
    made = ["openssl", "req", "-x509", "-nodes", "-subj", "/CN=localhost", "-addext", "subjectAltName=IP:127.0.0.1"]
    made += ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256"]
    subprocess.run([*made, "-out", pem, "-keyout", private], check=True, capture_output=True)
    denies = '{"Statement":[{"Effect":"Deny","Principal":"*","Action":"*","Resource":"*"}]}'
    given = ("--vpc-id", "vpc-0123456789abcdef0", "--service-name", "com.amazonaws.us-east-1.kms")
    words = ("--vpc-endpoint-type", "Interface", *given, "--policy-document", denies)
    name = running.kmscli("ec2", "create-vpc-endpoint", *words)["VpcEndpoint"]["VpcEndpointId"]
    user = running.new_user("Alice")
    command = [sys.executable, "-m", "kmscli", "serve", "--certificate", pem, "--private-key", private]
    door = ("--listen", "127.0.0.1:0", "--vpc-endpoint", f"{name}=0.0.0.0:0")
    with subprocess.Popen([*command, *door], env=running.env, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        plain, through = (process.stdout.readline().split()[1].replace("0.0.0.0", "127.0.0.1") for _ in range(2))
        session = boto3.Session(region_name="us-east-1", **user)
        kms, kms_through = (session.client("kms", endpoint_url=url, verify=pem) for url in (plain, through))
        try:
            assert "Keys" in kms.list_keys()
            with pytest.raises(ClientError, match="AccessDenied"):
                kms_through.list_keys()
        finally:
            kms.close()
            kms_through.close()
            process.terminate()


REFUSED = [
    (("--no-auth",), 253, "lab vaults"),
    (("--listen", "0.0.0.0:0"), 253, "is not loopback"),
    (("--listen", "nowhere"), 252, "is not ADDRESS:PORT"),
    (("--certificate", "x"), 252, "go together"),
    (("--workers", "2", "--key-fd", "0"), 252, "can be read only once"),
    (("--listen", "127.0.0.1:1"), 253, "cannot listen"),
    (("--unix", "x" * 200), 253, "xxx: AF_UNIX path too long."),
    (("--vpc-endpoint", "vpce-1=127.0.0.1:0"), 252, "there is no VPC endpoint vpce-1"),
]


@pytest.mark.parametrize(("options", "code", "words"), REFUSED)
def test_what_is_not_served(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], options: tuple[str, ...], code: int, words: str
) -> None:
    """A vault that is no lab's needs signatures, what is beyond loopback needs TLS, and mistakes are named."""
    running = Running(tmp_path)
    running.kmscli("vault", "init")
    command = [sys.executable, "-m", "kmscli", "serve", *options]
    taken = socket.create_server(("127.0.0.1", 0))
    if words == "cannot listen":
        command[-1] = f"127.0.0.1:{taken.getsockname()[1]}"
    ran = subprocess.run(command, env=running.env, capture_output=True, text=True, timeout=20, check=False)
    taken.close()
    assert (ran.returncode, ran.stdout) == (code, "")
    assert words in ran.stderr
