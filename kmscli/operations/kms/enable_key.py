"""EnableKey."""

from kmscli.keys.key import Key, save_key
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
    """Enable a KMS key, so that it can be used again."""
    save_key(call.transaction, key.changed(state=ENABLED))
