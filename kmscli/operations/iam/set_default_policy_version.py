"""SetDefaultPolicyVersion."""

from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, VersionId
from kmscli.operations.managed_policies import own_policy, version_of
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class SetDefaultPolicyVersionRequest(Request):
    """What SetDefaultPolicyVersion is asked."""

    policy_arn = PolicyArn().required()
    version_id = VersionId().required()


@operation()
def set_default_policy_version(call: Call, request: SetDefaultPolicyVersionRequest) -> None:
    """Put another version of a managed policy in force."""
    policy = own_policy(call, request.policy_arn)
    version = version_of(policy, request.version_id)
    save(call.transaction, policy.changed(in_force=version.number))
