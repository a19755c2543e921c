"""CreatePolicyVersion."""

from kmscli.errors import LimitExceeded
from kmscli.identities.managed_policies import MOST_VERSIONS
from kmscli.identities.resource import save
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean
from kmscli.operations.identity_members import PolicyArn, PolicyDocument
from kmscli.operations.managed_policies import ShownVersion, check_managed_document, own_policy, shown_version
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreatePolicyVersionRequest(Request):
    """What CreatePolicyVersion is asked."""

    policy_arn = PolicyArn().required()
    policy_document = PolicyDocument().required()
    set_as_default = Boolean(help="Put the new version in force.")


class CreatePolicyVersionResponse(Response):
    """What CreatePolicyVersion answers."""

    policy_version = Structure(ShownVersion)


@operation(logs="response")
def create_policy_version(call: Call, request: CreatePolicyVersionRequest) -> CreatePolicyVersionResponse:
    """Change a managed policy: give it a new version, up to five."""
    policy = own_policy(call, request.policy_arn)
    check_managed_document(request.policy_document)
    if len(policy.versions) >= MOST_VERSIONS:
        raise LimitExceeded(
            f"A managed policy can have up to {MOST_VERSIONS} versions. Before you create a new version, you must "
            "delete an existing version."
        )
    changed = policy.with_version(request.policy_document, int(call.now), in_force=bool(request.set_as_default))
    save(call.transaction, changed)
    return CreatePolicyVersionResponse(policy_version=shown_version(changed, changed.all_versions()[-1]))
