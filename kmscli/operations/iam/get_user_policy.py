"""GetUserPolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import ExistingUserName, PolicyDocument, PolicyName
from kmscli.operations.identity_named import user_named
from kmscli.operations.identity_policies import policy_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class GetUserPolicyRequest(Request):
    """What GetUserPolicy is asked."""

    user_name = ExistingUserName().required()
    policy_name = PolicyName().required()


class GetUserPolicyResponse(Response):
    """What GetUserPolicy answers."""

    user_name = ExistingUserName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation(read_only=True)
def get_user_policy(call: Call, request: GetUserPolicyRequest) -> GetUserPolicyResponse:
    """Show an inline policy of a user."""
    user = user_named(call, request.user_name)
    text = policy_named(user, request.policy_name)
    return GetUserPolicyResponse(user_name=user.name, policy_name=request.policy_name, policy_document=text)
