"""DescribeVpcEndpoints."""

from collections.abc import Callable

from kmscli.authorization.wildcards import matches, pattern_of
from kmscli.errors import InvalidMarkerException
from kmscli.limits.endpoints import Endpoint, endpoints_of
from kmscli.operations import endpoint_members as members
from kmscli.operations.call import Call
from kmscli.operations.endpoint_errors import InvalidFilter, InvalidNextToken, InvalidParameterValue
from kmscli.operations.endpoint_rules import INTERFACE, endpoint_named, shown_endpoint
from kmscli.operations.fields import Integer, String
from kmscli.operations.operation import Pagination, operation
from kmscli.operations.paging import Page, page
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = Pagination(
    "VpcEndpoints", default=1000, most=1000, limit="MaxResults", marker="NextToken", next_marker="NextToken", more=""
)
FILTERS: dict[str, Callable[[Endpoint], list[str]]] = {
    "service-name": lambda endpoint: [endpoint.service],
    "tag-key": lambda endpoint: list(endpoint.tags),
    "vpc-endpoint-id": lambda endpoint: [endpoint.endpoint_id],
    "vpc-endpoint-state": lambda _: ["available"],
    "vpc-endpoint-type": lambda _: [INTERFACE],
    "vpc-id": lambda endpoint: [endpoint.vpc],
}
"""What a filter looks at, by its name; `tag:KEY` looks at a tag's value."""


class DescribeVpcEndpointsRequest(Request):
    """What DescribeVpcEndpoints is asked."""

    dry_run = members.DryRun()
    vpc_endpoint_ids = members.Ids("The endpoints, by id. By default all of the account in the Region.")
    filters = members.Filters(f"Describe only those that fit: {', '.join(FILTERS)} and tag:KEY.")
    max_results = Integer(help="How many to return at most; 1,000 if more are asked for.")
    next_token = String(help="Where to go on: the NextToken of the page before.")


class DescribeVpcEndpointsResponse(Response):
    """What DescribeVpcEndpoints answers."""

    vpc_endpoints = List(Structure(members.VpcEndpoint))
    next_token = String()


@operation(read_only=True, pages=PAGES)
def describe_vpc_endpoints(call: Call, request: DescribeVpcEndpointsRequest) -> DescribeVpcEndpointsResponse:
    """Describe the VPC endpoints of the account in the Region, all or those that filters let through."""
    fits = _filter(request.filters or [])
    if request.vpc_endpoint_ids:
        found = Page([endpoint_named(call, endpoint_id) for endpoint_id in request.vpc_endpoint_ids], None)
    else:
        found = _page(call, request)
    # A page is filtered after it is fetched, and so may be short.
    shown = [shown_endpoint(endpoint) for endpoint in found.values if fits(endpoint)]
    return DescribeVpcEndpointsResponse(vpc_endpoints=shown, next_token=found.next_marker)


def _page(call: Call, request: DescribeVpcEndpointsRequest) -> Page:
    size = request.max_results
    if size is not None and size < 1:
        raise InvalidParameterValue(f"Value ( {size} ) for parameter MaxResults is invalid.")
    try:
        return page(
            call,
            PAGES,
            None if size is None else min(size, PAGES.most),
            request.next_token,
            lambda after, limit: endpoints_of(call.transaction, call.scope, after, limit),
        )
    except InvalidMarkerException:
        raise InvalidNextToken("The specified NextToken is not valid.") from None


def _filter(filters: list[members.Filter]) -> Callable[[Endpoint], bool]:
    """Whether an endpoint fits all filters. Raises InvalidFilter."""
    looks = [(_looking(one.name or ""), [pattern_of(value) for value in one.values or []]) for one in filters]
    return lambda endpoint: all(
        any(matches(pattern, value) for value in look(endpoint) for pattern in patterns) for look, patterns in looks
    )


def _looking(name: str) -> Callable[[Endpoint], list[str]]:
    if name.startswith("tag:"):
        key = name.removeprefix("tag:")
        return lambda endpoint: [endpoint.tags[key]] if key in endpoint.tags else []
    if name not in FILTERS:
        raise InvalidFilter(f"The filter '{name}' is invalid")
    return FILTERS[name]
