"""What takes long, or a vault that others keep busy, does not hold up a server's other requests."""

import json
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from botocore.exceptions import ClientError

from tests.server.running import NOBODY, PATIENCE, Running, client_at, rest_of
from tests.server.test_doors import post, status

RSA_4096 = {"KeySpec": "RSA_4096", "KeyUsage": "SIGN_VERIFY"}
AT_ONCE = 8


@pytest.fixture(scope="module")
def vault(open_server: Running) -> Path:
    """The open server's vault."""
    [found] = open_server.home.rglob("*.db")
    return found


@contextmanager
def held(vault: Path) -> Iterator[None]:
    """Another process holds the write lock."""
    with closing(sqlite3.connect(vault, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        yield


def is_healthy(server: Running) -> bool:
    """Whether it says so."""
    return status(server.raw(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")) == 200


def test_encrypting_while_rsa_keys_are_made(open_server: Running) -> None:
    """While RSA keys are made over eight connections, another's calls are answered, and all keys are made."""
    kms = open_server.client(**NOBODY)
    key = kms.create_key()["KeyMetadata"]["KeyId"]

    def make(_number: int) -> str:
        made = client_at(open_server.url, **NOBODY).create_key(**RSA_4096)
        return str(made["KeyMetadata"]["KeyId"])

    answered = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        making = [pool.submit(make, number) for number in range(AT_ONCE)]
        while not any(one.done() for one in making):
            assert kms.encrypt(KeyId=key, Plaintext=b"x")["CiphertextBlob"]
            answered += 1
        made = {one.result() for one in making}
    assert answered >= 5
    assert len(made) == AT_ONCE


def test_what_takes_long_comes_to_the_same(open_server: Running) -> None:
    """What is computed beside the rounds is decided, answered and logged as ever."""
    kms = open_server.client(**NOBODY)
    signer = kms.create_key(KeySpec="RSA_2048", KeyUsage="SIGN_VERIFY")["KeyMetadata"]["KeyId"]
    said = {"KeyId": signer, "Message": b"x", "SigningAlgorithm": "RSASSA_PSS_SHA_256"}
    signature = kms.sign(**said)["Signature"]
    assert kms.verify(**said, Signature=signature)["SignatureValid"]
    opener = kms.create_key(KeySpec="RSA_2048", KeyUsage="ENCRYPT_DECRYPT")["KeyMetadata"]["KeyId"]
    by = {"KeyId": opener, "EncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    blob = kms.encrypt(**by, Plaintext=b"plain")["CiphertextBlob"]
    assert kms.decrypt(**by, CiphertextBlob=blob)["Plaintext"] == b"plain"
    wrapping = kms.create_key()["KeyMetadata"]["KeyId"]
    to = {"DestinationKeyId": wrapping, "SourceKeyId": opener, "SourceEncryptionAlgorithm": "RSAES_OAEP_SHA_256"}
    again = kms.re_encrypt(**to, CiphertextBlob=blob)["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=again)["Plaintext"] == b"plain"
    pair = kms.generate_data_key_pair(KeyId=wrapping, KeyPairSpec="RSA_2048")
    private = kms.decrypt(CiphertextBlob=pair["PrivateKeyCiphertextBlob"])["Plaintext"]
    assert private == pair["PrivateKeyPlaintext"]
    kms.disable_key(KeyId=signer)
    with pytest.raises(ClientError, match="DisabledException"):
        kms.sign(**said)


def test_a_busy_vault_is_waited_for(open_server: Running, vault: Path) -> None:
    """While another process writes, a call waits, and other requests are answered."""
    with ThreadPoolExecutor(1) as pool:
        with held(vault):
            waiting = pool.submit(open_server.raw, post(b"{}"))
            for _ in range(5):
                assert is_healthy(open_server)
            assert not waiting.done()
        assert status(waiting.result(PATIENCE)) == 200


def test_a_vault_that_stays_busy(open_server: Running, vault: Path) -> None:
    """A call that has waited for five seconds fails, and the next one is answered."""
    with held(vault):
        began = time.monotonic()
        answer = open_server.raw(post(b"{}"))
        assert time.monotonic() - began >= 5
    assert status(answer) == 500
    assert json.loads(answer.rpartition(b"\r\n\r\n")[2])["__type"] == "KMSInternalException"
    assert status(open_server.raw(post(b"{}"))) == 200


def test_a_stop_waits_for_what_takes_long(tmp_path: Path) -> None:
    """What was begun beside the rounds is finished at SIGTERM, and answered."""
    server = Running(tmp_path)
    server.kmscli("vault", "init", "--lab")
    server.start("--listen", "127.0.0.1:0", "--no-auth")
    with server.connect() as connection:
        connection.sendall(post(json.dumps(RSA_4096).encode(), "CreateKey"))
        assert status(server.raw(post(b"{}"))) == 200
        assert server.stop() == 0
        assert status(rest_of(connection)) == 200
    assert len(server.kmscli("list-keys")["Keys"]) == 1
