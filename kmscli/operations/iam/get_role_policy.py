"""GetRolePolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyDocument, PolicyName, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_policies import policy_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class GetRolePolicyRequest(Request):
    """What GetRolePolicy is asked."""

    role_name = RoleName().required()
    policy_name = PolicyName().required()


class GetRolePolicyResponse(Response):
    """What GetRolePolicy answers."""

    role_name = RoleName().required()
    policy_name = PolicyName().required()
    policy_document = PolicyDocument().required()


@operation(read_only=True)
def get_role_policy(call: Call, request: GetRolePolicyRequest) -> GetRolePolicyResponse:
    """Show an inline policy of a role."""
    role = role_named(call, request.role_name)
    text = policy_named(role, request.policy_name)
    return GetRolePolicyResponse(role_name=role.name, policy_name=request.policy_name, policy_document=text)
