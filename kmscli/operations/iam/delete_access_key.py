"""DeleteAccessKey."""

from kmscli.identities.access_keys import remove_access_key
from kmscli.operations.access_keys import key_of
from kmscli.operations.call import Call
from kmscli.operations.identity_members import AccessKeyId, ExistingUserName
from kmscli.operations.identity_named import user_or_self
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteAccessKeyRequest(Request):
    """What DeleteAccessKey is asked."""

    user_name = ExistingUserName("The user, by name. By default the one who calls.")
    access_key_id = AccessKeyId().required()


@operation()
def delete_access_key(call: Call, request: DeleteAccessKeyRequest) -> None:
    """Delete an access key of a user, with its secret."""
    user = user_or_self(call, request.user_name)
    remove_access_key(call.transaction, user, key_of(call, user, request.access_key_id))
