"""ListRetirableGrants."""

from kmscli.authorization.grants import account_of
from kmscli.authorization.hidden import refuse_hidden
from kmscli.errors import ValidationException
from kmscli.keys.grants import Grant, retirable_by
from kmscli.keys.key import find_key
from kmscli.operations.call import Call
from kmscli.operations.grant_lists import PAGES, grants_response
from kmscli.operations.grant_members import ListGrantsResponse, Principal, ServicePrincipal, check_principal
from kmscli.operations.members import Limit, Marker
from kmscli.operations.operation import operation
from kmscli.operations.paging import page
from kmscli.operations.shapes import Request


class ListRetirableGrantsRequest(Request):
    """What ListRetirableGrants is asked."""

    limit = Limit()
    marker = Marker()
    retiring_principal = Principal("List the grants that this principal of your account may retire.")
    retiring_service_principal = ServicePrincipal("List the grants that this service may retire. For services only.")

    def rules(self) -> None:
        """One principal. Only services may ask for theirs, and none calls here."""
        if (self.retiring_principal is None) == (self.retiring_service_principal is None):
            raise ValidationException("You must specify either RetiringPrincipal or RetiringServicePrincipal.")
        if self.retiring_service_principal is not None:
            raise ValidationException("RetiringServicePrincipal can be used only by callers in a service principal.")


@operation(read_only=True, pages=PAGES)
def list_retirable_grants(call: Call, request: ListRetirableGrantsRequest) -> ListGrantsResponse:
    """List the grants in the Region that name a principal of your account as the one who may retire them."""
    principal, region = request.retiring_principal or "", call.caller.region
    check_principal(principal, region)
    if account_of(principal) != call.caller.account:
        refuse_hidden(call.caller, f"kms:{call.name}", principal)
    found = page(
        call,
        PAGES,
        request.limit,
        request.marker,
        lambda after, limit: retirable_by(call.transaction, region, principal, after, limit),
        filter=principal,
    )
    return grants_response(found, [grant for grant in found.values if has_key(call, grant)])


def has_key(call: Call, grant: Grant) -> bool:
    """Whether a grant's key is still there as of now, even where its deletion is not written yet."""
    key = find_key(call.transaction, grant.account, grant.region, grant.key_id)
    return key is not None and not key.is_gone(call.now, call.held)
