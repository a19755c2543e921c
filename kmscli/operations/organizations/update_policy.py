"""UpdatePolicy."""

from kmscli.limits.policies import save_policy
from kmscli.operations import organization_members as members
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_documents import check_content
from kmscli.operations.organization_policies import check_name
from kmscli.operations.organization_rules import managed_organization, own_policy_named
from kmscli.operations.organization_shapes import shown_policy
from kmscli.operations.shapes import Request


class UpdatePolicyRequest(Request):
    """What UpdatePolicy is asked."""

    policy_id = members.PolicyId().required()
    name = members.PolicyName("The name from now on.")
    description = members.PolicyDescription("The description from now on.")
    content = members.PolicyContent("The policy's text from now on.")


@operation(logs="response")
def update_policy(call: Call, request: UpdatePolicyRequest) -> members.PolicyResponse:
    """Change a policy's name, description or text; wherever it is attached, that has effect at once."""
    organization = managed_organization(call)
    policy = own_policy_named(call, organization, request.policy_id)
    given = {"name": request.name, "description": request.description, "text": request.content}
    changed = policy.changed(**{member: value for member, value in given.items() if value is not None})
    if request.content is not None:
        check_content(changed.text, policy.type)
    if changed.name != policy.name:
        check_name(call, organization, policy.type, changed.name)
    save_policy(call.transaction, changed)
    return shown_policy(organization, changed)
