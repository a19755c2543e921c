"""UntagResource."""

from kmscli.keys.key import Key
from kmscli.keys.states import NOT_DELETING
from kmscli.keys.tags import set_tags, tags_of
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.members import OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import List, Request


class UntagResourceRequest(Request):
    """What UntagResource is asked."""

    key_id = OwnKeyId().required()
    tag_keys = List(String(1, 128), help="The tags to remove, by their keys.").feeds("aws:TagKeys").required()


@operation(targets=[Target("key_id", states=NOT_DELETING)])
def untag_resource(call: Call, request: UntagResourceRequest, key: Key) -> None:
    """Remove tags from a KMS key."""
    tags = tags_of(call.transaction, key)
    kept = {name: value for name, value in tags.items() if name not in request.tag_keys}
    if kept != tags:
        set_tags(call.transaction, key, kept)
