"""SimulateCustomPolicy."""

from kmscli.authorization.decision import IDENTITY, SERVICE_CONTROL, Policies
from kmscli.authorization.principals import Principal
from kmscli.operations import simulation_members as members
from kmscli.operations.call import Call
from kmscli.operations.identity_members import Marker, MaxItems
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Shape, Structure
from kmscli.operations.simulated import (
    caller_of,
    check_caller,
    given_boundary,
    given_policies,
    given_resource_policy,
)
from kmscli.operations.simulating import PAGES, answered


class Level(Shape):
    """A level of an organization: its root, a unit or an account."""

    service_control_policy_input_list = members.Policies("The level's service control policies, JSON documents.")


class SimulateCustomPolicyRequest(Request):
    """What SimulateCustomPolicy is asked."""

    policy_input_list = members.Policies("Policies of who would call, JSON documents.").required()
    permissions_boundary_policy_input_list = members.Boundary()
    ordered_organization_policy_input_list = List(
        Structure(Level), 0, 7, help="Service control policies by level, from an organization's root to the account."
    )
    action_names = members.Actions().required()
    resource_arns = members.Resources()
    resource_policy = members.ResourcePolicy()
    resource_owner = members.ResourceOwner()
    caller_arn = members.CallerArn("The user, role or group that would call, by ARN. By default nobody known.")
    context_entries = members.ContextEntries()
    max_items = MaxItems()
    marker = Marker()


@operation(read_only=True, pages=PAGES)
def simulate_custom_policy(call: Call, request: SimulateCustomPolicyRequest) -> members.SimulationResponse:
    """Show what policies would allow, without a call: by the policies that are given, and no others."""
    caller = Principal("", account=call.caller.account, kind="User")
    if request.caller_arn is not None:
        check_caller(request.caller_arn)
        caller = caller_of(request.caller_arn, {})
    levels = request.ordered_organization_policy_input_list or []
    policies = Policies(
        resource=given_resource_policy(request.resource_policy, request.caller_arn),
        identity=given_policies(IDENTITY, request.policy_input_list, "PolicyInputList"),
        boundary=given_boundary(request.permissions_boundary_policy_input_list),
        service_control=[
            given_policies(SERVICE_CONTROL, level.service_control_policy_input_list, "ServiceControlPolicyInputList")
            for level in levels
        ],
    )
    return answered(call, request, caller, policies)
