"""`serve --throttle` by the wire: who is refused, what it leaves, and how real clients back off."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.server.commands import AWS
from tests.server.running import ACCOUNT, ALL, NOBODY, REGION, Running
from tests.waiting import children, wait_until

OTHER = "444455556666"
SAID = "You have exceeded the rate at which you may call KMS. Reduce the frequency of your calls."
SLOW = "0.002"
"""A factor by which one CreateKey in 100 seconds is taken, and two calls on RSA keys at once."""
QUICK = "0.2"
"""A factor by which one CreateKey a second is taken."""


def account(number: str) -> dict[str, str]:
    """An account's credentials, where none are asked for."""
    return NOBODY | {"aws_access_key_id": number}


def started(home: Path, *options: str) -> Running:
    """A server of a new lab vault, with options."""
    running = Running(home)
    running.kmscli("vault", "init", "--lab")
    return running.start("--listen", "127.0.0.1:0", *options)


@pytest.fixture
def slow(tmp_path: Path) -> Iterator[Running]:
    """A server that has soon had enough for long."""
    running = started(tmp_path, "--no-auth", "--throttle", SLOW)
    yield running
    assert running.stop() == 0


@pytest.fixture(scope="module")
def quick(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that takes a key a second."""
    running = started(tmp_path_factory.mktemp("quick"), "--no-auth", "--throttle", QUICK)
    yield running
    assert running.stop() == 0


def replace(parent: int, worker: int) -> None:
    """Kill a worker, and wait until there is another."""
    before = set(children(parent))
    os.kill(worker, signal.SIGKILL)
    wait_until(lambda: len(set(children(parent)) - before) == 1)


def code(call: Any, **members: Any) -> str:
    """The code that a call is refused with, or nothing."""
    try:
        call(**members)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def test_a_throttled_call(slow: Running) -> None:
    """It is refused in AWS's words with 400, has done nothing, and is in the trail."""
    kms = slow.client(**NOBODY)
    kms.create_key()
    with pytest.raises(ClientError) as refused:
        kms.create_key(Description="one more")
    answer = refused.value.response
    assert answer["Error"] == {"Code": "ThrottlingException", "Message": SAID}
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert len(kms.list_keys()["Keys"]) == 1
    slow.kmscli("list-keys")
    log = Path(slow.kmscli("audit", "path").strip()).read_text().splitlines()
    [event] = [event for event in map(json.loads, log) if event.get("errorCode") == "ThrottlingException"]
    assert (event["eventName"], event["errorMessage"]) == ("CreateKey", SAID)
    assert event["requestParameters"]["description"] == "one more"
    assert event["requestID"] == answer["ResponseMetadata"]["RequestId"]
    assert "verified" in slow.kmscli("audit", "verify")


def test_who_counts(slow: Running) -> None:
    """Accounts, Regions and quotas are counted apart, and a call on a foreign key counts for its caller."""
    kms, other = slow.client(**NOBODY), slow.client(**account(OTHER))
    given = {"KeySpec": "RSA_2048", "KeyUsage": "ENCRYPT_DECRYPT"}
    policy = {"Statement": [{"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}]}
    kms.create_key(Policy=json.dumps(policy), **given)
    key = kms.list_keys()["Keys"][0]["KeyArn"]
    assert code(kms.create_key) == "ThrottlingException"
    assert code(other.create_key) == ""
    elsewhere = boto3.client("kms", endpoint_url=slow.url, region_name="eu-west-1", **NOBODY)
    assert code(elsewhere.create_key) == ""
    kms.create_alias(AliasName="alias/app", TargetKeyId=key)
    alias = key.rpartition(":")[0] + ":alias/app"
    sealed = {"Plaintext": b"x", "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    codes = [code(other.encrypt, KeyId=name, **sealed) for name in (alias, key, alias)]
    assert codes == ["", "", "ThrottlingException"]
    assert code(kms.encrypt, KeyId="alias/app", **sealed) == ""


def test_only_who_proves_himself_counts(tmp_path: Path) -> None:
    """A call with a wrong signature uses nothing up; an invalid one of somebody does."""
    running = started(tmp_path, "--throttle", SLOW)
    alice = running.new_user("Alice", ALL)
    mallory = running.client(**alice | {"aws_secret_access_key": "guessed"})
    kms = running.client(**alice)
    assert [code(mallory.create_key) for _ in range(3)] == ["InvalidSignatureException"] * 3
    assert code(kms.create_key, Policy="no policy") == "MalformedPolicyDocumentException"
    assert code(kms.create_key) == "ThrottlingException"
    assert running.stop() == 0


def test_nothing_is_throttled_by_itself(open_server: Running) -> None:
    """Without the option there is no rate, and quotas of resources hold all the same."""
    kms = open_server.client(**NOBODY)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    codes = [code(kms.create_alias, AliasName=f"alias/{number}", TargetKeyId=key) for number in range(51)]
    assert codes == [""] * 50 + ["LimitExceededException"]


def test_workers_count_together(tmp_path: Path) -> None:
    """Whichever worker answers, also one that has replaced another, knows what the others have taken."""
    running = started(tmp_path, "--no-auth", "--throttle", SLOW, "--workers", "2")
    assert running.process
    parent = running.process.pid
    assert code(running.client(**NOBODY).create_key) == ""
    wait_until(lambda: len(children(parent)) == 2)
    for worker in children(parent):
        replace(parent, worker)
    running.wait_until_it_answers()
    codes = {code(running.client(**NOBODY).create_key) for _ in range(10)}
    assert codes == {"ThrottlingException"}
    assert running.stop() == 0


@pytest.mark.parametrize("mode", ["standard", "adaptive"])
def test_boto3_backs_off(quick: Running, mode: str) -> None:
    """A client that calls again later gets through."""
    config = Config(retries={"mode": mode, "total_max_attempts": 20})
    kms = boto3.client("kms", endpoint_url=quick.url, region_name=REGION, config=config, **account("777788889999"))
    answers = [kms.create_key() for _ in range(4)]
    assert sum(answer["ResponseMetadata"]["RetryAttempts"] for answer in answers) > 0


def said(running: Running, command: list[str], *words: str, **env: str) -> str:
    """What a command says of a refusal, without the name before it."""
    given = {"AWS_ACCESS_KEY_ID": ACCOUNT, "AWS_SECRET_ACCESS_KEY": "any", "AWS_RETRY_MODE": "standard", **env}
    words = (*words, "--endpoint-url", running.url, "--region", REGION)
    ran = subprocess.run([*command, *words], env=running.env | given, capture_output=True, text=True, check=False)
    assert ran.returncode
    return ran.stderr.strip().removeprefix("kmscli: [ERROR]: ")


@pytest.mark.parametrize(
    ("words", "env", "told"),
    [
        (
            ("create-key",),
            {},
            f"(ThrottlingException) when calling the CreateKey operation (reached max retries: 2): {SAID}",
        ),
        (("create-key",), {"AWS_MAX_ATTEMPTS": "1"}, "operation (reached max retries: 0): You"),
        (
            ("describe-key", "--key-id", "alias/none"),
            {},
            "(NotFoundException) when calling the DescribeKey operation: ",
        ),
        (("describe-key", "--key-id", "alias/none"), {"AWS_MAX_ATTEMPTS": "1"}, "(reached max retries: 0): Alias"),
    ],
)
def test_commands_give_up(slow: Running, words: tuple[str, ...], env: dict[str, str], told: str) -> None:
    """`aws` tries three times and says so, and `kmscli` as a client says the same."""
    slow.client(**NOBODY).create_key()
    theirs = said(slow, [AWS, "kms"], *words, **env)
    assert told in theirs
    assert said(slow, [sys.executable, "-m", "kmscli"], *words, **env) == theirs


def test_kmscli_backs_off(quick: Running) -> None:
    """As a client kmscli calls again later too."""
    env = quick.env | {"AWS_ACCESS_KEY_ID": "888899990000", "AWS_SECRET_ACCESS_KEY": "any", "AWS_MAX_ATTEMPTS": "20"}
    command = [sys.executable, "-m", "kmscli", "create-key", "--endpoint-url", quick.url]
    running = [subprocess.Popen(command, env=env, stdout=subprocess.DEVNULL) for _ in range(3)]
    assert [one.wait(60) for one in running] == [0, 0, 0]


@pytest.mark.parametrize("factor", ["0", "-1", "nan", "inf", "x"])
def test_no_factor(tmp_path: Path, factor: str) -> None:
    """What is no factor is wrong usage."""
    running = Running(tmp_path)
    running.kmscli("vault", "init")
    command = [sys.executable, "-m", "kmscli", "serve", "--listen", "127.0.0.1:0", "--throttle", factor]
    ran = subprocess.run(command, env=running.env, capture_output=True, text=True, timeout=20, check=False)
    assert (ran.returncode, ran.stdout) == (252, "")
    assert "--throttle" in ran.stderr
