"""DetachUserPolicy."""

from kmscli.operations.attachments import detach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, UserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DetachUserPolicyRequest(Request):
    """What DetachUserPolicy is asked."""

    user_name = UserName().required()
    policy_arn = PolicyArn().required()


@operation()
def detach_user_policy(call: Call, request: DetachUserPolicyRequest) -> None:
    """Take a managed policy off a user again."""
    detach(call, user_named(call, request.user_name), request.policy_arn)
