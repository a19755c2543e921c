"""kmscli as a client: what it prints through a server is what it prints on the vault itself."""

import datetime as dt
import ipaddress
import json
import socket
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from tests.server.commands import ALIKE, REFUSED, ROLE, SAME, USER, Commands, rows, same_members
from tests.server.running import Running

SHOWN = """
kms list-keys --page-size 2 --output yaml
kms list-keys --page-size 2 --output text
kms list-keys --output table
kms list-keys --query length(Keys)
kms decrypt --ciphertext-blob {blob} --encryption-context app=größe --plaintext-out -
"""
"""Rows about what is done with an answer."""


@pytest.mark.parametrize("row", rows(SAME) + rows(SHOWN))
def test_the_same_answers(commands: Commands, row: str) -> None:
    """Answers without chance in them are the same, letter for letter."""
    there, here = commands.there(row), commands.here(row)
    assert (there.returncode, there.stderr, there.stdout) == (0, "", here.stdout)


@pytest.mark.parametrize("row", rows(ALIKE))
def test_the_same_members(commands: Commands, row: str) -> None:
    """Answers with chance in them have the same members, in the same order."""
    there, here = commands.there(row), commands.here(row)
    assert (there.returncode, there.stderr, here.returncode) == (0, "", 0)
    assert same_members(there, here)


@pytest.mark.parametrize("row", [*rows(REFUSED), "encrypt --plaintext x", "list-keys --limit 0", "sts assume-role"])
def test_the_same_refusals(commands: Commands, row: str) -> None:
    """Refusals, the service's and the command line's own, have the same text and exit code."""
    there, here = commands.there(row), commands.here(row)
    assert (there.returncode, there.stderr, there.stdout) == (here.returncode, here.stderr, "")
    assert there.returncode in (252, 254)


@pytest.mark.parametrize("name", ["AWS_ENDPOINT_URL_KMS", "KMSCLI_ENDPOINT_URL", "--endpoint-url"])
def test_how_an_endpoint_is_named(commands: Commands, name: str) -> None:
    """By an option, which goes first, or by a variable; the trail says that the call came over HTTP."""
    words = "sts get-caller-identity --query Arn --output text"
    url, nowhere = commands.server.url, "http://127.0.0.1:1"
    env = {"KMSCLI_ENDPOINT_URL": ""} | ({name: url} if name[0] != "-" else {"KMSCLI_ENDPOINT_URL": nowhere})
    ran = commands.there(words if name[0] != "-" else f"{words} --endpoint-url {url}", **env)
    assert (ran.returncode, ran.stdout) == (0, f"{USER}\n")


def test_the_trail_says_how_it_came(commands: Commands) -> None:
    """Called through a server, kmscli is a client like others, named as what it is."""
    [answer] = json.loads(commands.there("generate-random --number-of-bytes 1 --query [Plaintext]").stdout)
    assert answer
    commands.here("list-keys")
    log = Path(commands.server.kmscli("audit", "path").strip()).read_text().splitlines()
    [event] = [one for one in map(json.loads, log) if one["eventName"] == "GenerateRandom"][-1:]
    assert event["userAgent"].startswith("kmscli/")
    assert event["kmscli"]["caller"]["door"] == "http"
    assert event["userIdentity"]["arn"] == USER


