"""ListPolicies."""

from kmscli.identities.aws_policies import aws_policies
from kmscli.identities.managed_policies import ManagedPolicy, uses_of
from kmscli.names import partition_of
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, Enum, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of
from kmscli.operations.identity_members import Marker, MaxItems, PolicyPath
from kmscli.operations.managed_policies import ShownPolicy, listed_policy
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure
from kmscli.vault.transaction import Entry

PAGES = pages_of("Policies")
ALL, OF_AWS, LOCAL = "All", "AWS", "Local"
WAYS = {"PermissionsPolicy": "attached", "PermissionsBoundary": "boundary"}
LAST = b"\xff" * 17
"""Above every blind id, of which it is one byte longer."""


class ListPoliciesRequest(Request):
    """What ListPolicies is asked."""

    scope = Enum(ALL, OF_AWS, LOCAL, help="Whose policies: AWS's, the account's own (Local), or all.")
    only_attached = Boolean(help="List only policies that are attached to something.")
    path_prefix = PolicyPath("List only policies whose path begins with this.")
    policy_usage_filter = Enum(*WAYS, help="List only policies that are used in this way.")
    marker = Marker()
    max_items = MaxItems()


class ListPoliciesResponse(Response):
    """What ListPolicies answers."""

    policies = List(Structure(ShownPolicy))
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_policies(call: Call, request: ListPoliciesRequest) -> ListPoliciesResponse:
    """List the managed policies that there are: the account's own, then those of AWS that kmscli knows."""
    scope = request.scope or ALL

    def fetch(after: bytes, limit: int) -> list[Entry]:
        own = call.transaction.page(ManagedPolicy.kind, call.caller.account, after, limit) if scope != OF_AWS else []
        known = aws_policies(partition_of(call.caller.region)) if scope != LOCAL and len(own) < limit else []
        entries = (Entry(LAST + policy.name.encode(), policy) for policy in known)
        return [*own, *(entry for entry in entries if entry.id > after)][:limit]

    bound_to = f"{scope} {request.only_attached} {request.path_prefix} {request.policy_usage_filter}"
    found = identity_page(call, PAGES, request, fetch, filter=bound_to)
    # A page is filtered after it is fetched, and so may be short, as AWS says of its own.
    policies = [listed_policy(call, policy) for policy in found.values if is_wanted(call, request, policy)]
    return ListPoliciesResponse(policies=policies, **place_of(found))


def is_wanted(call: Call, request: ListPoliciesRequest, policy: ManagedPolicy) -> bool:
    """Whether a policy is below the path, and used in the way, that is asked for."""
    uses = uses_of(call.transaction, call.caller.account, policy.arn)
    if request.only_attached and not any(uses.values()):
        return False
    if request.policy_usage_filter is not None and not uses[WAYS[request.policy_usage_filter]]:
        return False
    return policy.path.startswith(request.path_prefix or "/")
