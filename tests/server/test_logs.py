"""What a server writes to standard error."""

import json
import os
import re
import signal
import socket
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.server.running import ACCOUNT, NOBODY, Running, rest_of
from tests.waiting import children, wait_until

SECRET = "c2VjcmV0IHRleHQ="
FARED = ("ready: calls are answered.", "reloading.", "stopping: what has begun is finished.")
TIME = re.compile(r"2\d{3}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def said(running: Running) -> list[str]:
    """What a server has said, once it is stopped, but for how it fared."""
    assert running.process
    assert running.process.stdout
    running.process.terminate()
    lines = running.process.stdout.read().splitlines()
    assert running.stop() == 0
    return [line for line in lines if not any(word in line for word in FARED)]


def test_json(running: Running) -> None:
    """A line for each request, with who, what, from where, and what came of it; never a body or a signature."""
    user = running.new_user("Alice")
    running.start("--listen", "127.0.0.1:0", "--unix", str(running.home / "s"), "--log", "json", listeners=2)
    kms = running.client(**user)
    key = kms.create_key(Description=SECRET)
    encrypted = kms.encrypt(
        KeyId=key["KeyMetadata"]["KeyId"], Plaintext=SECRET.encode(), EncryptionContext={"context": SECRET}
    )
    with pytest.raises(ClientError):
        running.client(**user | {"aws_secret_access_key": "wrong"}).list_keys()
    running.raw(b"PUT /x\x7f HTTP/1.0\r\n\r\n")
    running.raw(b"PUT /%22%0a HTTP/1.0\r\n\r\n")
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(str(running.home / "s"))
        connection.sendall(b"POST / HTTP/1.0\r\nX-Amz-Target: TrentService.Nothing\r\n\r\n")
        rest_of(connection)
    lines = said(running)
    created, encrypt, refused, invalid, put, nothing = (json.loads(line) for line in lines)
    assert all(SECRET not in line for line in lines)
    assert all(TIME.fullmatch(one.pop("time")) for one in (created, encrypt, refused, invalid, put, nothing))
    assert [one["operation"] for one in (created, encrypt)] == ["kms:CreateKey", "kms:Encrypt"]
    assert 0 < encrypt.pop("milliseconds") < 10_000
    assert re.fullmatch(r"127\.0\.0\.1:\d+", encrypt.pop("peer"))
    assert encrypt == {
        "level": "info",
        "requestId": encrypted["ResponseMetadata"]["RequestId"],
        "operation": "kms:Encrypt",
        "status": 200,
        "principal": f"arn:aws:iam::{ACCOUNT}:user/Alice",
        "accessKeyId": user["aws_access_key_id"],
    }
    assert (refused["status"], refused["error"], "principal" in refused) == (400, "InvalidSignatureException", False)
    assert invalid == {"level": "warning", "message": "Invalid HTTP request received."}
    assert without(put, "milliseconds", "peer") == {"level": "info", "method": "PUT", "path": '/"\n', "status": 405}
    assert (nothing["peer"], nothing["error"]) == (f"uid:{os.getuid()}", "UnknownOperationException")


def without(members: dict[str, Any], *names: str) -> dict[str, Any]:
    """The other members."""
    return {name: value for name, value in members.items() if name not in names}


def test_text(running: Running) -> None:
    """The same in words, a line each, whatever a client chose to send."""
    running.start("--listen", "127.0.0.1:0", "--no-auth", "--log", "text")
    request_id = running.client(**NOBODY).list_keys()["ResponseMetadata"]["RequestId"]
    running.raw(b"PUT /%0a%c2%85 HTTP/1.0\r\n\r\n")
    warning, listed, put = said(running)
    assert TIME.match(warning)
    assert "Z warning: calls need no signature" in warning
    number = r"\d+\.\d+"
    root = f"arn:aws:iam::{ACCOUNT}:root"
    assert re.search(rf"Z {request_id} kms:ListKeys 200 {number} ms 127\.0\.0\.1:\d+ {root}$", listed)
    assert re.search(rf'Z PUT "/\\n\\u0085" 405 {number} ms 127\.0\.0\.1:\d+$', put)


def test_nothing_is_asked(running: Running) -> None:
    """Without `--log` there are warnings alone."""
    running.start("--listen", "127.0.0.1:0", "--no-auth")
    running.client(**NOBODY).list_keys()
    running.raw(b"hello\r\n\r\n")
    assert said(running) == [
        "kmscli: calls need no signature: whoever reaches this socket may do everything.",
        "kmscli: Invalid HTTP request received.",
    ]


def test_how_it_fares(running: Running) -> None:
    """Start, reload and stop."""
    running.start("--listen", "127.0.0.1:0", "--log", "json")
    os.kill(running.pid, signal.SIGHUP)
    assert running.process
    assert running.process.stdout
    lines = [running.process.stdout.readline() for _ in range(3)]
    running.process.terminate()
    lines += running.process.stdout.readlines()
    assert [json.loads(line)["message"] for line in lines] == [FARED[0], FARED[1], FARED[0], FARED[2]]
    assert running.stop() == 0


def test_warnings_of_workers(running: Running) -> None:
    """What becomes of workers is said in the same way."""
    running.start("--listen", "127.0.0.1:0", "--workers", "2", "--log", "json")
    before = children(running.pid)
    os.kill(before[0], signal.SIGKILL)
    wait_until(lambda: len(set(children(running.pid)) - {before[0]}) == 2)
    [line] = said(running)
    message = json.loads(line)
    assert (message["level"], message["message"]) == ("warning", "a worker left with -9, and is replaced.")
