"""DetachRolePolicy."""

from kmscli.operations.attachments import detach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class DetachRolePolicyRequest(Request):
    """What DetachRolePolicy is asked."""

    role_name = RoleName().required()
    policy_arn = PolicyArn().required()


@operation()
def detach_role_policy(call: Call, request: DetachRolePolicyRequest) -> None:
    """Take a managed policy off a role again."""
    detach(call, role_named(call, request.role_name), request.policy_arn)