def test_credentials_of_a_session_and_of_a_profile(commands: Commands) -> None:
    """A session's token is sent; `--profile` goes before the environment."""
    assumed = commands.there(f"sts assume-role --role-arn {ROLE} --role-session-name shift")
    session = json.loads(assumed.stdout)["Credentials"]
    token = {
        "AWS_ACCESS_KEY_ID": session["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": session["SecretAccessKey"],
        "AWS_SESSION_TOKEN": session["SessionToken"],
    }
    words = "sts get-caller-identity --query Arn --output text"
    assert commands.there(words, **token).stdout.strip().endswith("assumed-role/Reader/shift")
    file = commands.folder / "credentials"
    key = commands.credentials
    file.write_text(
        f"[app]\naws_access_key_id = {key['AWS_ACCESS_KEY_ID']}\n"
        f"aws_secret_access_key = {key['AWS_SECRET_ACCESS_KEY']}\n[half]\naws_access_key_id = x\n"
    )
    given = {**token, "AWS_SHARED_CREDENTIALS_FILE": str(file)}
    assert commands.there(f"{words} --profile app", **given).stdout == f"{USER}\n"
    half = commands.there(f"{words} --profile half", **given)
    assert (half.returncode, "Partial credentials" in half.stderr) == (253, True)
    none = commands.there("list-keys", AWS_ACCESS_KEY_ID="")
    assert (none.returncode, "Unable to locate credentials" in none.stderr) == (253, True)
    wrong = commands.there("list-keys", AWS_SECRET_ACCESS_KEY="wrong")
    assert (wrong.returncode, "(InvalidSignatureException)" in wrong.stderr) == (254, True)
    unsigned = commands.there("list-keys --no-sign-request")
    assert (unsigned.returncode, "(MissingAuthenticationTokenException)" in unsigned.stderr) == (254, True)


NOT_SENT = [
    ("list-keys --as 111122223333", 252, "argument --as"),
    ("list-keys --via-service s3", 252, "argument --via-service"),
    ("list-keys --via-endpoint vpce-1", 252, "argument --via-endpoint"),
    ("list-keys --explain", 252, "argument --explain"),
    ("list-keys --vault x", 252, "argument --vault"),
    ("list-keys --key-fd 0", 252, "argument --key-fd"),
    ("iam list-users", 253, "calls of iam are not sent"),
    ("explain list-keys", 253, "KMSCLI_ENDPOINT_URL names an endpoint"),
    ("serve", 253, "KMSCLI_ENDPOINT_URL names an endpoint"),
    ("import-key /dev/null --key-id x", 253, "KMSCLI_ENDPOINT_URL names an endpoint"),
    ("list-keys --endpoint-url http://example.com", 253, "by https alone"),
    ("list-keys --endpoint-url http://127.0.0.1.example.com:1", 253, "by https alone"),
    ("list-keys --endpoint-url http://localhost@example.com", 253, "Invalid endpoint"),
    ("list-keys --endpoint-url localhost:1", 253, "Invalid endpoint"),
    ("list-keys --endpoint-url ftp://localhost", 253, "Invalid endpoint"),
    ("list-keys --endpoint-url http://localhost:x", 253, "Invalid endpoint"),
    ("list-keys --endpoint-url http://127.0.0.1:1", 255, "Could not connect to the endpoint URL"),
    ("list-keys --endpoint-url unix:/nowhere", 255, "Could not connect to the endpoint URL"),
    ("list-keys --endpoint-url https://localhost --ca-bundle /nowhere", 253, "holds no certificates"),
]


@pytest.mark.parametrize(("row", "code", "words"), NOT_SENT)
def test_what_is_not_sent(commands: Commands, row: str, code: int, words: str) -> None:
    """What is about a vault of this machine, or would leave it in clear, is refused before anything is sent."""
    ran = commands.there(row)
    assert (ran.returncode, ran.stdout) == (code, "")
    assert words in ran.stderr


@contextmanager
def answering(*answers: bytes) -> Iterator[str]:
    """Somebody who answers requests in turn, then always with the last answer, or without any never; his URL."""
    connections: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                connections.append(connection)
                connection.recv(65536)
                if answers:
                    connection.sendall(answers[min(len(connections), len(answers)) - 1])
                    connection.close()

        thread = threading.Thread(target=serve)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()
    for connection in connections:
        connection.close()


def http(status: str, body: bytes) -> bytes:
    """An answer."""
    return f"HTTP/1.1 {status}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


ANSWERS = [
    (http("200 OK", b"hello"), 255, "is no answer of KMS"),
    (http("200 OK", b'{"Keys": "none"}'), 255, "is no answer of KMS"),
    (http("200 OK", b'{"Keys": [], "Truncated": false, "New": 1}'), 0, ""),
    (
        http("502 Bad Gateway", b"<html>"),
        254,
        "(502) when calling the ListKeys operation (reached max retries: 2): <html>",
    ),
    (http("302 Found", b""), 254, "(302) when calling the ListKeys operation:"),
    (http("400 Bad", b'{"__type": "com.amazonaws#X:http://y", "Message": "no"}'), 254, "(X) when calling the ListKeys"),
    (http("400 Bad", b"[]"), 254, "(400) when calling"),
    (b"hello\r\n\r\n", 255, "Connection was closed before we received a valid response"),
    (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{", 255, "Connection was closed before"),
]


@pytest.mark.parametrize(("answer", "code", "words"), ANSWERS)
def test_answers_of_others(commands: Commands, answer: bytes, code: int, words: str) -> None:
    """Whatever an endpoint answers, it is shown as an answer or refused in words."""
    with answering(answer) as url:
        ran = commands.there(f"list-keys --endpoint-url {url}")
    assert (ran.returncode, words in ran.stderr) == (code, True)


def test_an_endpoint_that_never_answers(commands: Commands) -> None:
    """The wait for an answer ends."""
    with answering() as url:
        ran = commands.there(f"list-keys --endpoint-url {url} --cli-read-timeout 1")
    assert (ran.returncode, "Read timeout on endpoint URL" in ran.stderr) == (255, True)


LATER = http("503 Service Unavailable", b"{}")
SLOWER = http("400 Bad", b'{"__type": "ThrottlingException", "message": "Slower."}')
DENIED = http("400 Bad", b'{"__type": "AccessDeniedException", "Message": "No."}')
BROKEN = b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n{"
KEYS = http("200 OK", b'{"Keys": [], "Truncated": false}')
WHEN = "when calling the ListKeys operation"
IN_TURN = {
    "the third time": ([LATER, SLOWER, KEYS], {}, 0, ""),
    "after a connection that broke": ([BROKEN, KEYS], {}, 0, ""),
    "not the fourth": ([LATER, LATER, SLOWER, KEYS], {}, 254, f"{WHEN} (reached max retries: 2): Slower."),
    "the fourth, where it is said": ([LATER, LATER, BROKEN, KEYS], {"AWS_MAX_ATTEMPTS": "4"}, 0, ""),
    "what will not pass": ([DENIED, KEYS], {}, 254, f"{WHEN}: No."),
    "once": ([LATER, KEYS], {"AWS_MAX_ATTEMPTS": "1"}, 254, f"{WHEN} (reached max retries: 0):"),
    "never": ([KEYS], {"AWS_MAX_ATTEMPTS": "0"}, 253, "is a number from 1 to"),
    "without end": ([KEYS], {"AWS_MAX_ATTEMPTS": "9" * 5000}, 253, "is a number from 1 to"),
}


@pytest.mark.parametrize("case", IN_TURN)
def test_a_call_is_sent_again(commands: Commands, case: str) -> None:
    """What may pass is tried three times, or as often as is said; other refusals are told at once."""
    answers, env, code, words = IN_TURN[case]
    with answering(*answers) as url:
        ran = commands.there(f"list-keys --endpoint-url {url}", **env)
    assert (ran.returncode, words in ran.stderr, bool(ran.stdout)) == (code, True, code == 0)


def test_a_profile_says_how_often(commands: Commands) -> None:
    """`max_attempts` of the profile counts where the environment says nothing."""
    config = commands.folder / "attempts"
    config.write_text("[default]\nmax_attempts = 1\n")
    with answering(SLOWER, KEYS) as url:
        ran = commands.there(f"list-keys --endpoint-url {url}", AWS_CONFIG_FILE=str(config))
    assert (ran.returncode, "(reached max retries: 0)" in ran.stderr) == (254, True)


def self_signed(folder: Path, given: rsa.RSAPrivateKey | None = None) -> tuple[str, str]:
    """The files of a certificate for loopback and of its key, an elliptic one unless it is given."""
    key = given or ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "kmscli serve")])
    now = dt.datetime.now(dt.UTC)
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
    )
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(Encoding.PEM)
    (folder / "certificate.pem").write_bytes(certificate)
    (folder / "key.pem").write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return str(folder / "certificate.pem"), str(folder / "key.pem")


def test_tls_and_a_unix_socket(tmp_path: Path) -> None:
    """TLS with a certificate that is checked, against a bundle too, unless told not to; and a Unix socket, without."""
    certificate, key = self_signed(tmp_path)
    running = Running(tmp_path)
    running.kmscli("vault", "init", "--lab")
    user = running.new_user("Alice")
    running.env |= {name.upper(): value for name, value in user.items()}
    unix = ("--unix", str(tmp_path / "socket"))
    running.start("--listen", "127.0.0.1:0", *unix, "--certificate", certificate, "--private-key", key, listeners=2)
    who = ("sts", "get-caller-identity", "--endpoint-url")
    assert running.kmscli(*who, running.urls[1])["Arn"] == USER
    for options in (("--ca-bundle", certificate), ("--no-verify-ssl",)):
        assert running.kmscli(*who, running.url, *options)["Arn"] == USER
    with pytest.raises(subprocess.CalledProcessError) as refused:
        running.kmscli("list-keys", "--endpoint-url", running.url)
    assert (refused.value.returncode, "SSL validation failed" in refused.value.stderr) == (255, True)
    assert running.stop() == 0
