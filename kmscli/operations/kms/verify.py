"""Verify."""

from kmscli.crypto import asymmetric
from kmscli.errors import KMSInvalidSignatureException
from kmscli.keys.key import Key
from kmscli.keys.specs import SIGN_VERIFY
from kmscli.keys.states import USABLE
from kmscli.keystores.key_pairs import public_key
from kmscli.operations.algorithm_members import Message, MessageType, SigningAlgorithm
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.members import CiphertextBlob, DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response
from kmscli.operations.signing_rules import check_signing


class VerifyRequest(Request):
    """What Verify is asked."""

    key_id = KeyId().required()
    message = Message("What was signed, or its hash.").required()
    message_type = MessageType().default("RAW")
    signature = CiphertextBlob("The signature.").required()
    signing_algorithm = SigningAlgorithm().required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class VerifyResponse(Response):
    """What Verify answers."""

    key_id = String(1, 2048)
    signature_valid = Boolean()
    signing_algorithm = SigningAlgorithm()


@operation(targets=[Target("key_id", aliases=True, usage=SIGN_VERIFY, states=USABLE)], read_only=True)
def verify(call: Call, request: VerifyRequest, key: Key) -> VerifyResponse:
    """Verify a signature with the public key of a KMS key.

    A signature that is not valid is an error, KMSInvalidSignatureException.
    """
    algorithm, message_type = request.signing_algorithm, request.message_type
    check_signing(key.spec, algorithm, message_type, request.message)
    public = public_key(call.transaction, key)
    try:
        asymmetric.verify(public, algorithm, message_type, request.message, request.signature)
    except asymmetric.InvalidSignatureError:
        raise KMSInvalidSignatureException from None
    return VerifyResponse(key_id=key.arn, signature_valid=True, signing_algorithm=algorithm)
