"""The one way in which kmscli seals anything: AES-256-GCM under a key derived for that message, with key commitment.

Layout: N 16 ‖ C 32 ‖ IV 12 ‖ ciphertext ‖ tag 16, where N is random, and 64 bytes derived from (key, N, associated
data) are the cipher key and the commitment C. So there is no counter to keep and no number of messages to fear, and
a sealed value opens under one key only (reference, crypto 1.5 and 1.6).
"""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from kmscli.crypto.derivation import message_key
from kmscli.crypto.hashing import same, sha256

OVERHEAD = 16 + 32 + 12 + 16


class NotAuthenticError(Exception):
    """The sealed bytes, or what they are bound to, are not what was sealed."""


def _check_length(key: bytes) -> None:
    """The derivation would take a key of any length, an empty one too. Raises ValueError, which does not hold it."""
    if len(key) != 32:
        raise ValueError("a sealing key has 32 bytes")


def seal(key: bytes, label: bytes, plaintext: bytes, before: bytes, after: bytes = b"") -> bytes:
    """Seal under a 32-byte key, bound to `before ‖ N ‖ after`. `label` names the purpose."""
    _check_length(key)
    random = os.urandom(28)
    nonce, iv = random[:16], random[16:]
    associated = before + nonce + after
    derived = message_key(key, label, nonce + sha256(associated))
    commitment = derived[32:]
    sealed = AESGCM(derived[:32]).encrypt(iv, plaintext, associated + commitment)
    return nonce + commitment + iv + sealed


def unseal(key: bytes, label: bytes, sealed: bytes, before: bytes, after: bytes = b"") -> bytes:
    """The plaintext. Raises NotAuthenticError, for every cause alike."""
    _check_length(key)
    if len(sealed) < OVERHEAD:
        raise NotAuthenticError
    nonce, commitment, iv = sealed[:16], sealed[16:48], sealed[48:60]
    associated = before + nonce + after
    derived = message_key(key, label, nonce + sha256(associated))
    if not same(derived[32:], commitment):
        raise NotAuthenticError
    try:
        return AESGCM(derived[:32]).decrypt(iv, sealed[60:], associated + commitment)
    except InvalidTag:
        raise NotAuthenticError from None
