"""CreateVpcEndpoint."""

from kmscli.limits.endpoints import FULL_ACCESS, Endpoint, new_endpoint_id, save_endpoint
from kmscli.operations import endpoint_members as members
from kmscli.operations.call import Call
from kmscli.operations.endpoint_errors import InvalidParameter, InvalidServiceName, MissingParameter
from kmscli.operations.endpoint_rules import (
    INTERFACE,
    check_groups,
    check_ids,
    check_policy,
    checked_tags,
    shown_endpoint,
)
from kmscli.operations.fields import Boolean, String
from kmscli.operations.operation import operation
from kmscli.operations.shapes import Request, Response, Structure

DEFAULT_GROUP = "sg-00000000"
"""The security group of an endpoint for which none was named: its network's default one."""


class CreateVpcEndpointRequest(Request):
    """What CreateVpcEndpoint is asked."""

    dry_run = members.DryRun()
    vpc_endpoint_type = members.EndpointType("The kind: Interface, for KMS has no other. By default Gateway.").default(
        "Gateway"
    )
    vpc_id = String(help="The VPC, by an id of its form; kmscli knows no VPCs.").required()
    service_name = String(help="The service: com.amazonaws.REGION.kms or com.amazonaws.REGION.kms-fips.")
    policy_document = members.PolicyDocument("The endpoint's policy, a JSON document. By default full access.")
    subnet_ids = members.Ids("The subnets, by ids of their form.")
    security_group_ids = members.Ids("The security groups, by ids of their form.")
    private_dns_enabled = Boolean(help="Whether the VPC's own DNS leads to the endpoint. By default yes.").default(True)
    tag_specifications = members.TagSpecifications()


class CreateVpcEndpointResponse(Response):
    """What CreateVpcEndpoint answers."""

    vpc_endpoint = Structure(members.VpcEndpoint)


@operation(logs="response")
def create_vpc_endpoint(call: Call, request: CreateVpcEndpointRequest) -> CreateVpcEndpointResponse:
    """Create an interface VPC endpoint for KMS, with a policy on what may be called through it."""
    caller = call.caller
    service = _service(request, caller.region)
    check_ids([request.vpc_id], "vpc-")
    subnets, groups = request.subnet_ids or [], request.security_group_ids or [DEFAULT_GROUP]
    check_ids(subnets, "subnet-")
    check_groups(groups)
    policy = request.policy_document or FULL_ACCESS
    check_policy(policy)
    endpoint = Endpoint(
        new_endpoint_id(),
        account=caller.account,
        region=caller.region,
        vpc=request.vpc_id,
        service=service,
        policy=policy,
        subnets=subnets,
        groups=groups,
        private_dns=request.private_dns_enabled,
        tags=checked_tags(request.tag_specifications),
        created=round(call.now, 3),
    )
    save_endpoint(call.transaction, endpoint)
    return CreateVpcEndpointResponse(vpc_endpoint=shown_endpoint(endpoint))


def _service(request: CreateVpcEndpointRequest, region: str) -> str:
    """The name of the service. Raises MissingParameter, InvalidServiceName, InvalidParameter: of another type."""
    name = request.service_name
    if not name:
        raise MissingParameter("The request must contain the parameter ServiceName")
    if name not in {f"com.amazonaws.{region}.kms", f"com.amazonaws.{region}.kms-fips"}:
        raise InvalidServiceName(f"The Vpc Endpoint Service '{name}' does not exist")
    if request.vpc_endpoint_type != INTERFACE:
        given = request.vpc_endpoint_type
        raise InvalidParameter(
            f"Endpoint type ({given}) does not match available service types ([{INTERFACE}]).",
            mend=f"Give --vpc-endpoint-type {INTERFACE}",
        )
    return name
