"""DeleteVpcEndpoints."""

from kmscli.errors import ServiceError
from kmscli.limits.endpoints import remove_endpoint
from kmscli.operations import endpoint_members as members
from kmscli.operations.call import Call
from kmscli.operations.endpoint_errors import EndpointError
from kmscli.operations.endpoint_rules import endpoint_named
from kmscli.operations.fields import String
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Shape, Structure


class Failure(Shape):
    """Why something was not done."""

    code = String()
    message = String()


class Unsuccessful(Shape):
    """What was not done, and why."""

    error = Structure(Failure)
    resource_id = String()


class DeleteVpcEndpointsRequest(Request):
    """What DeleteVpcEndpoints is asked."""

    dry_run = members.DryRun()
    vpc_endpoint_ids = members.Ids("The endpoints, by id.").required()


class DeleteVpcEndpointsResponse(Response):
    """What DeleteVpcEndpoints answers."""

    unsuccessful = List(Structure(Unsuccessful))


@operation(logs="response")
def delete_vpc_endpoints(call: Call, request: DeleteVpcEndpointsRequest) -> DeleteVpcEndpointsResponse:
    """Delete VPC endpoints, at once; those that cannot be are named in the answer."""
    failed = []
    for endpoint_id in request.vpc_endpoint_ids:
        try:
            remove_endpoint(call.transaction, endpoint_named(call, endpoint_id))
        except EndpointError as error:
            failed.append(Unsuccessful(error=_shown(error), resource_id=endpoint_id))
    return DeleteVpcEndpointsResponse(unsuccessful=failed)


def _shown(error: ServiceError) -> Failure:
    return Failure(code=error.code, message=error.message)
