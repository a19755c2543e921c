"""CreateOrganizationalUnit."""

from kmscli.limits.nodes import UNIT, Node, children, lineage, save_node
from kmscli.limits.organizations import random_letters
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import (
    ConstraintViolationException,
    DuplicateOrganizationalUnitException,
)
from kmscli.operations.organization_members import OrganizationalUnit, ParentId, UnitName
from kmscli.operations.organization_rules import managed_organization, parent_named
from kmscli.operations.organization_shapes import shown_unit
from kmscli.operations.shapes import Request, Response, Structure

DEEPEST = 5
"""How many units may be in each other."""
MOST = 1000
"""How many units a parent may have here."""


class CreateOrganizationalUnitRequest(Request):
    """What CreateOrganizationalUnit is asked."""

    parent_id = ParentId("The root or organizational unit that it is to be in, by id.").required()
    name = UnitName().required()


class CreateOrganizationalUnitResponse(Response):
    """What CreateOrganizationalUnit answers."""

    organizational_unit = Structure(OrganizationalUnit)


@operation(logs="response")
def create_organizational_unit(
    call: Call, request: CreateOrganizationalUnitRequest
) -> CreateOrganizationalUnitResponse:
    """Create an organizational unit in a root or in another unit, up to five deep."""
    organization = managed_organization(call)
    organization_id, transaction = organization.organization_id, call.transaction
    parent = parent_named(call, organization, request.parent_id)
    siblings = children(transaction, organization_id, parent.node_id, UNIT, limit=MOST)
    if any(entry.value.name == request.name for entry in siblings):
        raise DuplicateOrganizationalUnitException
    if len(lineage(transaction, parent)) > DEEPEST:
        raise ConstraintViolationException("You attempted to create an OU tree that is too many levels deep.")
    if len(siblings) == MOST:
        raise ConstraintViolationException("You attempted to exceed the number of OUs that you can have.")
    unit_id = f"ou-{organization.root.removeprefix('r-')}-{random_letters(8)}"
    unit = Node(unit_id, organization=organization_id, type=UNIT, parent=parent.node_id, name=request.name)
    save_node(transaction, unit)
    return CreateOrganizationalUnitResponse(organizational_unit=shown_unit(call, organization, unit))
