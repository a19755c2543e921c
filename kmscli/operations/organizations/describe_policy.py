"""DescribePolicy."""

from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_members import PolicyId, PolicyResponse
from kmscli.operations.organization_rules import managed_organization, policy_named
from kmscli.operations.organization_shapes import shown_policy
from kmscli.operations.shapes import Request


class DescribePolicyRequest(Request):
    """What DescribePolicy is asked."""

    policy_id = PolicyId().required()


@operation(read_only=True)
def describe_policy(call: Call, request: DescribePolicyRequest) -> PolicyResponse:
    """Show a policy of the organization, or one of AWS's own, with its text."""
    organization = managed_organization(call)
    return shown_policy(organization, policy_named(call, organization, request.policy_id))
