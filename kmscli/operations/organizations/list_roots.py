"""ListRoots."""

from kmscli.limits.nodes import must_find_node
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_lists import organization_page, pages_of
from kmscli.operations.organization_members import MaxResults, NextToken, Root
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.organization_shapes import shown_root
from kmscli.operations.paging import listed
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Roots")


class ListRootsRequest(Request):
    """What ListRoots is asked."""

    next_token = NextToken()
    max_results = MaxResults()


class ListRootsResponse(Response):
    """What ListRoots answers."""

    roots = List(Structure(Root))
    next_token = NextToken()


@operation(read_only=True, pages=PAGES)
def list_roots(call: Call, request: ListRootsRequest) -> ListRootsResponse:
    """List the organization's root, of which there is one, and which types of policies have effect."""
    organization = managed_organization(call)
    root = must_find_node(call.transaction, organization.organization_id, organization.root)
    found = organization_page(call, PAGES, request, listed([(root.node_id, shown_root(organization, root))]))
    return ListRootsResponse(roots=found.values, next_token=found.next_marker)
