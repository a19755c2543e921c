"""CancelKeyDeletion."""

from kmscli.keys.key import Key, save_key
from kmscli.keys.states import DELETING, DISABLED, PENDING_IMPORT
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request, Response


class CancelKeyDeletionRequest(Request):
    """What CancelKeyDeletion is asked."""

    key_id = OwnKeyId().required()


class CancelKeyDeletionResponse(Response):
    """What CancelKeyDeletion answers."""

    key_id = String(1, 2048)


@operation(targets=[Target("key_id", states=DELETING)], logs="response")
def cancel_key_deletion(call: Call, request: CancelKeyDeletionRequest, key: Key) -> CancelKeyDeletionResponse:
    """Keep a KMS key that is pending deletion. It is disabled afterwards: enable-key makes it usable again."""
    state = PENDING_IMPORT if key.lacks_material else DISABLED
    save_key(call.transaction, key.changed(state=state, deletion=None, deletion_window=None))
    return CancelKeyDeletionResponse(key_id=key.arn)
