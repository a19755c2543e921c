"""PutGroupPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, PolicyDocument, PolicyName
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_policies import put_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class PutGroupPolicyRequest(Request):
    """What PutGroupPolicy is asked."""

    group_name = GroupName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation()
def put_group_policy(call: Call, request: PutGroupPolicyRequest) -> None:
    """Give a group an inline policy, in place of the one of this name."""
    put_policy(call, group_named(call, request.group_name), request.policy_name, request.policy_document)
