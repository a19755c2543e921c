"""GetPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn
from kmscli.operations.managed_policies import ShownPolicy, policy_with_arn, shown_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class GetPolicyRequest(Request):
    """What GetPolicy is asked."""

    policy_arn = PolicyArn().required()


class GetPolicyResponse(Response):
    """What GetPolicy answers."""

    policy = Structure(ShownPolicy)


@operation(read_only=True)
def get_policy(call: Call, request: GetPolicyRequest) -> GetPolicyResponse:
    """Show a managed policy: which version is in force, and how often it is attached."""
    return GetPolicyResponse(policy=shown_policy(call, policy_with_arn(call, request.policy_arn)))
