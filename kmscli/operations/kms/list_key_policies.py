"""ListKeyPolicies."""

from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.members import Limit, Marker, NextMarker, OwnKeyId
from kmscli.operations.operation import Pagination, Target, operation
from kmscli.operations.paging import listed, page
from kmscli.operations.shapes import List, Request, Response

PAGES = Pagination("PolicyNames", default=100, most=1000)


class ListKeyPoliciesRequest(Request):
    """What ListKeyPolicies is asked."""

    key_id = OwnKeyId().required()
    limit = Limit()
    marker = Marker()


class ListKeyPoliciesResponse(Response):
    """What ListKeyPolicies answers."""

    policy_names = List(String(1, 128, pattern="[\\w]+"))
    next_marker = NextMarker()
    truncated = Boolean()


@operation(targets=[Target("key_id")], read_only=True, pages=PAGES)
def list_key_policies(call: Call, request: ListKeyPoliciesRequest, key: Key) -> ListKeyPoliciesResponse:
    """List the names of a KMS key's policies. There is one: default."""
    found = page(call, PAGES, request.limit, request.marker, listed([("default", "default")]))
    return ListKeyPoliciesResponse(policy_names=found.values, truncated=found.truncated, next_marker=found.next_marker)
