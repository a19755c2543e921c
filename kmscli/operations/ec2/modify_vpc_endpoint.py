"""ModifyVpcEndpoint."""

from kmscli.limits.endpoints import FULL_ACCESS, save_endpoint
from kmscli.operations import endpoint_members as members
from kmscli.operations.call import Call
from kmscli.operations.endpoint_errors import InvalidParameterCombination
from kmscli.operations.endpoint_rules import check_groups, check_ids, check_policy, endpoint_named
from kmscli.operations.fields import Boolean
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response


class ModifyVpcEndpointRequest(Request):
    """What ModifyVpcEndpoint is asked."""

    dry_run = members.DryRun()
    vpc_endpoint_id = members.EndpointId().required()
    reset_policy = Boolean(help="Give the endpoint the policy that it has by default: full access.")
    policy_document = members.PolicyDocument("The endpoint's policy from now on, a JSON document.")
    add_subnet_ids = members.Ids("Subnets to add, by ids of their form.")
    remove_subnet_ids = members.Ids("Subnets to remove, by id.")
    add_security_group_ids = members.Ids("Security groups to add, by ids of their form.")
    remove_security_group_ids = members.Ids("Security groups to remove, by id; one must stay.")
    private_dns_enabled = Boolean(help="Whether the VPC's own DNS leads to the endpoint.")


class ModifyVpcEndpointResponse(Response):
    """What ModifyVpcEndpoint answers."""

    return_ = Boolean(wire="Return")


@operation(logs="response")
def modify_vpc_endpoint(call: Call, request: ModifyVpcEndpointRequest) -> ModifyVpcEndpointResponse:
    """Change a VPC endpoint's policy, subnets, security groups or private DNS."""
    endpoint = endpoint_named(call, request.vpc_endpoint_id)
    subnets = _changed(endpoint.subnets, request.add_subnet_ids, request.remove_subnet_ids)
    groups = _changed(endpoint.groups, request.add_security_group_ids, request.remove_security_group_ids)
    check_ids(subnets, "subnet-")
    check_groups(groups)
    private_dns = endpoint.private_dns if request.private_dns_enabled is None else request.private_dns_enabled
    changed = endpoint.changed(
        policy=_policy(request) or endpoint.policy, subnets=subnets, groups=groups, private_dns=private_dns
    )
    save_endpoint(call.transaction, changed)
    return ModifyVpcEndpointResponse(return_=True)


def _policy(request: ModifyVpcEndpointRequest) -> str | None:
    """The policy that is asked for. Raises InvalidParameterCombination, InvalidPolicyDocument."""
    if not request.reset_policy:
        if request.policy_document is not None:
            check_policy(request.policy_document)
        return request.policy_document
    if request.policy_document is not None:
        raise InvalidParameterCombination("The parameter PolicyDocument cannot be used with the parameter ResetPolicy")
    return FULL_ACCESS


def _changed(ids: list[str], added: list[str] | None, removed: list[str] | None) -> list[str]:
    """Ids with some added, once, and some removed."""
    return [one for one in dict.fromkeys([*ids, *(added or [])]) if one not in (removed or [])]
