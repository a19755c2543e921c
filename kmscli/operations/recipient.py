"""The Recipient member: the answer's secret is encrypted for a caller who has an attestation document (8.5).

What that takes is imported for calls that have one, and for no other.
"""

from typing import TYPE_CHECKING, TypeVar

from kmscli.errors import ValidationException
from kmscli.operations.call import Call
from kmscli.operations.members import RecipientInfo
from kmscli.operations.shapes import Response

if TYPE_CHECKING:
    from kmscli.crypto.attestation import Attestation
    from kmscli.operations.fields import Field

R = TypeVar("R", bound=Response)


def check_recipient(recipient: RecipientInfo | None) -> None:
    """Raises ValidationException: a recipient without a document, or without the algorithm."""
    if recipient is None:
        return
    for member in (RecipientInfo.key_encryption_algorithm, RecipientInfo.attestation_document):
        if recipient.__dict__.get(member.name) is None:
            raise ValidationException(
                f"1 validation error detected: Value null at 'recipient.{member.path}' failed to satisfy constraint: "
                "Member must not be null"
            )


def attested(call: Call, recipient: RecipientInfo | None) -> "Attestation | None":
    """What the recipient's document says, verified; None without a recipient. The event names it.

    Raises ValidationException: the document does not verify now.
    """
    if recipient is None:
        return None
    from kmscli.operations.attested import attestation_of

    return attestation_of(call, recipient.attestation_document or b"")


def answered(response: R, secret: "Field[bytes]", attestation: "Attestation | None") -> R:
    """The response; for a recipient with its secret member encrypted for him, and no key material's id."""
    if attestation is None:
        return response
    from kmscli.crypto.enveloped import enveloped, key_identifier

    members = response.__dict__
    plaintext = members.pop(secret.name)
    members.pop("key_material_id", None)
    identifier = key_identifier(attestation.spki)
    members["ciphertext_for_recipient"] = enveloped(attestation.public_key, identifier, plaintext)
    return response
