"""DeletePolicy."""

from kmscli.limits.policies import remove_policy
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import PolicyInUseException
from kmscli.operations.organization_members import PolicyId
from kmscli.operations.organization_rules import managed_organization, own_policy_named
from kmscli.operations.shapes import Request


class DeletePolicyRequest(Request):
    """What DeletePolicy is asked."""

    policy_id = PolicyId().required()


@operation()
def delete_policy(call: Call, request: DeletePolicyRequest) -> None:
    """Delete a policy, which must be attached to nothing."""
    policy = own_policy_named(call, managed_organization(call), request.policy_id)
    if policy.uses:
        raise PolicyInUseException
    remove_policy(call.transaction, policy)
