"""The asymmetric and HMAC keys of the vault: loaded when first used, and kept for as long as the process lives.

What is loaded is kept by material id. An id never leads to other bytes than it did, so that a material's row, which is
looked for at each use, vouches for what was loaded from it before.
"""

import binascii
from collections.abc import Mapping
from typing import Any

from kmscli.crypto import asymmetric
from kmscli.crypto.aead import NotAuthenticError
from kmscli.errors import InvalidCiphertextException, ValidationException
from kmscli.keys.key import Key
from kmscli.keys.material import Material, material_bytes, must_find_material
from kmscli.vault.transaction import Transaction

KEPT_AT_MOST = 256

_private: dict[str, Any] = {}
_public: dict[str, Any] = {}


def private_key(transaction: Transaction, key: Key) -> Any:
    """A key's private key, as `kmscli.crypto.asymmetric` takes it. Raises VaultDamagedError: its material is gone."""
    must_find_material(transaction, key, key.material_id)
    found = _private.get(key.material_id)
    if found is None:
        found = asymmetric.load(key.spec, material_bytes(transaction, key.region, key.material_id))
        _keep(_private, key.material_id, found)
    return found


def public_key(transaction: Transaction, key: Key) -> Any:
    """A key's public key, as `kmscli.crypto.asymmetric` takes it. Raises VaultDamagedError: its material is gone."""
    material = must_find_material(transaction, key, key.material_id)
    found = _public.get(key.material_id)
    if found is None:
        found = asymmetric.load_public(key.spec, _der(material))
        _keep(_public, key.material_id, found)
    return found


def public_key_der(transaction: Transaction, key: Key) -> bytes:
    """A key's public key, DER SubjectPublicKeyInfo. Raises VaultDamagedError: its material is gone."""
    return _der(must_find_material(transaction, key, key.material_id))


def encrypted(
    transaction: Transaction, key: Key, algorithm: str, context: Mapping[str, str] | None, plaintext: bytes
) -> bytes:
    """An RSA ciphertext. Raises ValidationException: a context is given, or the plaintext is too long (2.2, 2.7)."""
    _check_context(context)
    most = asymmetric.maximum_plaintext(key.spec, algorithm)
    if len(plaintext) > most:
        raise ValidationException(
            f"Algorithm {algorithm} and key spec {key.spec} cannot encrypt data larger than {most} bytes."
        )
    return asymmetric.encrypt(public_key(transaction, key), algorithm, plaintext)


def decrypted(
    transaction: Transaction, key: Key, algorithm: str, context: Mapping[str, str] | None, ciphertext: bytes
) -> bytes:
    """The plaintext of an RSA ciphertext.

    Raises InvalidCiphertextException, for every cause alike; ValidationException: a context is given.
    """
    _check_context(context)
    try:
        return asymmetric.decrypt(private_key(transaction, key), algorithm, ciphertext)
    except NotAuthenticError:
        raise InvalidCiphertextException from None


def _check_context(context: Mapping[str, str] | None) -> None:
    """Raises ValidationException: RSA binds a ciphertext to nothing, so a context would promise too much (8.1)."""
    if context:
        raise ValidationException("An encryption context cannot be used with an asymmetric KMS key.")


def _der(material: Material) -> bytes:
    return binascii.a2b_base64(material.public_key)


def _keep(kept: dict[str, Any], material_id: str, loaded: Any) -> None:
    if len(kept) >= KEPT_AT_MOST:
        kept.clear()
    kept[material_id] = loaded
