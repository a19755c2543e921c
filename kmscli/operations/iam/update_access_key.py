"""UpdateAccessKey."""

from kmscli.errors import InvalidInput
from kmscli.identities.access_keys import ACTIVE, INACTIVE, set_status
from kmscli.operations.access_keys import key_of
from kmscli.operations.call import Call
from kmscli.operations.identity_members import AccessKeyId, AccessKeyStatus, ExistingUserName
from kmscli.operations.identity_named import user_or_self
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class UpdateAccessKeyRequest(Request):
    """What UpdateAccessKey is asked."""

    user_name = ExistingUserName("The user, by name. By default the one who calls.")
    access_key_id = AccessKeyId().required()
    status = AccessKeyStatus("Active, or Inactive: then nobody can call with it.").required()


@operation()
def update_access_key(call: Call, request: UpdateAccessKeyRequest) -> None:
    """Switch an access key off, or on again."""
    if request.status not in (ACTIVE, INACTIVE):
        raise InvalidInput(f"The status of an access key cannot be set to {request.status}.")
    user = user_or_self(call, request.user_name)
    set_status(call.transaction, key_of(call, user, request.access_key_id), request.status)
