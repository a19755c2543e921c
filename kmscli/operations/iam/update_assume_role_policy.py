"""UpdateAssumeRolePolicy."""

from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.identity_documents import check_trust
from kmscli.operations.identity_members import PolicyDocument, RoleName
from kmscli.operations.identity_named import role_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request


class UpdateAssumeRolePolicyRequest(Request):
    """What UpdateAssumeRolePolicy is asked."""

    role_name = RoleName().required()
    policy_document = PolicyDocument("Who may assume the role: a policy, as JSON.").required()


@operation()
def update_assume_role_policy(call: Call, request: UpdateAssumeRolePolicyRequest) -> None:
    """Say anew who may assume a role."""
    role = role_named(call, request.role_name)
    check_trust(call, request.policy_document)
    save(call.transaction, role.changed(trust=request.policy_document))
