"""Import tokens: what GetParametersForImport gives out beside a wrapping public key (reference, crypto 4.3).

A token is a sealed box that holds the wrapping private key, what it is for and until when it is good, so that nothing
is kept in the vault, and a token and its public key cannot be parted. It is sealed under the vault's newest term: it
lasts over a rekeying, and not over a purge, which forgets that term.
"""

import json

from kmscli.clock import DAY
from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import ExpiredImportTokenException, InvalidImportTokenException
from kmscli.keys.key import Key
from kmscli.vault.keyring import Keyring, RekeyedError
from kmscli.vault.rows import packed, unpacked

LIFETIME = DAY
"""How long a token is good for, in seconds."""
_PURPOSE = "import token"
_FORMAT = b"\x01"


class ImportToken:
    """What a token holds: the wrapping key's secret, which it does not show, and how to unwrap with it."""

    def __init__(self, secret: bytes, algorithm: str) -> None:
        self.secret = secret
        self.algorithm = algorithm

    def __repr__(self) -> str:
        return f"ImportToken({self.algorithm})"


def import_token(keyring: Keyring, key: Key, token: ImportToken, valid_to: float) -> bytes:
    """A token for a key, sealed, good until a moment."""
    content = json.dumps({"key": key.arn, "algorithm": token.algorithm, "valid_to": valid_to}).encode()
    return keyring.seal_value(_PURPOSE, packed(content, token.secret), _FORMAT)


def opened_token(keyring: Keyring, key: Key, sealed: bytes, now: float) -> ImportToken:
    """What a token for a key holds.

    Raises InvalidImportTokenException: another key's, or none of this vault's. ExpiredImportTokenException.
    """
    try:
        content, secret = unpacked(keyring.unseal_value(_PURPOSE, sealed, _FORMAT))
    except (NotAuthenticError, RekeyedError):
        raise _invalid() from None
    said = json.loads(content)
    if said["key"] != key.arn:
        raise _invalid()
    if now >= said["valid_to"]:
        raise ExpiredImportTokenException("The request was rejected because the specified import token is expired.")
    return ImportToken(secret, said["algorithm"])


def _invalid() -> InvalidImportTokenException:
    return InvalidImportTokenException("The request was rejected because the specified import token is not valid.")
