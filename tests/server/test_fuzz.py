"""The HTTP door under fuzzing: whatever comes, a clear 4xx or the end of the connection; never a 5xx or a traceback.

That the servers have told of no exception is checked when they stop.
"""

import itertools
import json
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import quote
from xml.etree.ElementTree import fromstring

import botocore.session
import pytest
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.server.running import ACCOUNT, PATIENCE, REGION, Running

HEAD = "POST / HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
JSON = "Content-Type: application/x-amz-json-1.1\r\nX-Amz-Target: TrentService.{}\r\n"
FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
MODEL = botocore.session.get_session().get_service_model("kms")
SILENCE = 0.1
"""Seconds after which a server that does not answer is taken to wait for more."""

SAME = "00000000-0000-0000-0000-000000000000"
EVIL = [
    *(
        "null",
        "true",
        "0",
        "-1",
        "1e999",
        "-1e999",
        "0.5",
        "1e5",
        "9" * 30,
        "9" * 5000,
        "-0",
        "NaN",
        "Infinity",
        "{}",
        "[]",
    ),
    *(
        '""',
        '"\\u0000"',
        '"\\ud800"',
        '"\\uffff"',
        '"a\\r\\nb: c"',
        '"../../etc/passwd"',
        '"alias/"',
        '"%00"',
        '"=="',
        '"AA=A"',
    ),
    *(
        "[[[[]]]]",
        '{"a": 1, "a": 2}',
        "[" * 70 + "]" * 70,
        f'"{"x" * 70_000}"',
        '"arn:aws:kms:::"',
        '"\x00"',
        "tru",
        "'a'",
    ),
]
"""JSON values, and texts that are none, that a member was not made for."""


def fuzzed(examples: int) -> Callable[[Any], Any]:
    """A test with so many examples."""
    return settings(
        max_examples=examples,
        deadline=None,
        suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
    )


@pytest.fixture(autouse=True)
def alive(open_server: Running) -> Iterator[None]:
    """After every test a valid call is answered."""
    yield
    assert statuses(exchange(open_server, called("ListKeys", b"{}"))) == [200]


@pytest.fixture(scope="module")
def key(open_server: Running) -> str:
    """A key."""
    return str(open_server.kmscli("create-key")["KeyMetadata"]["KeyId"])


