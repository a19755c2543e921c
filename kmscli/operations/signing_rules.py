"""What Sign and Verify ask of a message and its algorithm (reference, kms-semantics 2.3, 2.7)."""

from kmscli.crypto.asymmetric import WrongDigestLengthError, WrongMessageTypeError, check_message
from kmscli.errors import ValidationException
from kmscli.keys.specs import SIGN_VERIFY, check_algorithm


def check_signing(spec: str, algorithm: str, message_type: str, message: bytes) -> None:
    """Raises InvalidKeyUsageException: not the spec's algorithm. ValidationException: not a message for it."""
    check_algorithm(algorithm, spec, SIGN_VERIFY)
    try:
        check_message(algorithm, message_type, message)
    except WrongMessageTypeError:
        raise ValidationException(f"MessageType {message_type} is not valid for algorithm {algorithm}.") from None
    except WrongDigestLengthError:
        raise ValidationException(f"Digest is invalid length for algorithm {algorithm}.") from None
