"""VerifyMac."""

from kmscli.crypto.mac import InvalidMacError, check_mac
from kmscli.errors import KMSInvalidMacException
from kmscli.keys.key import Key
from kmscli.keys.material import material_bytes
from kmscli.keys.specs import GENERATE_VERIFY_MAC, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.operations.algorithm_members import MacAlgorithm, Message
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.members import CiphertextBlob, DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class VerifyMacRequest(Request):
    """What VerifyMac is asked."""

    message = Message("What was authenticated.").required()
    key_id = KeyId().required()
    mac_algorithm = MacAlgorithm().required()
    mac = CiphertextBlob("The message authentication code.").required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class VerifyMacResponse(Response):
    """What VerifyMac answers."""

    key_id = String(1, 2048)
    mac_valid = Boolean()
    mac_algorithm = MacAlgorithm()


@operation(targets=[Target("key_id", aliases=True, usage=GENERATE_VERIFY_MAC, states=USABLE)], read_only=True)
def verify_mac(call: Call, request: VerifyMacRequest, key: Key) -> VerifyMacResponse:
    """Check a message authentication code (HMAC) that generate-mac made under a KMS key.

    A code that is not valid is an error, KMSInvalidMacException.
    """
    algorithm = request.mac_algorithm
    check_algorithm(algorithm, key.spec, GENERATE_VERIFY_MAC)
    secret = material_bytes(call.transaction, key.region, key.material_id)
    try:
        check_mac(algorithm, secret, request.message, request.mac)
    except InvalidMacError:
        raise KMSInvalidMacException from None
    return VerifyMacResponse(key_id=key.arn, mac_valid=True, mac_algorithm=algorithm)
