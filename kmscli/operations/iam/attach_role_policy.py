"""AttachRolePolicy."""

from kmscli.operations.attachments import attach
from kmscli.operations.call import Call
from kmscli.operations.identity_members import PolicyArn, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class AttachRolePolicyRequest(Request):
    """What AttachRolePolicy is asked."""

    role_name = RoleName().required()
    policy_arn = PolicyArn().required()


@operation()
def attach_role_policy(call: Call, request: AttachRolePolicyRequest) -> None:
    """Attach a managed policy to a role."""
    attach(call, role_named(call, request.role_name), request.policy_arn)
