"""Sign."""

from kmscli.crypto import asymmetric
from kmscli.keys.key import Key
from kmscli.keys.specs import SIGN_VERIFY
from kmscli.keys.states import USABLE
from kmscli.keystores.key_pairs import private_key
from kmscli.operations.algorithm_members import Message, MessageType, SigningAlgorithm
from kmscli.operations.call import Call
from kmscli.operations.fields import Blob, String
from kmscli.operations.members import DryRun, GrantTokens, KeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response
from kmscli.operations.signing_rules import check_signing


class SignRequest(Request):
    """What Sign is asked."""

    key_id = KeyId().required()
    message = Message("What to sign: up to 4,096 bytes, or the hash of more.").required()
    message_type = MessageType().default("RAW")
    grant_tokens = GrantTokens()
    signing_algorithm = SigningAlgorithm().required()
    dry_run = DryRun()


class SignResponse(Response):
    """What Sign answers."""

    key_id = String(1, 2048)
    signature = Blob(1, 6144)
    signing_algorithm = SigningAlgorithm()


@operation(
    targets=[Target("key_id", aliases=True, usage=SIGN_VERIFY, states=USABLE)],
    read_only=True,
    lengthy="signing_algorithm",
)
def sign(call: Call, request: SignRequest, key: Key) -> SignResponse:
    """Sign a message with the private key of a KMS key.

    Anyone with the public key can verify the signature. A message of more than 4,096 bytes is hashed first, and the
    hash signed with --message-type DIGEST.
    """
    algorithm, message_type = request.signing_algorithm, request.message_type
    check_signing(key.spec, algorithm, message_type, request.message)
    private = private_key(call.transaction, key)
    signature = call.once(
        f"signature by {key.material_id}", lambda: asymmetric.sign(private, algorithm, message_type, request.message)
    )
    return SignResponse(key_id=key.arn, signature=signature, signing_algorithm=algorithm)
