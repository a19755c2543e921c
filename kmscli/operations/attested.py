"""Verifying a caller's attestation document: by AWS's root, or by one that this lab vault was told to trust."""

from kmscli.crypto.attestation import NITRO_ROOT, Attestation, BadDocumentError, verified
from kmscli.errors import ValidationException
from kmscli.keys.attestation_roots import find_root
from kmscli.operations.call import Call

LOCAL_TEST = "local-test"
"""What the trail says of a document under another root than AWS's, so that none passes for an enclave's."""


def attestation_of(call: Call, document: bytes) -> Attestation:
    """What a document says, once it is verified; the call's event names it (14.2). Raises ValidationException."""

    def trusts(root: str) -> bool:
        return root == NITRO_ROOT or find_root(call.transaction, root) is not None

    try:
        attestation = verified(document, call.now, trusts)
    except BadDocumentError as error:
        raise ValidationException(f"The attestation document {error}") from None
    named = {"attestationDocumentModuleId": attestation.module_id}
    if attestation.image_digest:
        named["attestationDocumentEnclaveImageDigest"] = attestation.image_digest
    if attestation.is_local:
        named["attestationDocumentRoot"] = LOCAL_TEST
    call.additional["recipient"] = named
    return attestation
