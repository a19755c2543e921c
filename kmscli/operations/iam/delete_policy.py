"""DeletePolicy."""

from kmscli.errors import DeleteConflict
from kmscli.identities.managed_policies import NO_USES, uses_of
from kmscli.identities.resource import remove
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn
from kmscli.operations.managed_policies import own_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeletePolicyRequest(Request):
    """What DeletePolicy is asked."""

    policy_arn = PolicyArn().required()


@operation()
def delete_policy(call: Call, request: DeletePolicyRequest) -> None:
    """Delete a managed policy, which must be attached to nothing and have one version only."""
    policy = own_policy(call, request.policy_arn)
    if uses_of(call.transaction, policy.account, policy.arn) != NO_USES:
        raise DeleteConflict("Cannot delete a policy attached to entities.")
    if len(policy.versions) > 1:
        raise DeleteConflict(
            "This policy has more than one version. Before you delete a policy, you must delete the policy's versions. "
            "The default version is deleted with the policy."
        )
    remove(call.transaction, policy)
