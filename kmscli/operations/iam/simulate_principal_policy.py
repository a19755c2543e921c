"""SimulatePrincipalPolicy."""

from kmscli.authorization.decision import BOUNDARY, IDENTITY, SERVICE_CONTROL, Policies
from kmscli.errors import NoSuchEntity
from kmscli.identities.finding import boundary_of, policies_of
from kmscli.identities.groups import Group
from kmscli.identities.identity import Entity, Identity
from kmscli.identities.roles import Role
from kmscli.identities.users import User
from kmscli.limits.finding import limits_of
from kmscli.operations import simulation_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_members import Arn, Marker, MaxItems
from kmscli.operations.identity_named import group_named, role_named, user_named
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request
from kmscli.operations.simulated import (
    Simulated,
    caller_of,
    check_caller,
    given_boundary,
    given_policies,
    given_resource_policy,
)
from kmscli.operations.simulating import PAGES, answered


class SimulatePrincipalPolicyRequest(Request):
    """What SimulatePrincipalPolicy is asked."""

    policy_source_arn = Arn("The user, role or group whose policies have a say, by ARN.").required()
    policy_input_list = members.Policies("More policies of it, JSON documents.")
    permissions_boundary_policy_input_list = members.Boundary()
    action_names = members.Actions().required()
    resource_arns = members.Resources()
    resource_policy = members.ResourcePolicy()
    resource_owner = members.ResourceOwner()
    caller_arn = members.CallerArn("The user, role or group that would call, by ARN. By default whose policies it is.")
    context_entries = members.ContextEntries()
    max_items = MaxItems()
    marker = Marker()


@operation(read_only=True, pages=PAGES)
def simulate_principal_policy(call: Call, request: SimulatePrincipalPolicyRequest) -> members.SimulationResponse:
    """Show what the policies of a user, a role or a group would allow, without a call."""
    check_caller(request.policy_source_arn)
    source = _source(call, request.policy_source_arn)
    caller = request.caller_arn or source.arn
    check_caller(caller)
    policies = Policies(
        resource=given_resource_policy(request.resource_policy, caller),
        identity=[
            *(Simulated(IDENTITY, policy.text, policy.name) for policy in policies_of(call.transaction, source)),
            *given_policies(IDENTITY, request.policy_input_list, "PolicyInputList"),
        ],
        boundary=given_boundary(request.permissions_boundary_policy_input_list) or _boundary(call, source),
        service_control=[
            [Simulated(SERVICE_CONTROL, policy.text, policy.name) for policy in level]
            for level in limits_of(call.transaction, source.account).service_control
        ],
    )
    tags = source.tags if isinstance(source, Entity) and caller == source.arn else {}
    return answered(call, request, caller_of(caller, tags), policies)


def _source(call: Call, arn: str) -> Identity:
    """Whose policies have a say. Raises NoSuchEntity."""
    kind, _, path = arn.split(":", 5)[5].partition("/")
    name = path.rpartition("/")[2]
    find = {User.word: user_named, Role.word: role_named, Group.word: group_named}[kind]
    found: Identity = find(call, name)
    if found.arn != arn:
        raise NoSuchEntity(f"The {kind} with name {name} cannot be found.")
    return found


def _boundary(call: Call, source: Identity) -> Simulated | None:
    bound = boundary_of(call.transaction, source) if isinstance(source, Entity) else None
    return Simulated(BOUNDARY, bound.text, bound.name) if bound else None