@pytest.fixture(scope="module")
def signed(server: Running) -> tuple[bytes, bytes]:
    """A signed request: its head and its body."""
    user = server.new_user("Fuzzer")
    body = b'{"Description": "fuzzed"}'
    headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.CreateKey"}
    request = AWSRequest("POST", server.url + "/", data=body, headers=headers)
    SigV4Auth(Credentials(*user.values()), "kms", REGION).add_auth(request)
    lines = [f"Host: 127.0.0.1:{server.port}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in request.headers.items()]
    head = "\r\n".join(["POST / HTTP/1.1", *lines, "", ""]).encode()
    assert statuses(exchange(server, head, body)) == [200]
    return head, body


def called(operation: str, body: bytes, more: str = "") -> bytes:
    """A request without a signature."""
    return f"{HEAD}{JSON.format(operation)}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def exchange(server: Running, *parts: bytes, is_whole: bool = True) -> bytes:
    """All that comes back for some bytes. If they may be no whole request, the server is told that there is no more."""
    received = b""
    with server.connect() as connection, suppress(ConnectionError):
        for part in parts:
            connection.sendall(part)
        if not is_whole:
            connection.settimeout(SILENCE)
        while more := received_or_ended(connection):
            received += more
    return received


def received_or_ended(connection: socket.socket) -> bytes:
    """What comes next; after a silence, what comes once this side has ended."""
    try:
        return connection.recv(65536)
    except TimeoutError:
        connection.shutdown(socket.SHUT_WR)
        connection.settimeout(PATIENCE)
        return connection.recv(65536)


def statuses(received: bytes) -> list[int]:
    """The statuses of answers. Raises AssertionError: one is a 5xx, or its body is not what its type says."""
    found = []
    while received:
        head, _, received = received.partition(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").split("\r\n")
        version, number = first.split()[:2]
        headers = {name.lower(): value for name, value in (line.split(": ", 1) for line in lines)}
        length = int(headers.get("content-length", 0 if number == "100" else len(received)))
        body, received = received[:length], received[length:]
        assert version == "HTTP/1.1"
        assert int(number) < 500, body
        assert b"Traceback" not in body
        if body and "json" in headers.get("content-type", ""):
            json.loads(body)
        if "xml" in headers.get("content-type", ""):
            fromstring(body)
        found.append(int(number))
    return found


def values(shape: Any, key: str) -> st.SearchStrategy[str]:
    """Values of a shape as JSON, most of them as the model has them, others evil."""
    kinds: dict[str, Callable[[], st.SearchStrategy[str]]] = {
        "structure": lambda: objects(shape, key),
        "list": lambda: st.lists(values(shape.member, key), max_size=3).map(lambda items: f"[{','.join(items)}]"),
        "map": lambda: st.dictionaries(st.text(max_size=3), values(shape.value, key), max_size=2).map(
            lambda items: "{" + ",".join(f"{json.dumps(name)}:{value}" for name, value in items.items()) + "}"
        ),
        "string": lambda: st.sampled_from(shape.enum).map(json.dumps) if shape.enum else strings(key),
        "boolean": lambda: st.booleans().map(json.dumps),
        "blob": lambda: st.sampled_from(['"AAAA"', '"AQID"', '""']),
    }
    usual = kinds.get(shape.type_name, lambda: st.integers(0, 400).map(str))()
    return st.one_of(usual, usual, usual, st.sampled_from(EVIL))


def strings(key: str) -> st.SearchStrategy[str]:
    """Strings that are something to KMS, and any others."""
    known = [key, "alias/app", "alias/aws/s3", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/{key}", "default", "*", SAME]
    documents = ["{}", '{"Statement":[{"Effect":"Allow","Principal":"*","Action":"kms:*","Resource":"*"}]}', "[" * 99]
    return st.one_of(st.sampled_from(known + documents), st.text(max_size=20)).map(json.dumps)


def objects(shape: Any, key: str) -> st.SearchStrategy[str]:
    """Objects with some of a shape's members, perhaps twice, and perhaps one that it has not."""
    required = [name for name in shape.members if name in shape.required_members]
    names = st.lists(st.sampled_from([*shape.members, "Other"]), max_size=3).map(lambda more: [*required, *more])

    def members(chosen: list[str]) -> st.SearchStrategy[str]:
        pairs = [values(shape.members.get(name, MODEL.shape_for("KeyIdType")), key) for name in chosen]
        return st.tuples(*pairs).map(
            lambda given: "{" + ",".join(f'"{name}":{value}' for name, value in zip(chosen, given, strict=True)) + "}"
        )

    return names.flatmap(members)


@fuzzed(250)
@given(data=st.data())
def test_members(open_server: Running, key: str, data: st.DataObject) -> None:
    """Members of every operation, with values that they are made for and others."""
    operation = data.draw(st.sampled_from(sorted(MODEL.operation_names)))
    shape = MODEL.operation_model(operation).input_shape
    body = data.draw(objects(shape, key) if shape.members else st.sampled_from(EVIL))
    answered = statuses(exchange(open_server, called(operation, body.encode("utf-8", "surrogatepass"))))
    assert answered in ([200], [400])


@fuzzed(100)
@given(data=st.data())
def test_texts(open_server: Running, key: str, data: st.DataObject) -> None:
    """Bodies that are nearly JSON: a piece of a right one is left out, doubled, or exchanged for anything."""
    whole = json.dumps({"KeyId": key, "Plaintext": "AQID", "EncryptionContext": {"größe": "1"}}).encode()
    answered = statuses(exchange(open_server, called("Encrypt", data.draw(spoiled(whole)))))
    assert answered in ([200], [400])


def spoiled(whole: bytes) -> st.SearchStrategy[bytes]:
    """Bytes of which a piece is something else."""
    place = st.integers(0, len(whole))
    piece = st.one_of(
        st.binary(max_size=8), st.sampled_from([b"\x00", b"\xff", b"\r\n", b"\r\n\r\n", *map(str.encode, EVIL)])
    )
    return st.tuples(place, place, piece).map(lambda drawn: whole[: drawn[0]] + drawn[2] + whole[drawn[1] :])


@fuzzed(150)
@given(data=st.data())
def test_signed_requests(server: Running, signed: tuple[bytes, bytes], data: st.DataObject) -> None:
    """A signed request of which a piece is something else, in head or body."""
    request = data.draw(spoiled(b"".join(signed)))
    answered = statuses(exchange(server, request, is_whole=False))
    assert all(number == 200 or 400 <= number < 500 for number in answered)


DAMAGE = [
    "",
    "/",
    "//////",
    ";",
    ",",
    "=",
    "Signature=",
    "x" * 5000,
    "ÿ",
    "AWS4-HMAC-SHA256",
    "host;host",
    "20261331T250000Z",
]
"""What stands in the place of a part of a signature."""


@fuzzed(150)
@given(spoils=st.lists(st.tuples(st.integers(0, 30), st.sampled_from(DAMAGE)), min_size=1, max_size=3))
def test_signatures(server: Running, signed: tuple[bytes, bytes], spoils: list[tuple[int, str]]) -> None:
    """A signature some of whose parts are something else is never taken."""
    head, body = signed
    lines = head.decode().split("\r\n")
    numbers = [number for number, line in enumerate(lines) if line.startswith(("Authorization", "X-Amz-Date"))]
    for place, other in spoils:
        number = numbers[place % 2]
        lines[number] = damaged(lines[number], place, other)
    answered = statuses(exchange(server, "\r\n".join(lines).encode("latin-1"), body))
    assert answered in ([400], [])


def damaged(line: str, place: int, other: str) -> str:
    """A header with something else in the place of a part of its value."""
    name, value = line.split(": ", 1)
    parts = re.split("(=|/|, )", value)
    parts[2 * (place % (len(parts) // 2 + 1))] = other
    return f"{name}: {''.join(parts)}"


TARGETS = [
    "TrentService.",
    "TrentService",
    ".",
    "TrentService.ListKeys ",
    "TrentService.__init__",
    "TrentService.../../kms",
]
TARGETS += [
    "trentservice.listkeys",
    "TrentService.ListKeys,TrentService.CreateKey",
    "x" * 9000,
    "TrentService.LISTKEYS",
    "ÿ\u00a0",
]
HEADERS = [
    *(
        "Content-Length: -1",
        "Content-Length: 1e3",
        "Content-Length: 5, 5",
        "Content-Length: " + "9" * 30,
        "Content-Length: 0x2",
    ),
    *(
        "Content-Length: " + "9" * 5000,
        "Transfer-Encoding: chunked",
        "Transfer-Encoding: gzip, chunked",
        "Transfer-Encoding: x",
    ),
    *(
        "Content-Encoding: gzip",
        "Content-Type: ",
        "Content-Type: text/plain; charset=utf-16",
        "Content-Type: multipart/form-data",
    ),
    *(
        "Expect: 100-continue",
        "Expect: x",
        "Upgrade: websocket\r\nConnection: Upgrade",
        "Upgrade: h2c",
        "Connection: x, close",
    ),
    *(
        "Host: a\r\nHost: b",
        "Host:",
        "Host: [::1",
        "Host: localhost:99999999",
        "Origin: null",
        "A : b",
        " folded",
        ": b",
        "A\x00: b",
    ),
    *(
        "X-Amzn-RequestId: x\rSet-Cookie: y",
        "X-Forwarded-For: 10.0.0.1",
        "Authorization: Bearer x",
        "User-Agent: \xff\xfe",
    ),
    *(f"X-Amz-Target: {target}" for target in TARGETS),
]
"""Headers that no client of KMS sends."""


@fuzzed(150)
@given(
    more=st.lists(st.sampled_from(HEADERS), min_size=1, max_size=3),
    usual=st.lists(st.sampled_from([JSON.format("ListKeys"), FORM, "Content-Length: 2\r\n"]), unique=True),
    method=st.sampled_from(
        ["POST / HTTP/1.1", "POST / HTTP/1.0", "POST //a?b=%00 HTTP/1.1", "post / HTTP/9.9", "PRI * HTTP/2.0"]
    ),
)
def test_heads(open_server: Running, more: list[str], usual: list[str], method: str) -> None:
    """Heads that contradict themselves, lie about the body, or name what there is not."""
    head = "\r\n".join([method, "Host: localhost", *more]) + "\r\n" + "".join(usual) + "\r\n"
    answered = statuses(exchange(open_server, head.encode("latin-1") + b"{}", is_whole=False))
    assert all(number in {100, 200} or 400 <= number < 500 for number in answered)


NAMES = ["Action", "Version", "RoleArn", "RoleSessionName", "DurationSeconds", "Policy", "PolicyArns.member.1.arn"]
NAMES += [
    "Tags.member.1.Key",
    "Tags.member.1.Value",
    "Tags.member.0.Key",
    "Tags.member",
    "TransitiveTagKeys.member.1",
    "ExternalId",
]
SAID = [
    "AssumeRole",
    "GetCallerIdentity",
    "2011-06-15",
    f"arn:aws:iam::{ACCOUNT}:role/Reader",
    "name",
    "900",
    "-1",
    "9" * 40,
    "{}",
]
SAID += ["[" * 100, "\x00", "\uffff", "<&>", "]]>", "\ud800", "", "٣", "x" * 3000, '{"Statement":[{"Effect":"Allow"}]}']


@fuzzed(150)
@given(
    pairs=st.lists(
        st.tuples(st.sampled_from(NAMES) | st.text(max_size=5), st.sampled_from(SAID) | st.text(max_size=9)), max_size=6
    ),
    raw=st.binary(max_size=9),
    action=st.sampled_from(["AssumeRole", "GetCallerIdentity", "GetCallerIdentity\uffff", "Other<>", ""]),
)
def test_forms(open_server: Running, pairs: list[tuple[str, str]], raw: bytes, action: str) -> None:
    """Forms for STS with members of every kind, and bytes that belong to no form."""
    form = "&".join(
        f"{quote(name)}={quote(value, errors='surrogatepass')}" for name, value in [*pairs, ("Action", action)]
    )
    body = form.encode() + b"&" + raw
    answered = statuses(exchange(open_server, f"{HEAD}{FORM}Content-Length: {len(body)}\r\n\r\n".encode() + body))
    assert answered in ([200], [400], [403])


ONE_AFTER_ANOTHER = {
    b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n": 200,
    b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\n\r\nabc": 405,
    called("ListKeys", b"{}").replace(b"Connection: close\r\n", b""): 200,
    called("ListKeys", b"[").replace(b"Connection: close\r\n", b""): 400,
    called("Nothing", b"{}").replace(b"Connection: close\r\n", b""): 400,
}
"""Requests after which the connection stays, and the statuses that they are answered with."""


@fuzzed(60)
@given(
    requests=st.lists(st.sampled_from(sorted(ONE_AFTER_ANOTHER)), min_size=1, max_size=6),
    cuts=st.lists(st.integers(0, 1000), max_size=4).map(sorted),
)
def test_requests_in_one_go(open_server: Running, requests: list[bytes], cuts: list[int]) -> None:
    """Requests that do not wait for answers, cut anywhere, are each answered as they are alone, in their order."""
    whole = b"".join([*requests, called("ListKeys", b"{}")])
    places = [0, *cuts, len(whole)]
    parts = [whole[start:end] for start, end in itertools.pairwise(places)]
    expected = [ONE_AFTER_ANOTHER[request] for request in requests]
    assert statuses(exchange(open_server, *parts)) == [*expected, 200]


@fuzzed(60)
@given(
    lengths=st.lists(st.integers(1, 40), max_size=6),
    spoil=st.sampled_from(["", "", "-", "g", "\r\n", "f" * 20, " ", ";a=\x00"]),
)
def test_chunks(open_server: Running, lengths: list[int], spoil: str) -> None:
    """A body in chunks is what it is in one piece; where a chunk's length is none, it is refused."""
    body = json.dumps({"Limit": 1}, indent=40).encode()
    chunks, left = b"", body
    for length in [*lengths, len(body)]:
        piece, left = left[:length], left[length:]
        chunks += f"{len(piece):x};a=b\r\n".encode() + piece + b"\r\n" if piece else b""
    head = f"{HEAD}{JSON.format('ListKeys')}Transfer-Encoding: chunked\r\n\r\n".encode()
    whole = head + spoil.encode() + chunks + b"0\r\nTrailer: x\r\n\r\n"
    answered = statuses(exchange(open_server, whole, is_whole=not spoil))
    assert answered == [200] if not spoil else answered in ([400], [])
