"""ListParents."""

from kmscli.limits.nodes import ACCOUNT, UNIT, must_find_node
from kmscli.operations.call import Call
from kmscli.operations.fields import Enum, String
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import ChildNotFoundException
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import CHILD_ID, MaxResults, NextToken
from kmscli.operations.organization_rules import managed_organization, node_named
from kmscli.operations.paging import listed
from kmscli.operations.shapes import List, Request, Response, Shape, Structure

PAGES = pages_of("Parents")


class Parent(Shape):
    """A root or an organizational unit."""

    id = String()
    type = Enum("ROOT", "ORGANIZATIONAL_UNIT")


class ListParentsRequest(Request):
    """What ListParents is asked."""

    child_id = String(0, 100, pattern=CHILD_ID, help="The account or organizational unit, by id.").required()
    next_token = NextToken()
    max_results = MaxResults()


class ListParentsResponse(Response):
    """What ListParents answers."""

    parents = List(Structure(Parent))
    next_token = NextToken()


@operation(read_only=True, pages=PAGES)
def list_parents(call: Call, request: ListParentsRequest) -> ListParentsResponse:
    """List the root or unit that an account or an organizational unit is directly in; there is one."""
    organization = managed_organization(call)
    child = node_named(call, organization, request.child_id, (UNIT, ACCOUNT), ChildNotFoundException)
    parent = must_find_node(call.transaction, child.organization, child.parent)
    shown = Parent(id=parent.node_id, type=parent.type)
    found = organization_page(call, PAGES, request, listed([(parent.node_id, shown)]))
    return ListParentsResponse(parents=found.values, next_token=found.next_marker)
