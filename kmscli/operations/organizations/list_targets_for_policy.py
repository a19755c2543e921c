"""ListTargetsForPolicy."""

from kmscli.limits.nodes import all_nodes
from kmscli.limits.policies import attached_to
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, String
from kmscli.operations.operation import operation
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import MaxResults, NextToken, PolicyId
from kmscli.operations.organization_rules import managed_organization, policy_named
from kmscli.operations.organization_shapes import arn_of
from kmscli.operations.paging import listed
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = pages_of("Targets")


class Target(Shape):
    """What a policy is attached to."""

    target_id = String()
    arn = String()
    name = String()
    type = Enum("ACCOUNT", "ORGANIZATIONAL_UNIT", "ROOT")


class ListTargetsForPolicyRequest(Request):
    """What ListTargetsForPolicy is asked."""

    policy_id = PolicyId().required()
    next_token = NextToken()
    max_results = MaxResults()


class ListTargetsForPolicyResponse(Response):
    """What ListTargetsForPolicy answers."""

    targets = List(Structure(Target))
    next_token = NextToken()


@operation(read_only=True, pages=PAGES)
def list_targets_for_policy(call: Call, request: ListTargetsForPolicyRequest) -> ListTargetsForPolicyResponse:
    """List the root, organizational units and accounts that a policy is attached to directly."""
    organization = managed_organization(call)
    policy = policy_named(call, organization, request.policy_id)
    targets = [
        (node.node_id, Target(target_id=node.node_id, arn=arn_of(organization, node), name=node.name, type=node.type))
        for node in all_nodes(call.transaction, organization.organization_id)
        if policy.policy_id in attached_to(node, organization, policy.type)
    ]
    targets.sort(key=lambda target: target[0])
    found = organization_page(call, PAGES, request, listed(targets), filter=policy.policy_id)
    return ListTargetsForPolicyResponse(targets=found.values, next_token=found.next_marker)
