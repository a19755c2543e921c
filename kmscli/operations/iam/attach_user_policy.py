"""AttachUserPolicy."""

from kmscli.operations.attachments import attach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, UserName
from kmscli.operations.identity_named import user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class AttachUserPolicyRequest(Request):
    """What AttachUserPolicy is asked."""

    user_name = UserName().required()
    policy_arn = PolicyArn().required()


@operation()
def attach_user_policy(call: Call, request: AttachUserPolicyRequest) -> None:
    """Attach a managed policy to a user."""
    attach(call, user_named(call, request.user_name), request.policy_arn)
