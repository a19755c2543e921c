"""The ciphertext blob of a symmetric KMS key: a clear header that names the key material, then a sealed message.

Header, 40 bytes: magic `kms` 3 ‖ layout version 1 ‖ kind 1 ‖ suite 1 ‖ zero 2 ‖ key material id 32. The header and the
canonical encryption context are associated data. No key id, account or Region: the material id resolves to them, and
replicas share it (reference, crypto 1.7). A blob made by AWS begins otherwise and is refused.
"""

from collections.abc import Mapping

from kmscli.crypto.aead import OVERHEAD, NotAuthenticError, seal, unseal
from kmscli.crypto.encryption_context import canonical

_HEADER = b"kms\x01\x01\x01\0\0"
_LABEL = b"kmscli.enc.v1"
HEADER_LENGTH = 40


def encrypt(material: bytes, material_id: bytes, context: Mapping[str, str], plaintext: bytes) -> bytes:
    """The blob of a plaintext under 32 bytes of key material with a 32-byte id."""
    header = _HEADER + material_id
    return header + seal(material, _LABEL, plaintext, header, canonical(context))


def material_id_of(blob: bytes) -> bytes:
    """The id of the key material that a blob names. Raises NotAuthenticError: not a blob of ours."""
    if len(blob) < HEADER_LENGTH + OVERHEAD or not blob.startswith(_HEADER):
        raise NotAuthenticError
    return blob[8:HEADER_LENGTH]


def decrypt(material: bytes, context: Mapping[str, str], blob: bytes) -> bytes:
    """The plaintext. Raises NotAuthenticError: altered, another context, or another key."""
    try:
        bound_to = canonical(context)
    except ValueError:
        raise NotAuthenticError from None
    return unseal(material, _LABEL, blob[HEADER_LENGTH:], blob[:HEADER_LENGTH], bound_to)
