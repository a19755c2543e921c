"""ListPolicies."""

from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import FilterType, MaxResults, NextToken, PoliciesResponse
from kmscli.operations.organization_policies import policies_page
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.organization_shapes import summary_of
from kmscli.operations.shapes import Request

PAGES = pages_of("Policies")


class ListPoliciesRequest(Request):
    """What ListPolicies is asked."""

    filter = FilterType().required()
    next_token = NextToken()
    max_results = MaxResults()


@operation(read_only=True, pages=PAGES)
def list_policies(call: Call, request: ListPoliciesRequest) -> PoliciesResponse:
    """List the policies of a type: AWS's own, and those of the organization."""
    organization = managed_organization(call)
    found = organization_page(
        call,
        PAGES,
        request,
        policies_page(call.transaction, organization, request.filter),
        filter=request.filter,
    )
    policies = [summary_of(organization, policy) for policy in found.values]
    return PoliciesResponse(policies=policies, next_token=found.next_marker)
