"""DeleteGroupPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import GroupName, PolicyName
from kmscli.operations.identity_named import group_named
from kmscli.operations.identity_policies import delete_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteGroupPolicyRequest(Request):
    """What DeleteGroupPolicy is asked."""

    group_name = GroupName().required()
    policy_name = PolicyName().required()


@operation()
def delete_group_policy(call: Call, request: DeleteGroupPolicyRequest) -> None:
    """Delete an inline policy of a group."""
    delete_policy(call, group_named(call, request.group_name), request.policy_name)
