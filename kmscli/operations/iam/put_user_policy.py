"""PutUserPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, PolicyDocument, PolicyName
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_policies import put_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class PutUserPolicyRequest(Request):
    """What PutUserPolicy is asked."""

    user_name = ExistingUserName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation()
def put_user_policy(call: Call, request: PutUserPolicyRequest) -> None:
    """Give a user an inline policy, in place of the one of this name."""
    put_policy(call, user_named(call, request.user_name), request.policy_name, request.policy_document)
