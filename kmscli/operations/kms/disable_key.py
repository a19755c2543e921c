"""DisableKey."""

from kmscli.keys.key import Key, save_key
from kmscli.keys.states import DISABLED, SWITCHABLE
from kmscli.operations.call import Call
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class DisableKeyRequest(Request):
    """What DisableKey is asked."""

    key_id = OwnKeyId().required()


@operation(targets=[Target("key_id", states=SWITCHABLE)], logs="key")
def disable_key(call: Call, request: DisableKeyRequest, key: Key) -> None:
    """Disable a KMS key: nothing can be encrypted or decrypted with it until it is enabled again."""
    save_key(call.transaction, key.changed(state=DISABLED))
