"""EnablePolicyType."""

from kmscli.limits.nodes import ROOT
from kmscli.limits.organizations import save_organization
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import PolicyTypeAlreadyEnabledException, RootNotFoundException
from kmscli.operations.organization_members import PolicyType, RootId, RootResponse
from kmscli.operations.organization_rules import check_type, managed_organization, node_named
from kmscli.operations.organization_shapes import shown_root
from kmscli.operations.shapes import Request


class EnablePolicyTypeRequest(Request):
    """What EnablePolicyType is asked."""

    root_id = RootId().required()
    policy_type = PolicyType("The type: SERVICE_CONTROL_POLICY or RESOURCE_CONTROL_POLICY.").required()


@operation(logs="response")
def enable_policy_type(call: Call, request: EnablePolicyTypeRequest) -> RootResponse:
    """Let policies of a type have effect. AWS's own, which allows everything, is then attached to everything."""
    organization = managed_organization(call)
    root = node_named(call, organization, request.root_id, (ROOT,), RootNotFoundException)
    check_type(organization, request.policy_type)
    if request.policy_type in organization.enabled:
        raise PolicyTypeAlreadyEnabledException
    enabled = organization.changed(enabled=[*organization.enabled, request.policy_type])
    save_organization(call.transaction, enabled)
    return RootResponse(root=shown_root(enabled, root))
