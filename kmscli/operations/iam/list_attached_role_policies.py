"""ListAttachedRolePolicies."""

from kmscli.operations.attachments import ListAttachedPoliciesOfResponse, attached_to
from kmscli.operations.call import Call
from kmscli.operations.identity_lists import pages_of
from kmscli.operations.identity_members import Marker, MaxItems, PolicyPath, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request

PAGES = pages_of("AttachedPolicies")


class ListAttachedRolePoliciesRequest(Request):
    """What ListAttachedRolePolicies is asked."""

    role_name = RoleName().required()
    path_prefix = PolicyPath("List only policies whose path begins with this.")
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_attached_role_policies(call: Call, request: ListAttachedRolePoliciesRequest) -> ListAttachedPoliciesOfResponse:
    """List the managed policies that are attached to a role."""
    return attached_to(call, PAGES, request, role_named(call, request.role_name))
