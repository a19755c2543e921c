"""ListAccessKeys."""

from kmscli.operations.access_keys import keys_of
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.identity_members import ExistingUserName, Marker, MaxItems
from kmscli.operations.identity_named import user_or_self
from kmscli.operations.identity_shapes import AccessKeyMetadata, shown_access_key
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("AccessKeyMetadata")


class ListAccessKeysRequest(Request):
    """What ListAccessKeys is asked."""

    user_name = ExistingUserName("The user, by name. By default the one who calls.")
    marker = Marker()
    max_items = MaxItems()


class ListAccessKeysResponse(Response):
    """What ListAccessKeys answers."""

    access_key_metadata = List(Structure(AccessKeyMetadata)).required()
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_access_keys(call: Call, request: ListAccessKeysRequest) -> ListAccessKeysResponse:
    """List a user's access keys, without their secrets."""
    user = user_or_self(call, request.user_name)
    keys = [shown_access_key(key) for key in keys_of(call, user)]
    found = identity_page(call, PAGES, request, ranked(keys), filter=user.unique_id)
    return ListAccessKeysResponse(access_key_metadata=found.values, **place_of(found))
