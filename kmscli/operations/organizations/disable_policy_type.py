"""DisablePolicyType."""

from kmscli.limits.nodes import ROOT
from kmscli.limits.organizations import save_organization
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_attachments import detach_type
from kmscli.operations.organization_errors import PolicyTypeNotEnabledException, RootNotFoundException
from kmscli.operations.organization_members import PolicyType, RootId, RootResponse
from kmscli.operations.organization_rules import managed_organization, node_named
from kmscli.operations.organization_shapes import shown_root
from kmscli.operations.shapes import Request


class DisablePolicyTypeRequest(Request):
    """What DisablePolicyType is asked."""

    root_id = RootId().required()
    policy_type = PolicyType("The type: SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY.").required()


@operation(logs="response")
def disable_policy_type(call: Call, request: DisablePolicyTypeRequest) -> RootResponse:
    """End the effect of policies of a type. All are detached from everything, for good."""
    organization = managed_organization(call)
    root = node_named(call, organization, request.root_id, (ROOT,), RootNotFoundException)
    if request.policy_type not in organization.enabled:
        raise PolicyTypeNotEnabledException
    detach_type(call.transaction, organization, request.policy_type)
    left = organization.changed(enabled=[type for type in organization.enabled if type != request.policy_type])
    save_organization(call.transaction, left)
    return RootResponse(root=shown_root(left, root))
