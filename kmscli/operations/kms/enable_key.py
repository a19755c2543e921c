"""EnableKey."""

from kmscli.keys.key import Key, save_key
from kmscli.keys.rotation import AUTOMATIC, rotate
from kmscli.keys.states import ENABLED, SWITCHABLE
from kmscli.operations.call import Call
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class EnableKeyRequest(Request):
    """What EnableKey is asked."""

    key_id = OwnKeyId().required()


@operation(targets=[Target("key_id", states=SWITCHABLE)], logs="key")
def enable_key(call: Call, request: EnableKeyRequest, key: Key) -> None:
    """Enable a KMS key, so that it can be used again. A rotation that fell due meanwhile happens now."""
    enabled = key.changed(state=ENABLED)
    if not enabled.is_due(call.now, call.held):
        save_key(call.transaction, enabled)
        return
    call.happened += rotate(call.transaction, enabled, call.now, AUTOMATIC)
