"""ListAttachedGroupPolicies."""

from kmscli.operations.attachments import ListAttachedPoliciesOfResponse, attached_to
from kmscli.operations.call import Call
from kmscli.operations.identity_lists import pages_of
from kmscli.operations.identity_members import GroupName, Marker, MaxItems, PolicyPath
from kmscli.operations.identity_named import group_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request

PAGES = pages_of("AttachedPolicies")


class ListAttachedGroupPoliciesRequest(Request):
    """What ListAttachedGroupPolicies is asked."""

    group_name = GroupName().required()
    path_prefix = PolicyPath("List only policies whose path begins with this.")
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_attached_group_policies(
    call: Call, request: ListAttachedGroupPoliciesRequest
) -> ListAttachedPoliciesOfResponse:
    """List the managed policies that are attached to a group."""
    return attached_to(call, PAGES, request, group_named(call, request.group_name))
