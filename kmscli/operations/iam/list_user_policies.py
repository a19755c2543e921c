"""ListUserPolicies."""

from kmscli.operations.call import Call
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_members import ExistingUserName, Marker, MaxItems
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_shapes import ListPoliciesOfResponse
from kmscli.operations.operation import operation
from kmscli.operations.paging import listed
from kmscli.operations.shapes import Request

PAGES = pages_of("PolicyNames")


class ListUserPoliciesRequest(Request):
    """What ListUserPolicies is asked."""

    user_name = ExistingUserName().required()
    marker = Marker()
    max_items = MaxItems()


@operation(read_only=True, pages=PAGES)
def list_user_policies(call: Call, request: ListUserPoliciesRequest) -> ListPoliciesOfResponse:
    """List the names of a user's inline policies."""
    user = user_named(call, request.user_name)
    names = listed([(name, name) for name in sorted(user.policies)])
    found = identity_page(call, PAGES, request, names, filter=user.unique_id)
    return ListPoliciesOfResponse(policy_names=found.values, **place_of(found))
