"""CreatePolicy."""

from kmscli.identities.managed_policies import ManagedPolicy, Version
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.identity_members import PolicyDocument, PolicyName, PolicyPath, Tags
from kmscli.operations.identity_named import made
from kmscli.operations.identity_tags import checked_tags
from kmscli.operations.managed_policies import ShownPolicy, check_managed_document, shown_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure


class CreatePolicyRequest(Request):
    """What CreatePolicy is asked."""

    policy_name = PolicyName("The policy's name, which no other of the account has, in capitals or not.").required()
    path = PolicyPath()
    policy_document = PolicyDocument().required()
    description = String(0, 1000, help="What the policy is for; cannot be changed later.")
    tags = Tags()


class CreatePolicyResponse(Response):
    """What CreatePolicy answers."""

    policy = Structure(ShownPolicy)


@operation(logs="response")
def create_policy(call: Call, request: CreatePolicyRequest) -> CreatePolicyResponse:
    """Create a managed policy, to be attached to users, roles and groups."""
    check_managed_document(request.policy_document)
    name = request.policy_name
    policy = made(
        call,
        ManagedPolicy,
        name,
        taken=f"A policy called {name} already exists. Duplicate names are not allowed.",
        path=request.path or "/",
        versions=[vars(Version(1, text=request.policy_document, created=int(call.now)))],
        description=request.description,
        tags=checked_tags(request.tags),
    )
    return CreatePolicyResponse(policy=shown_policy(call, policy, described=False))
