"""How long a data key is (reference, kms-semantics 8.4)."""

from typing import ClassVar

from kmscli.errors import ValidationException
from kmscli.operations.shapes import Request

DATA_KEY_SPECS = ("AES_256", "AES_128")
_LENGTHS = {"AES_256": 32, "AES_128": 16}


class DataKeyRequest(Request):
    """A request for a data key, which is always encrypted in the one way (reference 6.4)."""

    fixed_conditions: ClassVar = {"kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT"}


def number_or_spec(number: int | None, spec: str | None) -> None:
    """Raises ValidationException: neither, or both."""
    if (number is None) == (spec is None):
        raise ValidationException("Please specify either number of bytes or key spec.")


def length_of(number: int | None, spec: str | None) -> int:
    """The length in bytes."""
    return _LENGTHS[spec] if spec else number or 0
