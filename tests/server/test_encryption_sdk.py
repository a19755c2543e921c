"""The AWS Encryption SDKs with keys of a server: a large file, opened by key, by discovery, by a replica."""

import hashlib
import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import aws_encryption_sdk
import pytest
from aws_encryption_sdk.exceptions import DecryptKeyError
from aws_encryption_sdk.key_providers.kms import (
    DiscoveryAwsKmsMasterKeyProvider,
    DiscoveryFilter,
    MRKAwareDiscoveryAwsKmsMasterKeyProvider,
    MRKAwareStrictAwsKmsMasterKeyProvider,
    StrictAwsKmsMasterKeyProvider,
)

from tests.server.running import ACCOUNT, REGION, Running

MEBIBYTE = 1024 * 1024
SIZE = 100
"""Of the file, in MiB."""
CONTEXT = {"app": "größe"}
ELSEWHERE = "eu-west-1"
MINE = DiscoveryFilter(account_ids=[ACCOUNT], partition="aws")


@pytest.fixture
def kms(server: Running, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Any:
    """A client of the server, where the SDK's own clients go too."""
    user = server.new_user(request.node.name.partition("[")[0])
    for name, value in {**user, "aws_endpoint_url_kms": server.url, "aws_default_region": REGION}.items():
        monkeypatch.setenv(name.upper(), value)
    return server.client(**user)


@pytest.fixture
def file(tmp_path: Path) -> Iterator[Path]:
    """A large file whose parts differ; it does not stay."""
    path = tmp_path / "plain"
    with path.open("wb") as stream:
        for number in range(SIZE):
            stream.write(hashlib.sha256(bytes([number])).digest() * (MEBIBYTE // 32))
    yield path
    for one in tmp_path.glob("plain*"):
        one.unlink()


def copied(source: Any, target: BinaryIO) -> str:
    """Copy a stream; the digest of what it held."""
    digest = hashlib.sha256()
    while part := source.read(MEBIBYTE):
        digest.update(part)
        target.write(part)
    return digest.hexdigest()


def opened(path: Path, provider: Any) -> str:
    """The digest of what a file holds, decrypted."""
    with (
        path.open("rb") as source,
        aws_encryption_sdk.EncryptionSDKClient().stream(mode="d", source=source, key_provider=provider) as plain,
        Path("/dev/null").open("wb") as nowhere,
    ):
        digest = copied(plain, nowhere)
        assert CONTEXT.items() <= plain.header.encryption_context.items()
        return digest


def sealed(path: Path, provider: Any) -> Path:
    """The file, encrypted."""
    target = path.with_suffix(".sealed")
    with (
        path.open("rb") as source,
        target.open("wb") as stream,
        aws_encryption_sdk.EncryptionSDKClient().stream(
            mode="e", source=source, key_provider=provider, encryption_context=CONTEXT, frame_length=MEBIBYTE
        ) as secret,
    ):
        copied(secret, stream)
    assert target.stat().st_size > SIZE * MEBIBYTE
    return target


def test_a_large_file(kms: Any, file: Path) -> None:
    """What is encrypted under two keys is decrypted with either, and by discovery; another key does not do."""
    keys = [kms.create_key()["KeyMetadata"]["Arn"] for _ in range(3)]
    target = sealed(file, StrictAwsKmsMasterKeyProvider(key_ids=keys[:2]))
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    assert opened(target, StrictAwsKmsMasterKeyProvider(key_ids=keys[1:2])) == digest
    kms.disable_key(KeyId=keys[0])
    assert opened(target, DiscoveryAwsKmsMasterKeyProvider(discovery_filter=MINE)) == digest
    with pytest.raises(DecryptKeyError):
        opened(target, StrictAwsKmsMasterKeyProvider(key_ids=keys[2:]))


def test_a_replica(kms: Any, file: Path) -> None:
    """What is encrypted under a multi-Region key is decrypted with its replica in another Region."""
    key = kms.create_key(MultiRegion=True)["KeyMetadata"]["Arn"]
    kms.replicate_key(KeyId=key, ReplicaRegion=ELSEWHERE)
    target = sealed(file, MRKAwareStrictAwsKmsMasterKeyProvider(key_ids=[key]))
    discovery = MRKAwareDiscoveryAwsKmsMasterKeyProvider(discovery_region=ELSEWHERE, discovery_filter=MINE)
    assert opened(target, discovery) == hashlib.sha256(file.read_bytes()).hexdigest()


def test_javascript(server: Running, kms: Any, file: Path) -> None:
    """The same by the SDK for JavaScript."""
    keys = [kms.create_key(MultiRegion=number == 2)["KeyMetadata"]["Arn"] for number in range(3)]
    kms.replicate_key(KeyId=keys[2], ReplicaRegion=ELSEWHERE)
    script = Path(__file__).parent / "node/seal.js"
    command = ["node", str(script), server.url, str(file), ACCOUNT, *keys, ELSEWHERE]
    ran = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=False, timeout=300)
    assert ran.returncode == 0, ran.stderr
    assert json.loads(ran.stdout) == [hashlib.sha256(file.read_bytes()).hexdigest()] * 3
