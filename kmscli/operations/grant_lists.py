"""A grant as ListGrants and ListRetirableGrants show it (reference, kms-semantics 7.2)."""

from kmscli.keys.grants import Grant
from kmscli.operations.grant_members import GrantConstraints, GrantListEntry, ListGrantsResponse
from kmscli.operations.operation import Pagination
from kmscli.operations.paging import Page

PAGES = Pagination("Grants", default=50, most=100)


def grants_response(found: Page, grants: list[Grant]) -> ListGrantsResponse:
    """The answer with a page's grants, those that are to be shown."""
    return ListGrantsResponse(
        grants=[_entry(grant) for grant in grants], truncated=found.truncated, next_marker=found.next_marker
    )


def _entry(grant: Grant) -> GrantListEntry:
    entry = GrantListEntry(
        key_id=grant.key_arn,
        grant_id=grant.grant_id,
        name=grant.name,
        creation_date=grant.created,
        issuing_account=grant.issuer,
        operations=grant.operations,
        **grant.principals,
    )
    if grant.constraints:
        entry.__dict__["constraints"] = GrantConstraints(**grant.constraints)
    return entry
