"""UntagUser."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, TagKeys
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_tags import remove_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class UntagUserRequest(Request):
    """What UntagUser is asked."""

    user_name = ExistingUserName().required()
    tag_keys = TagKeys().required()


@operation()
def untag_user(call: Call, request: UntagUserRequest) -> None:
    """Remove tags from a user."""
    remove_tags(call, user_named(call, request.user_name), request.tag_keys)
