"""What Decrypt and ReEncrypt ask of a ciphertext, and of a dry run without one (kms-semantics 8.2 and 8.6)."""

from kmscli.errors import InvalidCiphertextException, ValidationException
from kmscli.keys.specs import SYMMETRIC_DEFAULT


def check_ciphertext(
    blob: bytes | None, key_id: str | None, algorithm: str, *, dry_run: bool | None, modifiers: list[str] | None
) -> None:
    """Raises ValidationException: no ciphertext, unless a dry run says that there need be none and a key is named;
    or modifiers without a dry run. InvalidCiphertextException: an asymmetric one, which names no key by itself.
    """
    if modifiers and not dry_run:
        raise ValidationException("DryRunModifiers can only be specified when DryRun is true.")
    if blob is None and not (modifiers and key_id):
        raise ValidationException(
            "1 validation error detected: Value null at 'ciphertextBlob' failed to satisfy constraint: "
            "Member must not be null"
        )
    if algorithm != SYMMETRIC_DEFAULT and key_id is None:
        raise InvalidCiphertextException
