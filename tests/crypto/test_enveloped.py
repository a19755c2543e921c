"""CiphertextForRecipient: byte for byte as KMS has it, and readable by whoever reads CMS."""

import subprocess
from pathlib import Path

import pytest
from asn1crypto import cms
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from hypothesis import given
from hypothesis import strategies as st

from kmscli.crypto.enveloped import enveloped, key_identifier
from kmscli.crypto.enveloped_reading import NotForThisKeyError, opened
from kmscli.crypto.hashing import sha256
from tests.crypto.documents import RECIPIENT, spki

OTHER = rsa.generate_private_key(65537, 2048)
IDENTIFIER = key_identifier(spki(RECIPIENT.public_key()))


def for_recipient(plaintext: bytes, key: rsa.RSAPrivateKey = RECIPIENT) -> bytes:
    """An answer for a recipient."""
    return enveloped(key.public_key(), IDENTIFIER, plaintext)


def test_the_skeleton_is_that_of_a_real_answer() -> None:
    """For 32 bytes under RSA-2048 there are 493 bytes, with lengths left open exactly where KMS leaves them (5.1)."""
    answer = for_recipient(bytes(32))
    assert len(answer) == 493
    assert answer[:31] == bytes.fromhex("3080 06092a864886f70d010703 a080 3080 020102 3182016b 30820167 020102")
    assert answer[31:33] == bytes.fromhex("8020")
    assert answer[33:65] == IDENTIFIER == sha256(spki(RECIPIENT.public_key()))
    assert answer[65:131] == bytes.fromhex(
        "303c 06092a864886f70d010107 302f a00f 300d 0609608648016503040201 0500"
        "a11c 301a 06092a864886f70d010108 300d 0609608648016503040201 0500 04820100"
    )
    assert answer[387:415] == bytes.fromhex("3080 06092a864886f70d010701 301d 060960864801650304012a 0410")
    assert answer[431:435] == bytes.fromhex("a080 0430")
    assert answer[483:] == bytes(10)


def test_asn1crypto_reads_it() -> None:
    """A reader of CMS that is not ours finds what was stated."""
    info = cms.ContentInfo.load(for_recipient(b"secret"), strict=True)
    data = info["content"]
    [recipient] = data["recipient_infos"]
    assert (info["content_type"].native, data["version"].native) == ("enveloped_data", "v2")
    assert recipient.chosen["rid"].chosen.native == IDENTIFIER
    algorithm = recipient.chosen["key_encryption_algorithm"]
    assert algorithm["algorithm"].native == "rsaes_oaep"
    assert algorithm["parameters"]["hash_algorithm"]["algorithm"].native == "sha256"
    assert algorithm["parameters"]["mask_gen_algorithm"]["parameters"]["algorithm"].native == "sha256"
    content = data["encrypted_content_info"]
    assert content["content_encryption_algorithm"].encryption_cipher == "aes"
    assert content["content_encryption_algorithm"].key_length == 32


@pytest.mark.parametrize("bits", [2048, 3072, 4096])
def test_openssl_opens_it(bits: int, tmp_path: Path) -> None:
    """`openssl cms -decrypt` finds the plaintext, for recipients of all three sizes."""
    key = rsa.generate_private_key(65537, bits)
    pem = tmp_path / "key.pem"
    pem.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    words = ["openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-inkey", str(pem)]
    found = subprocess.run(words, input=for_recipient(b"\0secret\r\n", key), capture_output=True, check=True)
    assert found.stdout == b"\0secret\r\n"


@given(st.binary(max_size=2600))
def test_whoever_it_is_for_opens_it(plaintext: bytes) -> None:
    """Any plaintext comes back, from the recipient's key alone, and no two answers are the same."""
    answer = for_recipient(plaintext)
    assert opened(RECIPIENT, answer) == plaintext
    assert answer != for_recipient(plaintext)


def test_another_key_does_not_open_it() -> None:
    """An answer for another recipient is refused."""
    with pytest.raises(NotForThisKeyError):
        opened(OTHER, for_recipient(b"secret"))


def test_a_primitive_content_is_read_too() -> None:
    """The second form in the wild, with the content in one piece of stated length, is read as well (5.1)."""
    answer = for_recipient(b"secret")
    start = answer.index(bytes.fromhex("a0800410"))
    primitive = answer[:start] + bytes.fromhex("8010") + answer[start + 4 : start + 20] + bytes(8)
    assert opened(RECIPIENT, primitive) == b"secret"


@given(st.binary(max_size=300))
def test_what_is_no_answer_is_refused(content: bytes) -> None:
    """Bytes that are no EnvelopedData are refused, whatever they are."""
    with pytest.raises(NotForThisKeyError):
        opened(RECIPIENT, content)


@given(st.integers(0, 400), st.integers(1, 255))
def test_a_changed_answer_does_no_harm(position: int, change: int) -> None:
    """An answer with one byte changed before its content is refused, or read as it was where the byte says nothing."""
    answer = bytearray(for_recipient(bytes(32)))
    answer[position] ^= change
    try:
        assert opened(RECIPIENT, bytes(answer)) == bytes(32)
    except NotForThisKeyError:
        return
