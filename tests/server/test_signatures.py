"""Signatures: what AWS answers to those that are missing, broken, late, for others, or wrong (16.4)."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any

import pytest
import urllib3
from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.server.running import REGION, Running

MISMATCH = "The request signature we calculated does not match the signature you provided."
UNKNOWN = "The security token included in the request is invalid."


@pytest.fixture(scope="module")
def key(server: Running) -> dict[str, str]:
    """A user's credentials."""
    return server.new_user("Signer")


class Request:
    """A signed ListKeys, to be spoiled before it is sent."""

    def __init__(
        self,
        server: Running,
        key: dict[str, str],
        *,
        service: str = "kms",
        region: str = REGION,
        unsigned: str = "",
        more: dict[str, str] | None = None,
    ) -> None:
        self.url = server.url + "/"
        self.body = b"{}"
        headers = {"Content-Type": "application/x-amz-json-1.1", "X-Amz-Target": "TrentService.ListKeys"}
        headers |= more or {}
        signed = {name: value for name, value in headers.items() if name != unsigned}
        request = AWSRequest("POST", self.url, data=self.body, headers=signed)
        credentials = Credentials(key["aws_access_key_id"], key["aws_secret_access_key"], key.get("token"))
        SigV4Auth(credentials, service, region).add_auth(request)
        self.headers: dict[str, str] = {**headers, **dict(request.headers.items())}

    def send(self) -> tuple[int, str, str]:
        """The status, code and message of the answer."""
        answer = urllib3.request("POST", self.url, body=self.body, headers=self.headers, retries=False)
        members: dict[str, Any] = json.loads(answer.data)
        return answer.status, members.get("__type", ""), members.get("message", "")


def test_a_signature_that_holds(server: Running, key: dict[str, str]) -> None:
    """A request that is rightly signed is answered."""
    assert Request(server, key).send() == (200, "", "")


@pytest.mark.parametrize("sent", ["à  la", "à  la".encode(), "a la"])
def test_a_header_that_is_no_ascii(server: Running, key: dict[str, str], sent: str | bytes) -> None:
    """Its text is signed by UTF-8, and sent by Latin-1 as Python's clients do, or by UTF-8 as others do."""
    request = Request(server, key, more={"X-Amz-Meta": "à  la"})
    headers: dict[Any, Any] = request.headers
    headers["X-Amz-Meta"] = sent
    status, code, _ = request.send()
    assert (status, code) == ((400, "InvalidSignatureException") if sent == "a la" else (200, ""))


def test_none(server: Running, key: dict[str, str]) -> None:
    """A request without a signature."""
    request = Request(server, key)
    del request.headers["Authorization"]
    assert request.send() == (400, "MissingAuthenticationTokenException", "Missing Authentication Token")


def test_none_and_no_json(server: Running, key: dict[str, str]) -> None:
    """Who calls is asked before what is called can be read (16.5)."""
    request = Request(server, key)
    request.body = b"{"
    assert request.send()[1] == "InvalidSignatureException"
    del request.headers["Authorization"]
    assert request.send()[1] == "MissingAuthenticationTokenException"


@pytest.mark.parametrize("part", ["Credential", "SignedHeaders", "Signature", "X-Amz-Date"])
def test_half_a_signature(server: Running, key: dict[str, str], part: str) -> None:
    """What is missing is named, and the signature is not repeated."""
    request = Request(server, key)
    if part == "X-Amz-Date":
        del request.headers[part]
    else:
        request.headers["Authorization"] = request.headers["Authorization"].replace(f"{part}=", "X=")
    status, code, message = request.send()
    assert (status, code) == (400, "IncompleteSignatureException")
    named = f"Authorization header requires '{part}' parameter."
    assert (named if part != "X-Amz-Date" else "either a 'X-Amz-Date' or a 'Date' header") in message


SPOILED: dict[str, Callable[[Request], None]] = {
    "another body": lambda request: setattr(request, "body", b'{"Limit": 1}'),
    "another target": lambda request: request.headers.update({"X-Amz-Target": "TrentService.ListAliases"}),
    "another signature": lambda request: request.headers.update(
        {"Authorization": request.headers["Authorization"][:-1] + "x"}
    ),
    "a path": lambda request: setattr(request, "url", request.url + "x"),
    "a query": lambda request: setattr(request, "url", request.url + "?a=b"),
}


@pytest.mark.parametrize("case", SPOILED)
def test_what_was_changed_after_signing(server: Running, key: dict[str, str], case: str) -> None:
    """A signature covers body, headers, path and query."""
    request = Request(server, key)
    SPOILED[case](request)
    status, code, message = request.send()
    assert (status, code) == (400, "InvalidSignatureException")
    assert message.startswith(MISMATCH)


def test_a_target_that_was_not_signed(server: Running, key: dict[str, str]) -> None:
    """What is asked has to be under the signature: else whoever sees a request could ask for something else with it."""
    request = Request(server, key, unsigned="X-Amz-Target")
    status, code, message = request.send()
    assert (status, code) == (400, "InvalidSignatureException")
    assert message.startswith(MISMATCH)


def test_another_secret(server: Running, key: dict[str, str]) -> None:
    """The right key id and a wrong secret."""
    assert Request(server, {**key, "aws_secret_access_key": "wrong"}).send()[1] == "InvalidSignatureException"


def test_keys_that_nobody_has(server: Running, key: dict[str, str]) -> None:
    """An unknown key id, an inactive one, and a token that is no session's."""
    unknown = {**key, "aws_access_key_id": "AKIAIOSFODNN7EXAMPLE"}
    assert Request(server, unknown).send() == (400, "UnrecognizedClientException", UNKNOWN)
    assert Request(server, {**key, "token": "AAAA"}).send() == (400, "UnrecognizedClientException", UNKNOWN)
    inactive = server.new_user("Former")
    name = ("--user-name", "Former", "--access-key-id", inactive["aws_access_key_id"])
    server.kmscli("iam", "update-access-key", *name, "--status", "Inactive")
    assert Request(server, inactive).send() == (400, "UnrecognizedClientException", UNKNOWN)


def test_another_service_or_region(server: Running, key: dict[str, str]) -> None:
    """A signature is for a service and a Region that there are."""
    message = "Credential should be scoped to correct service: 'kms'. "
    for other in ("s3", "sts"):
        assert Request(server, key, service=other).send() == (400, "InvalidSignatureException", message)
    message = "Credential should be scoped to a valid region. "
    assert Request(server, key, region="mars-1").send() == (400, "InvalidSignatureException", message)
    assert Request(server, key, region="eu-west-1").send()[0] == 200


@pytest.mark.parametrize(("minutes", "words"), [(-6, "Signature expired: "), (6, "Signature not yet current: ")])
def test_another_time(
    server: Running, key: dict[str, str], monkeypatch: pytest.MonkeyPatch, minutes: int, words: str
) -> None:
    """A signature is good for five minutes, either way."""
    moved = dt.datetime.now(dt.UTC).replace(tzinfo=None) + dt.timedelta(minutes=minutes)
    monkeypatch.setattr("botocore.auth.get_current_datetime", lambda *_: moved)
    status, code, message = Request(server, key).send()
    assert (status, code) == (400, "InvalidSignatureException")
    assert message.startswith(words)
