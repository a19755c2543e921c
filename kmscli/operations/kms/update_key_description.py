"""UpdateKeyDescription."""

from kmscli.keys.key import Key, save_key
from kmscli.keys.states import NOT_DELETING
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class UpdateKeyDescriptionRequest(Request):
    """What UpdateKeyDescription is asked."""

    key_id = OwnKeyId().required()
    description = String(0, 8192, help="The new description; may be empty. Not secret.").required()


@operation(targets=[Target("key_id", states=NOT_DELETING)], logs="key")
def update_key_description(call: Call, request: UpdateKeyDescriptionRequest, key: Key) -> None:
    """Change the description of a KMS key."""
    save_key(call.transaction, key.changed(description=request.description))
