"""CreateAccessKey."""

from kmscli.errors import LimitExceeded
from kmscli.identities.access_keys import (
    ACTIVE,
    MOST_OF_A_USER,
    AccessKey,
    add_access_key,
    new_access_key_id,
    new_secret,
)
from kmscli.operations import identity_members as members
from kmscli.operations.call import Call
from kmscli.operations.fields import String, Timestamp
from kmscli.operations.identity_named import user_or_self
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Shape, Structure


class CreateAccessKeyRequest(Request):
    """What CreateAccessKey is asked."""

    user_name = members.ExistingUserName("The user, by name. By default the one who calls.")


class NewAccessKey(Shape):
    """An access key with its secret."""

    user_name = members.UserName().required()
    access_key_id = members.AccessKeyId().required()
    status = members.AccessKeyStatus().required()
    secret_access_key = String(secret=True, logged=False).required()
    create_date = Timestamp()


class CreateAccessKeyResponse(Response):
    """What CreateAccessKey answers."""

    access_key = Structure(NewAccessKey).required()


@operation(logs="response")
def create_access_key(call: Call, request: CreateAccessKeyRequest) -> CreateAccessKeyResponse:
    """Give a user an access key, of which he may have two. The secret is shown now, and never again."""
    user = user_or_self(call, request.user_name)
    if len(user.access_keys) >= MOST_OF_A_USER:
        raise LimitExceeded(f"Cannot exceed quota for AccessKeysPerUser: {MOST_OF_A_USER}")
    secret = new_secret()
    key = AccessKey(
        new_access_key_id(), account=user.account, user_name=user.name, status=ACTIVE, created=int(call.now)
    )
    add_access_key(call.transaction, user, key, secret)
    shown = NewAccessKey(
        user_name=key.user_name,
        access_key_id=key.key_id,
        status=key.status,
        secret_access_key=secret,
        create_date=float(key.created),
    )
    return CreateAccessKeyResponse(access_key=shown)
