"""GetPolicyVersion."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, VersionId
from kmscli.operations.managed_policies import ShownVersion, policy_with_arn, shown_version, version_of
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class GetPolicyVersionRequest(Request):
    """What GetPolicyVersion is asked."""

    policy_arn = PolicyArn().required()
    version_id = VersionId().required()


class GetPolicyVersionResponse(Response):
    """What GetPolicyVersion answers."""

    policy_version = Structure(ShownVersion)


@operation(read_only=True)
def get_policy_version(call: Call, request: GetPolicyVersionRequest) -> GetPolicyVersionResponse:
    """Show a version of a managed policy, with its document."""
    policy = policy_with_arn(call, request.policy_arn)
    version = version_of(policy, request.version_id)
    return GetPolicyVersionResponse(policy_version=shown_version(policy, version, text=True))
