"""Unix sockets: who has connected is known by the uid, and may call without a signature where it is mapped."""

import json
import os
import pwd
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.server.running import ACCOUNT, REGION, Running, rest_of

ROOT = f"arn:aws:iam::{ACCOUNT}:root"
ALICE = f"arn:aws:iam::{ACCOUNT}:user/Alice"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/Reader"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/Reader/kmscli"
ME = os.getuid()
OTHER, STRANGER, READER = 54321, 54322, 54323
"""Uids of no user on the machine."""
WHO = ("sts", "get-caller-identity", "--query", "Arn", "--output", "text")

by_another = pytest.mark.skipif(ME != 0, reason="only root becomes another user")


@pytest.fixture(scope="module")
def mapped(home: Path) -> Iterator[Running]:
    """A server with a Unix socket whose users are mapped."""
    running = Running(home)
    running.kmscli("vault", "init", "--lab")
    running.new_user("Alice")
    signer = running.new_user("Signer")
    running.env |= {"SIGNER": json.dumps({name.upper(): value for name, value in signer.items()})}
    peers = (f"{OTHER}={ALICE}", f"{pwd.getpwuid(ME).pw_name}={ACCOUNT}", f"{READER}={ROLE}")
    options = [word for one in peers for word in ("--peer", one)]
    running.start("--listen", "127.0.0.1:0", "--unix", str(home / "s"), *options, listeners=2)
    yield running
    assert running.stop() == 0


def called(running: Running, uid: int, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What a user's command line comes to, sent to the Unix socket. He has no vault and no credentials.

    Another user than the tests' may read their files, but write to none, and a socket's is written to.
    """
    env = {"PATH": os.environ["PATH"], "HOME": "/nonexistent", "KMSCLI_ENDPOINT_URL": running.urls[1], **more}
    reads = ("--clear-groups", "--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search")
    user = () if uid == ME else ("setpriv", f"--reuid={uid}", *reads)
    command = [*user, sys.executable, "-m", "kmscli", *words]
    return subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=20)


def credentials(running: Running) -> dict[str, str]:
    """A user's, as variables."""
    found: dict[str, str] = json.loads(running.env["SIGNER"])
    return found


@pytest.mark.parametrize(
    ("uid", "arn"),
    [
        (ME, ROOT),
        pytest.param(OTHER, ALICE, marks=by_another),
        pytest.param(READER, SESSION, marks=by_another),
    ],
)
def test_whom_a_user_calls_as(mapped: Running, uid: int, arn: str) -> None:
    """An account's root, a user, a session: as `--as` takes them; and the trail says which uid came by the socket."""
    ran = called(mapped, uid, *WHO)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, f"{arn}\n", "")
    mapped.kmscli("list-keys")
    log = Path(mapped.kmscli("audit", "path").strip()).read_text().splitlines()
    [event] = [one for one in map(json.loads, log) if one["eventName"] == "GetCallerIdentity"][-1:]
    assert event["userIdentity"]["arn"] == arn
    name = pwd.getpwuid(ME).pw_name if uid == ME else str(uid)
    assert event["kmscli"]["caller"] == {"uid": uid, "user": name, "door": "socket"}


def test_a_signature_decides(mapped: Running) -> None:
    """Who signs is whom the signature says; a wrong one is not passed over."""
    signer = credentials(mapped)
    assert called(mapped, ME, *WHO, **signer).stdout == f"arn:aws:iam::{ACCOUNT}:user/Signer\n"
    wrong = called(mapped, ME, *WHO, **signer | {"AWS_SECRET_ACCESS_KEY": "x"})
    assert (wrong.returncode, "SignatureDoesNotMatch" in wrong.stderr) == (254, True)


def test_only_the_socket_knows_a_user(mapped: Running) -> None:
    """By TCP the same user needs a signature."""
    ran = called(mapped, ME, "list-keys", "--no-sign-request", KMSCLI_ENDPOINT_URL=mapped.url)
    assert (ran.returncode, "MissingAuthenticationToken" in ran.stderr) == (254, True)


@by_another
def test_a_stranger_is_not_let_in(mapped: Running) -> None:
    """The file lets all connect, and who is not mapped is hung up on, whether he signs or not."""
    unsigned: dict[str, str] = {}
    for more in (unsigned, credentials(mapped)):
        ran = called(mapped, STRANGER, "list-keys", **more)
        assert (ran.returncode, "Connection was closed" in ran.stderr) == (255, True)


REGIONS = [
    ("localhost", REGION),
    ("kms.eu-west-1.amazonaws.com", "eu-west-1"),
    ("kms.nowhere-1.amazonaws.com", REGION),
    ("eu-west-1.example.com", REGION),
]


@pytest.mark.parametrize(("host", "region"), REGIONS)
def test_in_which_region(mapped: Running, host: str, region: str) -> None:
    """The Region is the one in AWS's own name of the endpoint; without one, the server's."""
    head = f"POST / HTTP/1.1\r\nHost: {host}\r\nX-Amz-Target: TrentService.CreateKey\r\nContent-Length: 2\r\n"
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(mapped.urls[1].removeprefix("unix:"))
        connection.sendall(f"{head}Connection: close\r\n\r\n{{}}".encode())
        answer = rest_of(connection).partition(b"\r\n\r\n")[2]
    assert json.loads(answer)["KeyMetadata"]["Arn"].startswith(f"arn:aws:kms:{region}:{ACCOUNT}:key/")


def test_a_client_tells_its_region(mapped: Running) -> None:
    """Without a signature, kmscli's --region is kept."""
    ran = called(mapped, ME, "create-key", "--region", "eu-west-1", "--query", "KeyMetadata.Arn", "--output", "text")
    assert ran.stdout.startswith(f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/")


REFUSED = [
    ("0=nobody", "argument --peer: nobody is neither an account id nor the ARN"),
    (f"no such user={ACCOUNT}", "argument --peer: there is no user no such user."),
    (f"4294967295={ACCOUNT}", "argument --peer: there is no user 4294967295."),
    (ACCOUNT, "argument --peer: 111122223333 is not USER=PRINCIPAL."),
]


@pytest.mark.parametrize(("peer", "words"), REFUSED)
def test_what_is_no_mapping(tmp_path: Path, peer: str, words: str) -> None:
    """Nobody, or as nobody."""
    assert_refused(tmp_path, ("--unix", str(tmp_path / "s"), "--peer", peer), words)


def test_whom_nobody_can_tell(tmp_path: Path) -> None:
    """A user who is mapped twice, or whom no socket tells."""
    unix = ("--unix", str(tmp_path / "s"), "--peer", f"0={ACCOUNT}")
    assert_refused(tmp_path, (*unix, "--peer", f"0={ALICE}"), "argument --peer: 0 is mapped twice.")
    assert_refused(tmp_path, (*unix, "--no-auth"), "goes without --no-auth")
    assert_refused(tmp_path, unix[2:], "is for users who call by --unix")


def assert_refused(home: Path, options: tuple[str, ...], words: str) -> None:
    """A server does not start, and says why."""
    command = [sys.executable, "-m", "kmscli", "serve", *options]
    env = Running(home).env
    ran = subprocess.run(command, env=env, capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, words in ran.stderr) == (252, True), ran.stderr
