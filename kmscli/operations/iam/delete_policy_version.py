"""DeletePolicyVersion."""

from kmscli.errors import DeleteConflict
from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, VersionId
from kmscli.operations.managed_policies import own_policy, version_of
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeletePolicyVersionRequest(Request):
    """What DeletePolicyVersion is asked."""

    policy_arn = PolicyArn().required()
    version_id = VersionId().required()


@operation()
def delete_policy_version(call: Call, request: DeletePolicyVersionRequest) -> None:
    """Delete a version of a managed policy, but not the one in force."""
    policy = own_policy(call, request.policy_arn)
    version = version_of(policy, request.version_id)
    if version.number == policy.in_force:
        raise DeleteConflict("Cannot delete the default version of a policy.")
    save(call.transaction, policy.without_version(version.number))
