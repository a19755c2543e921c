"""DeleteOrganizationalUnit."""

from kmscli.limits.nodes import ACCOUNT, UNIT, children, remove_node
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_attachments import detach_all
from kmscli.operations.organization_errors import (
    OrganizationalUnitNotEmptyException,
    OrganizationalUnitNotFoundException,
)
from kmscli.operations.organization_members import UnitId
from kmscli.operations.organization_rules import managed_organization, node_named
from kmscli.operations.shapes import Request


class DeleteOrganizationalUnitRequest(Request):
    """What DeleteOrganizationalUnit is asked."""

    organizational_unit_id = UnitId().required()


@operation()
def delete_organizational_unit(call: Call, request: DeleteOrganizationalUnitRequest) -> None:
    """Delete an organizational unit, which must be empty."""
    organization = managed_organization(call)
    unit = node_named(call, organization, request.organizational_unit_id, (UNIT,), OrganizationalUnitNotFoundException)
    for type in (UNIT, ACCOUNT):
        if children(call.transaction, unit.organization, unit.node_id, type, limit=1):
            raise OrganizationalUnitNotEmptyException
    detach_all(call.transaction, unit)
    remove_node(call.transaction, unit)
