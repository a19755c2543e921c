"""Tink with its client for AWS KMS: what it seals under keys of a server."""

from typing import Any

import pytest
import tink
from tink import aead
from tink.integration import awskms

from tests.server.running import ACCOUNT, Running

WORDS = b"\x00not text\xff"
PLACE = b"orders/1"
"""Associated data."""
DENIES = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"kms:*","Resource":"*"},'
    '{"Effect":"Deny","Action":"kms:Decrypt","Resource":"*"}]}'
)


@pytest.fixture(scope="module")
def kms(server: Running) -> Any:
    """A user's client."""
    aead.register()
    return server.client(**server.new_user("Tink"))


@pytest.fixture
def uri(kms: Any) -> str:
    """The URI by which Tink knows a new key."""
    return f"aws-kms://{kms.create_key()['KeyMetadata']['Arn']}"


def under(kms: Any, uri: str) -> aead.Aead:
    """What seals under a key."""
    return awskms.new_client(boto3_client=kms, key_uri=uri).get_aead(uri)


def enveloped(remote: aead.Aead) -> aead.Aead:
    """What seals under data keys, which are sealed under a key."""
    return aead.KmsEnvelopeAead(aead.aead_key_templates.AES256_GCM, remote)


@pytest.mark.parametrize("way", [lambda remote: remote, enveloped], ids=["by the key itself", "in an envelope"])
def test_what_is_sealed_is_opened(kms: Any, uri: str, way: Any) -> None:
    """With the same associated data, and not with others, nor with another key, nor after a change."""
    sealed = way(under(kms, uri)).encrypt(WORDS, PLACE)
    assert way(under(kms, uri)).decrypt(sealed, PLACE) == WORDS
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    other = f"aws-kms://{kms.create_key()['KeyMetadata']['Arn']}"
    for key, blob, place in ((uri, sealed, b"orders/2"), (other, sealed, PLACE), (uri, changed, PLACE)):
        with pytest.raises(tink.TinkError):
            way(under(kms, key)).decrypt(blob, place)


def test_a_large_message_in_an_envelope(kms: Any, uri: str) -> None:
    """An envelope holds what is far beyond what KMS takes."""
    sealed = enveloped(under(kms, uri)).encrypt(WORDS * 1_000_000, PLACE)
    assert enveloped(under(kms, uri)).decrypt(sealed, PLACE) == WORDS * 1_000_000


def test_a_keyset(kms: Any, uri: str) -> None:
    """A keyset that is kept under a key works when it is read back."""
    keyset = tink.new_keyset_handle(aead.aead_key_templates.AES256_GCM_SIV)
    kept = tink.json_proto_keyset_format.serialize_encrypted(keyset, under(kms, uri), PLACE)
    sealed = keyset.primitive(aead.Aead).encrypt(WORDS, b"")
    opened = tink.json_proto_keyset_format.parse_encrypted(kept, under(kms, uri), PLACE)
    assert opened.primitive(aead.Aead).decrypt(sealed, b"") == WORDS
    with pytest.raises(tink.TinkError, match="InvalidCiphertextException"):
        tink.json_proto_keyset_format.parse_encrypted(kept, under(kms, uri), b"elsewhere")


def test_refused(server: Running, kms: Any, uri: str) -> None:
    """A key that is disabled, or that a user may not decrypt with, or that is not the client's, opens nothing."""
    sealed = under(kms, uri).encrypt(WORDS, PLACE)
    half = server.client(**server.new_user("Sealer", DENIES))
    under(half, uri).encrypt(WORDS, PLACE)
    with pytest.raises(tink.TinkError, match="AccessDeniedException"):
        under(half, uri).decrypt(sealed, PLACE)
    kms.disable_key(KeyId=uri.rpartition("/")[2])
    with pytest.raises(tink.TinkError, match="DisabledException"):
        under(kms, uri).decrypt(sealed, PLACE)
    with pytest.raises(tink.TinkError, match="cannot use key"):
        awskms.new_client(boto3_client=kms, key_uri=uri).get_aead(f"aws-kms://arn:aws:kms:us-east-1:{ACCOUNT}:key/1")


def test_its_own_client(server: Running, uri: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The client that makes its own connection finds the server and its credentials, and the Region in the ARN."""
    credentials = server.home / "tink"
    user = server.new_user("Alone")
    credentials.write_text("[default]\n" + "".join(f"{name} = {value}\n" for name, value in user.items()))
    monkeypatch.setenv("AWS_ENDPOINT_URL_KMS", server.url)
    remote = awskms.AwsKmsClient(uri, str(credentials)).get_aead(uri)
    assert remote.decrypt(remote.encrypt(WORDS, PLACE), PLACE) == WORDS
