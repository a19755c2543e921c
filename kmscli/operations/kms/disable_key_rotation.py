"""DisableKeyRotation."""

from kmscli.keys.key import Key
from kmscli.keys.multi_region import save_shared, synchronized
from kmscli.keys.rotation import check_rotates
from kmscli.keys.states import USABLE
from kmscli.operations.call import Call
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class DisableKeyRotationRequest(Request):
    """What DisableKeyRotation is asked."""

    key_id = OwnKeyId().required()


@operation(targets=[Target("key_id", suits=check_rotates, states=USABLE)], logs="key")
def disable_key_rotation(call: Call, request: DisableKeyRotationRequest, key: Key) -> None:
    """Stop rotating a KMS key's material by itself. What was encrypted goes on decrypting."""
    save_shared(call.transaction, key, rotation=None)
    call.happened += synchronized(key, call.now)
