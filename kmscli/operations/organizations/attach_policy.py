"""AttachPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_attachments import attach
from kmscli.operations.organization_errors import TargetNotFoundException
from kmscli.operations.organization_members import PolicyId, TargetId
from kmscli.operations.organization_rules import ANYTHING, managed_organization, node_named, policy_named
from kmscli.operations.shapes import Request


class AttachPolicyRequest(Request):
    """What AttachPolicy is asked."""

    policy_id = PolicyId().required()
    target_id = TargetId().required()


@operation()
def attach_policy(call: Call, request: AttachPolicyRequest) -> None:
    """Attach a policy to the root, an organizational unit or an account, and so limit all accounts there."""
    organization = managed_organization(call)
    policy = policy_named(call, organization, request.policy_id)
    target = node_named(call, organization, request.target_id, ANYTHING, TargetNotFoundException)
    attach(call.transaction, organization, policy, target)
