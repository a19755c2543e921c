"""DeleteRolePolicy."""

from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyName, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.identity_policies import delete_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DeleteRolePolicyRequest(Request):
    """What DeleteRolePolicy is asked."""

    role_name = RoleName().required()
    policy_name = PolicyName().required()


@operation()
def delete_role_policy(call: Call, request: DeleteRolePolicyRequest) -> None:
    """Delete an inline policy of a role."""
    delete_policy(call, role_named(call, request.role_name), request.policy_name)
