"""GenerateMac."""

from kmscli.crypto.mac import mac
from kmscli.keys.key import Key
from kmscli.keys.material import material_bytes
from kmscli.keys.specs import GENERATE_VERIFY_MAC, check_algorithm
from kmscli.keys.states import USABLE
from kmscli.operations.algorithm_members import MacAlgorithm, Message
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class GenerateMacRequest(Request):
    """What GenerateMac is asked."""

    message = Message("What to authenticate: up to 4,096 bytes.").required()
    key_id = KeyId().required()
    mac_algorithm = MacAlgorithm().required()
    grant_tokens = GrantTokens()
    dry_run = DryRun()


class GenerateMacResponse(Response):
    """What GenerateMac answers."""

    mac = Blob(1, 6144)
    mac_algorithm = MacAlgorithm()
    key_id = String(1, 2048)


@operation(targets=[Target("key_id", aliases=True, usage=GENERATE_VERIFY_MAC, states=USABLE)], read_only=True)
def generate_mac(call: Call, request: GenerateMacRequest, key: Key) -> GenerateMacResponse:
    """Make a message authentication code (HMAC) of a message under a KMS key.

    The same message has the same code under the same key: verify-mac checks one.
    """
    algorithm = request.mac_algorithm
    check_algorithm(algorithm, key.spec, GENERATE_VERIFY_MAC)
    secret = material_bytes(call.transaction, key.region, key.material_id)
    return GenerateMacResponse(mac=mac(algorithm, secret, request.message), mac_algorithm=algorithm, key_id=key.arn)
