"""Callers that load a server: each on a connection of its own, with calls that make, use and end keys."""

import asyncio
import base64
import json
import os
import time
from typing import Any

from kmscli.operations.credentials import Credentials
from kmscli.sigv4 import HttpRequest, signed
from tests.server.running import REGION, Running

CONTEXT = {"app": "größe"}


class Load:
    """What callers share, and what has come of their calls so far.

    `acknowledged`: request ids of the calls that were answered, by success or by an error of the service. `made`: ids
    of the keys that were made. `ended`: of those whose deletion was scheduled. `lost`: how many calls had no answer.
    """

    def __init__(self, server: Running, user: dict[str, str]) -> None:
        self.port = server.port
        self.credentials = Credentials(user["aws_access_key_id"], user["aws_secret_access_key"], "")
        self.key = server.kmscli("create-key")["KeyMetadata"]["KeyId"]
        self.signers = {
            algorithm: server.kmscli("create-key", "--key-spec", spec, "--key-usage", "SIGN_VERIFY")["KeyMetadata"][
                "KeyId"
            ]
            for algorithm, spec in (("ECDSA_SHA_256", "ECC_NIST_P256"), ("RSASSA_PSS_SHA_256", "RSA_2048"))
        }
        self.acknowledged: list[str] = []
        self.made: set[str] = set()
        self.ended: set[str] = set()
        self.lost = 0

    def request(self, operation: str, members: dict[str, Any]) -> bytes:
        """A request, signed."""
        headers = {"host": f"127.0.0.1:{self.port}", "x-amz-target": f"TrentService.{operation}"}
        asked = HttpRequest("POST", "/", headers, json.dumps(members).encode())
        sent = {**signed(asked, self.credentials, (REGION, "kms"), time.time()), "content-length": len(asked.body)}
        lines = ["POST / HTTP/1.1", *(f"{name}: {value}" for name, value in sent.items()), "", ""]
        return "\r\n".join(lines).encode() + asked.body


class Caller:
    """One that calls until nobody listens any more, and connects again whenever the connection breaks."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.turns = 0

    async def run(self) -> None:
        """Take turns. Raises AssertionError: an answer is not what it has to be."""
        while True:
            try:
                self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self.load.port)
            except ConnectionRefusedError:
                return
            except ConnectionResetError:
                continue
            try:
                while True:
                    await self.turn()
            except (ConnectionError, EOFError):
                self.load.lost += 1
            finally:
                self.writer.close()

    async def turn(self) -> None:
        """A call of each kind: what the service answers, and what it refuses."""
        load, words = self.load, encoded(os.urandom(32))
        self.turns += 1
        sealed = await self.call("Encrypt", KeyId=load.key, Plaintext=words, EncryptionContext=CONTEXT)
        opened = await self.call("Decrypt", CiphertextBlob=sealed["CiphertextBlob"], EncryptionContext=CONTEXT)
        assert opened["Plaintext"] == words
        await self.refused("InvalidCiphertextException", "Decrypt", CiphertextBlob=sealed["CiphertextBlob"])
        await self.call("GenerateDataKey", KeyId=load.key, KeySpec="AES_256")
        for algorithm, signer in load.signers.items():
            await self.call("Sign", KeyId=signer, Message=words, SigningAlgorithm=algorithm)
        key = (await self.call("CreateKey", Description=str(self.turns)))["KeyMetadata"]["KeyId"]
        load.made.add(key)
        if self.turns % 2:
            await self.call("ScheduleKeyDeletion", KeyId=key, PendingWindowInDays=7)
            load.ended.add(key)
            await self.refused("KMSInvalidStateException", "Encrypt", KeyId=key, Plaintext=words)

    async def call(self, operation: str, **members: Any) -> Any:
        """What a call is answered. Raises ConnectionError, EOFError: nothing."""
        status, answer = await self._answer(operation, members)
        assert status == 200, answer
        return answer

    async def refused(self, code: str, operation: str, **members: Any) -> None:
        """A call that is refused. Raises ConnectionError, EOFError."""
        status, answer = await self._answer(operation, members)
        assert (status, answer.get("__type")) == (400, code)

    async def _answer(self, operation: str, members: dict[str, Any]) -> tuple[int, Any]:
        self.writer.write(self.load.request(operation, members))
        lines = (await self.reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
        headers = dict(line.split(": ", 1) for line in lines[1:-2])
        body = await self.reader.readexactly(int(headers["content-length"]))
        assert "x-amzn-requestid" in headers, f"no answer of the service: {lines[0]}"
        self.load.acknowledged.append(headers["x-amzn-requestid"])
        return int(lines[0].split()[1]), json.loads(body or b"{}")


def encoded(content: bytes) -> str:
    """Base64, as members have it."""
    return base64.b64encode(content).decode()
