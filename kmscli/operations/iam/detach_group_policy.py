"""DetachGroupPolicy."""

from kmscli.operations.attachments import detach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, PolicyArn
from kmscli.operations.identity_named import group_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DetachGroupPolicyRequest(Request):
    """What DetachGroupPolicy is asked."""

    group_name = GroupName().required()
    policy_arn = PolicyArn().required()


@operation()
def detach_group_policy(call: Call, request: DetachGroupPolicyRequest) -> None:
    """Take a managed policy off a group again."""
    detach(call, group_named(call, request.group_name), request.policy_arn)
