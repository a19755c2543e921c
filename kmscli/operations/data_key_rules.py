"""How long a data key is (reference, kms-semantics 8.4)."""

from kmscli.errors import ValidationException

DATA_KEY_SPECS = ("AES_256", "AES_128")
_LENGTHS = {"AES_256": 32, "AES_128": 16}


def number_or_spec(number: int | None, spec: str | None) -> None:
    """Raises ValidationException: neither, or both."""
    if (number is None) == (spec is None):
        raise ValidationException("Please specify either number of bytes or key spec.")


def length_of(number: int | None, spec: str | None) -> int:
    """The length in bytes."""
    return _LENGTHS[spec] if spec else number or 0
