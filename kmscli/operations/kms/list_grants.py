"""ListGrants."""

from typing import Any

from kmscli.errors import ValidationException
from kmscli.keys.grants import find_grant_of, grants_of
from kmscli.keys.key import Key
from kmscli.operations.call import Call
from kmscli.operations.grant_lists import PAGES, grants_response
from kmscli.operations.grant_members import GrantId, ListGrantsResponse, Principal, ServicePrincipal, check_grant_id
from kmscli.operations.members import Limit, Marker, OwnKeyId
from kmscli.operations.operation import Target, operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import Request
from kmscli.vault.transaction import Entry


class ListGrantsRequest(Request):
    """What ListGrants is asked."""

    limit = Limit()
    marker = Marker()
    key_id = OwnKeyId().required()
    grant_id = GrantId("List only the grant of this id.")
    grantee_principal = Principal("List only grants that are for this principal.")
    grantee_service_principal = ServicePrincipal("List only grants that are for this service. For services only.")

    def rules(self) -> None:
        """A well-formed id; one grantee. Only services may ask for theirs (reference 4.5), and none calls here."""
        if self.grantee_principal is not None and self.grantee_service_principal is not None:
            raise ValidationException("You can specify GranteePrincipal or GranteeServicePrincipal, but not both.")
        if self.grantee_service_principal is not None:
            raise ValidationException("GranteeServicePrincipal can be used only by callers in a service principal.")
        if self.grant_id is not None:
            check_grant_id(self.grant_id)


@operation(targets=[Target("key_id")], read_only=True, pages=PAGES)
def list_grants(call: Call, request: ListGrantsRequest, key: Key) -> ListGrantsResponse:
    """List the grants of a KMS key."""
    wanted = request.grantee_principal

    def fetch(after: bytes, limit: int) -> list[Any]:
        if request.grant_id is None:
            return grants_of(call.transaction, key, after, limit)
        grant = find_grant_of(call.transaction, key, request.grant_id)
        return [Entry(b"", grant)] if grant and not after else []

    bound_to = f"{key.arn} {request.grant_id} {wanted}"
    found = page(call, PAGES, request.limit, request.marker, fetch, filter=bound_to)
    # A page is filtered after it is fetched, and so may be short: a key's 50,000 grants are never all read for one.
    return grants_response(found, [grant for grant in found.values if wanted in (None, grant.grantee)])
