"""AttachGroupPolicy."""

from kmscli.operations.attachments import attach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, PolicyArn
from kmscli.operations.identity_named import group_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class AttachGroupPolicyRequest(Request):
    """What AttachGroupPolicy is asked."""

    group_name = GroupName().required()
    policy_arn = PolicyArn().required()


@operation()
def attach_group_policy(call: Call, request: AttachGroupPolicyRequest) -> None:
    """Attach a managed policy to a group."""
    attach(call, group_named(call, request.group_name), request.policy_arn)
