"""ListGroupPolicies."""

from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_members import GroupName, Marker, MaxItems
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_shapes import ListPoliciesOfResponse
from kmscli.operations.operation import operation
from kmscli.operations.paging import listed
from kmscli.operations.shapes import Request

PAGES = pages_of("PolicyNames")


class ListGroupPoliciesRequest(Request):
    """What ListGroupPolicies is asked."""

    group_name = GroupName().required()
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_group_policies(call: Call, request: ListGroupPoliciesRequest) -> ListPoliciesOfResponse:
    """List the names of a group's inline policies."""
    group = group_named(call, request.group_name)
    names = listed([(name, name) for name in sorted(group.policies)])
    found = identity_page(call, PAGES, request, names, filter=group.unique_id)
    return ListPoliciesOfResponse(policy_names=found.values, **place_of(found))
