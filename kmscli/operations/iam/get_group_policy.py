"""GetGroupPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, PolicyDocument, PolicyName
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_policies import policy_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class GetGroupPolicyRequest(Request):
    """What GetGroupPolicy is asked."""

    group_name = GroupName().required()
    policy_name = PolicyName().required()


class GetGroupPolicyResponse(Response):
    """What GetGroupPolicy answers."""

    group_name = GroupName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation(read_only=True)
def get_group_policy(call: Call, request: GetGroupPolicyRequest) -> GetGroupPolicyResponse:
    """Show an inline policy of a group."""
    group = group_named(call, request.group_name)
    text = policy_named(group, request.policy_name)
    return GetGroupPolicyResponse(group_name=group.name, policy_name=request.policy_name, policy_document=text)
