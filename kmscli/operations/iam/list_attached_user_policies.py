"""ListAttachedUserPolicies."""

from kmscli.operations.attachments import ListAttachedPoliciesOfResponse, attached_to
from kmscli.operations.call import Call
from kmscli.operations.identity_lists import pages_of
from kmscli.operations.identity_members import Marker, MaxItems, PolicyPath, UserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request

PAGES = pages_of("AttachedPolicies")


class ListAttachedUserPoliciesRequest(Request):
    """What ListAttachedUserPolicies is asked."""

    user_name = UserName().required()
    path_prefix = PolicyPath("List only policies whose path begins with this.")
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_attached_user_policies(call: Call, request: ListAttachedUserPoliciesRequest) -> ListAttachedPoliciesOfResponse:
    """List the managed policies that are attached to a user."""
    return attached_to(call, PAGES, request, user_named(call, request.user_name))
