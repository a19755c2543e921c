"""PutRolePolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyDocument, PolicyName, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_policies import put_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class PutRolePolicyRequest(Request):
    """What PutRolePolicy is asked."""

    role_name = RoleName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation()
def put_role_policy(call: Call, request: PutRolePolicyRequest) -> None:
    """Give a role an inline policy, in place of the one of this name."""
    put_policy(call, role_named(call, request.role_name), request.policy_name, request.policy_document)
