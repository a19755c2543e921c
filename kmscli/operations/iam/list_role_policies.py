"""ListRolePolicies."""

from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_members import Marker, MaxItems, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_shapes import ListPoliciesOfResponse
from kmscli.operations.operation import operation
from kmscli.operations.paging import listed
from kmscli.operations.shapes import Request

PAGES = pages_of("PolicyNames")


class ListRolePoliciesRequest(Request):
    """What ListRolePolicies is asked."""

    role_name = RoleName().required()
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_role_policies(call: Call, request: ListRolePoliciesRequest) -> ListPoliciesOfResponse:
    """List the names of a role's inline policies."""
    role = role_named(call, request.role_name)
    names = listed([(name, name) for name in sorted(role.policies)])
    found = identity_page(call, PAGES, request, names, filter=role.unique_id)
    return ListPoliciesOfResponse(policy_names=found.values, **place_of(found))
