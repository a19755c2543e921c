"""ListPoliciesForTarget."""

from kmscli.limits.policies import attached_to, must_find_policy
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import TargetNotFoundException
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import FilterType, MaxResults, NextToken, PoliciesResponse, TargetId
from kmscli.operations.organization_rules import ANYTHING, managed_organization, node_named
from kmscli.operations.organization_shapes import summary_of
from kmscli.operations.paging import listed
from kmscli.operations.shapes import Request

PAGES = pages_of("Policies")


class ListPoliciesForTargetRequest(Request):
    """What ListPoliciesForTarget is asked."""

    target_id = TargetId().required()
    filter = FilterType().required()
    next_token = NextToken()
    max_results = MaxResults()


@operation(read_only=True, pages=PAGES)
def list_policies_for_target(call: Call, request: ListPoliciesForTargetRequest) -> PoliciesResponse:
    """List the policies of a type that are attached directly to the root, an organizational unit or an account."""
    organization = managed_organization(call)
    target = node_named(call, organization, request.target_id, ANYTHING, TargetNotFoundException)
    found = organization_page(
        call,
        PAGES,
        request,
        listed([(each, each) for each in sorted(attached_to(target, organization, request.filter))]),
        filter=f"{target.node_id} {request.filter}",
    )
    policies = [must_find_policy(call.transaction, target.organization, policy_id) for policy_id in found.values]
    shown = [summary_of(organization, policy) for policy in policies]
    return PoliciesResponse(policies=shown, next_token=found.next_marker)
