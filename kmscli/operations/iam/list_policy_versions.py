"""ListPolicyVersions."""

from kmscli.operations.call import Call
from kmscli.operations.fields import Boolean, String
from kmscli.operations.identity_lists import identity_page, pages_of, place_of, ranked
from kmscli.operations.identity_members import Marker, MaxItems, PolicyArn
from kmscli.operations.managed_policies import ShownVersion, policy_with_arn, shown_version
from kmscli.operations.operation import operation
from kmscli.operations.shapes import List, Request, Response, Structure

PAGES = pages_of("Versions")


class ListPolicyVersionsRequest(Request):
    """What ListPolicyVersions is asked."""

    policy_arn = PolicyArn().required()
    marker = Marker()
    max_items = MaxItems()


class ListPolicyVersionsResponse(Response):
    """What ListPolicyVersions answers."""

    versions = List(Structure(ShownVersion))
    is_truncated = Boolean()
    marker = String()


@operation(read_only=True, pages=PAGES)
def list_policy_versions(call: Call, request: ListPolicyVersionsRequest) -> ListPolicyVersionsResponse:
    """List the versions of a managed policy, the newest first."""
    policy = policy_with_arn(call, request.policy_arn)
    versions = [shown_version(policy, version) for version in reversed(policy.all_versions())]
    found = identity_page(call, PAGES, request, ranked(versions), filter=policy.unique_id)
    return ListPolicyVersionsResponse(versions=found.values, **place_of(found))
