"""ListOrganizationalUnitsForParent."""

from kmscli.limits.nodes import UNIT, children
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import MaxResults, NextToken, OrganizationalUnit, ParentId
from kmscli.operations.organization_rules import managed_organization, parent_named
from kmscli.operations.organization_shapes import shown_unit
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("OrganizationalUnits")


class ListOrganizationalUnitsForParentRequest(Request):
    """What ListOrganizationalUnitsForParent is asked."""

    parent_id = ParentId().required()
    next_token = NextToken()
    max_results = MaxResults()


class ListOrganizationalUnitsForParentResponse(Response):
    """What ListOrganizationalUnitsForParent answers."""

    organizational_units = List(Structure(OrganizationalUnit))
    next_token = NextToken()


@operation(read_only=True, pages=PAGES)
def list_organizational_units_for_parent(
    call: Call, request: ListOrganizationalUnitsForParentRequest
) -> ListOrganizationalUnitsForParentResponse:
    """List the organizational units that are directly in a root or a unit."""
    organization = managed_organization(call)
    parent = parent_named(call, organization, request.parent_id)
    found = organization_page(
        call,
        PAGES,
        request,
        lambda after, limit: children(call.transaction, parent.organization, parent.node_id, UNIT, after, limit),
        filter=parent.node_id,
    )
    units = [shown_unit(call, organization, unit) for unit in found.values]
    return ListOrganizationalUnitsForParentResponse(organizational_units=units, next_token=found.next_marker)
