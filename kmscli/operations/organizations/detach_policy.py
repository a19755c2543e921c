"""DetachPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_attachments import detach
from kmscli.operations.organization_errors import TargetNotFoundException
from kmscli.operations.organization_members import PolicyId, TargetId
from kmscli.operations.organization_rules import ANYTHING, managed_organization, node_named, policy_named
from kmscli.operations.shapes import Request


class DetachPolicyRequest(Request):
    """What DetachPolicy is asked."""

    policy_id = PolicyId().required()
    target_id = TargetId().required()


@operation()
def detach_policy(call: Call, request: DetachPolicyRequest) -> None:
    """Detach a policy from what it is attached to, which must keep another one of its type."""
    organization = managed_organization(call)
    policy = policy_named(call, organization, request.policy_id)
    target = node_named(call, organization, request.target_id, ANYTHING, TargetNotFoundException)
    detach(call.transaction, organization, policy, target)
