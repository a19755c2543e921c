"""DeleteUserPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, PolicyName
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_policies import delete_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteUserPolicyRequest(Request):
    """What DeleteUserPolicy is asked."""

    user_name = ExistingUserName().required()
    policy_name = PolicyName().required()


@operation()
def delete_user_policy(call: Call, request: DeleteUserPolicyRequest) -> None:
    """Delete an inline policy of a user."""
    delete_policy(call, user_named(call, request.user_name), request.policy_name)
