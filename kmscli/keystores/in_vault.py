"""Key material that lives in the vault: encryption and decryption under a KMS key.

Symmetric keys are here; what the others need is in `key_pairs`, which only their calls import.
"""

import os
from collections.abc import Callable, Mapping

from kmscli.crypto import ciphertext_blob
from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import IncorrectKeyException, InvalidCiphertextException, ValidationException
from kmscli.keys.key import Key
from kmscli.keys.material import find_material, material_bytes, must_find_material
from kmscli.keys.specs import SYMMETRIC_DEFAULT
from kmscli.vault.transaction import Transaction


class Decrypted:
    """A plaintext, and the material that it was encrypted with, if that was symmetric. Does not show the plaintext."""

    def __init__(self, plaintext: bytes, material_id: str | None) -> None:
        self.plaintext = plaintext
        self.material_id = material_id

    def __repr__(self) -> str:
        return f"Decrypted({self.material_id})"


def encrypted(
    transaction: Transaction, key: Key, algorithm: str, context: Mapping[str, str] | None, plaintext: bytes
) -> bytes:
    """A ciphertext under a key's current material. `algorithm` is one of the key's.

    Raises ValidationException: the context is too long, or the key is RSA and a context is given or the plaintext is
    too long for it.
    """
    if key.spec != SYMMETRIC_DEFAULT:
        from kmscli.keystores import key_pairs

        return key_pairs.encrypted(transaction, key, algorithm, context, plaintext)
    material = material_bytes(transaction, key.region, key.material_id)
    try:
        return ciphertext_blob.encrypt(material, bytes.fromhex(key.material_id), context or {}, plaintext)
    except ValueError:
        raise ValidationException("The encryption context is longer than 8192 bytes, or not valid Unicode.") from None


def decrypted(
    transaction: Transaction,
    key: Key,
    algorithm: str,
    context: Mapping[str, str] | None,
    blob: bytes,
    *,
    once: Callable[[str, Callable[[], bytes]], bytes],
) -> Decrypted:
    """What a key's ciphertext holds, whichever of its materials made it (reference, crypto 1.9).

    `once`: keeps what takes long for the next attempt at the call, by a name (see `Call.once`).
    Raises IncorrectKeyException: another key's. InvalidCiphertextException: altered, or another context.
    ValidationException: the key is RSA and a context is given.
    """
    if key.spec != SYMMETRIC_DEFAULT:
        from kmscli.keystores import key_pairs

        must_find_material(transaction, key, key.material_id)
        plaintext = once(
            f"plaintext by {key.material_id}",
            lambda: key_pairs.decrypted(transaction, key, algorithm, context, blob),
        )
        return Decrypted(plaintext, None)
    try:
        material_id = ciphertext_blob.material_id_of(blob).hex()
    except NotAuthenticError:
        raise InvalidCiphertextException from None
    material = find_material(transaction, key.region, material_id)
    if material is None or (material.account, material.key_id) != (key.account, key.key_id):
        raise IncorrectKeyException(
            "The key ID in the request does not identify a CMK that can perform this operation."
        )
    try:
        opened = ciphertext_blob.decrypt(material_bytes(transaction, key.region, material_id), context or {}, blob)
    except NotAuthenticError:
        raise InvalidCiphertextException from None
    return Decrypted(opened, material_id)


def new_data_key(
    transaction: Transaction, key: Key, context: Mapping[str, str] | None, length: int
) -> tuple[bytes, bytes]:
    """A data key of some bytes, and its ciphertext blob."""
    plaintext = os.urandom(length)
    return plaintext, encrypted(transaction, key, SYMMETRIC_DEFAULT, context, plaintext)
