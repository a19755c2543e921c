"""CreatePolicy."""

from kmscli.limits.organizations import random_letters
from kmscli.limits.policies import Policy, save_policy
from kmscli.operations import organization_members as members
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_documents import check_content
from kmscli.operations.organization_policies import check_name
from kmscli.operations.organization_rules import check_type, managed_organization
from kmscli.operations.organization_shapes import shown_policy
from kmscli.operations.shapes import Request


class CreatePolicyRequest(Request):
    """What CreatePolicy is asked."""

    content = members.PolicyContent().required()
    description = members.PolicyDescription().required()
    name = members.PolicyName().required()
    type = members.PolicyType("The type: SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY.").required()


@operation(logs="response")
def create_policy(call: Call, request: CreatePolicyRequest) -> members.PolicyResponse:
    """Create a policy of the organization, which has effect on what it is attached to."""
    organization = managed_organization(call)
    check_type(organization, request.type)
    check_content(request.content, request.type)
    check_name(call, organization, request.type, request.name)
    policy = Policy(
        f"p-{random_letters(8)}",
        organization=organization.organization_id,
        type=request.type,
        name=request.name,
        description=request.description,
        text=request.content,
    )
    save_policy(call.transaction, policy)
    return shown_policy(organization, policy)
