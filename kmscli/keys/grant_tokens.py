"""Grant tokens: what CreateGrant gives out beside the id, another each time, all for the same grant (reference 7.4).

A token is BASE64(1 ‖ 16 random bytes ‖ grant id ‖ MAC). It holds nothing that would have to be hidden, and so it is
not sealed: a MAC lasts as long as the grant does, over every rekeying of the vault.
"""

import binascii
import os

from kmscli.crypto.hashing import same
from kmscli.errors import InvalidGrantTokenException
from kmscli.vault.keyring import Keyring

_FORMAT = b"\x01"
_LENGTH = 1 + 16 + 32
"""Bytes before the MAC."""


def grant_token(keyring: Keyring, grant_id: str) -> str:
    """A new token of a grant."""
    content = _FORMAT + os.urandom(16) + bytes.fromhex(grant_id)
    return binascii.b2a_base64(content + _mac(keyring, content), newline=False).decode()


def granted_by(keyring: Keyring, token: str) -> str:
    """The id of a token's grant, which may be gone. Raises InvalidGrantTokenException: the vault gave no such token."""
    try:
        raw = binascii.a2b_base64(token.encode(), strict_mode=True)
    except ValueError:
        raw = b""
    content, mac = raw[:_LENGTH], raw[_LENGTH:]
    if not same(mac, _mac(keyring, content)):
        raise InvalidGrantTokenException("The request was rejected because the specified grant token is not valid.")
    return content[17:].hex()


def _mac(keyring: Keyring, content: bytes) -> bytes:
    return keyring.mac("grant token", content)
