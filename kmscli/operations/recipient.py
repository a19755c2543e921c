"""The Recipient member, of callers with an attestation document."""

from kmscli.errors import UnsupportedOperationException
from kmscli.operations.members import RecipientInfo


def refuse_recipient(recipient: RecipientInfo | None) -> None:
    """Raises UnsupportedOperationException: this kmscli encrypts for no attested recipient."""
    if recipient is not None:
        raise UnsupportedOperationException("This kmscli takes no attestation documents.")
