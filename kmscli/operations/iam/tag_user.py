"""TagUser."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, Tags
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_tags import add_tags
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class TagUserRequest(Request):
    """What TagUser is asked."""

    user_name = ExistingUserName().required()
    tags = Tags().required()


@operation()
def tag_user(call: Call, request: TagUserRequest) -> None:
    """Add tags to a user, or change their values."""
    add_tags(call, user_named(call, request.user_name), request.tags)
