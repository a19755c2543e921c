"""DescribeOrganization."""

from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_members import OrganizationResponse
from kmscli.operations.organization_rules import own_organization
from kmscli.operations.organization_shapes import shown_organization
from kmscli.operations.shapes import Request


class DescribeOrganizationRequest(Request):
    """What DescribeOrganization is asked."""


@operation(read_only=True)
def describe_organization(call: Call, request: DescribeOrganizationRequest) -> OrganizationResponse:
    """Show the organization that the caller's account is in."""
    return shown_organization(own_organization(call))
