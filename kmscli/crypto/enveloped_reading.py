"""Opens what `enveloped` writes, with the recipient's private key: for `kmscli lab`, since AWS leaves it to its SDK."""

from typing import Any

from asn1crypto.cms import ContentInfo
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.padding import PKCS7

_MALFORMED = (ValueError, TypeError, KeyError, IndexError, OverflowError, RecursionError)


class NotForThisKeyError(Exception):
    """It is no EnvelopedData of this form, or of another recipient."""


def opened(private_key: rsa.RSAPrivateKey, blob: bytes) -> bytes:
    """The plaintext. Raises NotForThisKeyError."""
    oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), label=None)
    try:
        data = _enveloped_data(blob)
        encrypted = data["encrypted_content_info"]
        key = private_key.decrypt(data["recipient_infos"][0].chosen["encrypted_key"].native, oaep)
        iv = encrypted["content_encryption_algorithm"]["parameters"].native
        decryptor = Cipher(AES256(key), CBC(iv)).decryptor()
        padded = decryptor.update(encrypted["encrypted_content"].native) + decryptor.finalize()
        unpadder = PKCS7(AES256.block_size).unpadder()
        return unpadder.update(padded) + unpadder.finalize()
    except _MALFORMED:
        raise NotForThisKeyError from None


def _enveloped_data(blob: bytes) -> Any:
    info = ContentInfo.load(blob, strict=True)
    if info["content_type"].native != "enveloped_data":
        raise ValueError("no EnvelopedData")
    return info["content"]
