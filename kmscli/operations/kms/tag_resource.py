"""TagResource."""

from kmscli.keys.key import Key
from kmscli.keys.states import NOT_DELETING
from kmscli.keys.tags import check_quota, checked_tags, set_tags, tags_of
from kmscli.operations.call import Call
from kmscli.operations.members import OwnKeyId, Tags
from kmscli.operations.operation import Target, operation
from kmscli.operations.shapes import Request


class TagResourceRequest(Request):
    """What TagResource is asked."""

    key_id = OwnKeyId().required()
    tags = Tags().required()


@operation(targets=[Target("key_id", states=NOT_DELETING)])
def tag_resource(call: Call, request: TagResourceRequest, key: Key) -> None:
    """Add tags to a KMS key, or change their values."""
    given = checked_tags([(tag.tag_key, tag.tag_value) for tag in request.tags])
    tags = {**tags_of(call.transaction, key), **given}
    check_quota(tags)
    set_tags(call.transaction, key, tags)
