"""CiphertextForRecipient: CMS EnvelopedData (RFC 5652) as KMS writes it for an attested caller (crypto 5.1).

In BER, with lengths left open at exactly these levels: the parser in AWS's enclave SDK walks header by header and would
swallow a whole element of a stated length. The content is not authenticated beyond what RSA-OAEP does for its key; the
form is AWS's.
"""

import os

from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CBC
from cryptography.hazmat.primitives.hashes import SHA256

from kmscli.crypto import der
from kmscli.crypto.hashing import sha256

_SEQUENCE, _SET, _ZERO, _ZERO_PRIMITIVE = 0x30, 0x31, 0xA0, 0x80
_BLOCK = 16

_ENVELOPED_DATA = bytes.fromhex("06092a864886f70d010703")
_DATA = bytes.fromhex("06092a864886f70d010701")
_AES_256_CBC = bytes.fromhex("060960864801650304012a")
_RSAES_OAEP_SHA_256 = bytes.fromhex(
    "303c 06092a864886f70d010107 302f"
    "a00f 300d 0609608648016503040201 0500"
    "a11c 301a 06092a864886f70d010108 300d 0609608648016503040201 0500"
)
"""RFC 4055: hash and MGF1 with SHA-256 stated, the empty label left out."""


def enveloped(public_key: rsa.RSAPublicKey, key_identifier: bytes, plaintext: bytes) -> bytes:
    """The plaintext for the holder of a private key, whose public key the 32-byte identifier names."""
    key, iv = os.urandom(32), os.urandom(_BLOCK)
    oaep = padding.OAEP(padding.MGF1(SHA256()), SHA256(), label=None)
    recipient = der.sequence(
        der.integer(2),
        der.element(_ZERO_PRIMITIVE, key_identifier),
        _RSAES_OAEP_SHA_256,
        der.octet_string(public_key.encrypt(key, oaep)),
    )
    content = _open(
        _SEQUENCE,
        _DATA,
        der.sequence(_AES_256_CBC, der.octet_string(iv)),
        _open(_ZERO, der.octet_string(_cbc(key, iv, plaintext))),
    )
    data = _open(_SEQUENCE, der.integer(2), der.element(_SET, recipient), content)
    return _open(_SEQUENCE, _ENVELOPED_DATA, _open(_ZERO, data))


def key_identifier(spki: bytes) -> bytes:
    """How a recipient's key is named: KMS writes 32 bytes, which its SDK does not look at."""
    return sha256(spki)


def _open(tag: int, *elements: bytes) -> bytes:
    """An element whose length is left open: its end-of-contents ends it."""
    return bytes((tag, 0x80)) + b"".join(elements) + b"\0\0"


def _cbc(key: bytes, iv: bytes, plaintext: bytes) -> bytes:
    """AES-256-CBC with PKCS#7 padding."""
    missing = _BLOCK - len(plaintext) % _BLOCK
    encryptor = Cipher(AES256(key), CBC(iv)).encryptor()
    return encryptor.update(plaintext + bytes([missing]) * missing) + encryptor.finalize()
