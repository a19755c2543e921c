"""CreateOrganization."""

from kmscli.limits.nodes import ACCOUNT, INVITED, ROOT, Node, add_account, save_node
from kmscli.limits.organizations import (
    ALL_FEATURES,
    Organization,
    organization_of,
    random_letters,
    save_organization,
)
from kmscli.names import partition_of
from kmscli.operations.call import Call
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import AlreadyInOrganizationException
from kmscli.operations.organization_members import FeatureSet, OrganizationResponse
from kmscli.operations.organization_shapes import shown_organization
from kmscli.operations.shapes import Request


class CreateOrganizationRequest(Request):
    """What CreateOrganization is asked."""

    feature_set = FeatureSet("ALL, by default, or CONSOLIDATED_BILLING, which has no policies.").default(ALL_FEATURES)


@operation(logs="response")
def create_organization(call: Call, request: CreateOrganizationRequest) -> OrganizationResponse:
    """Create an organization, which the caller's account manages."""
    account = call.caller.account
    if organization_of(call.transaction, account):
        raise AlreadyInOrganizationException
    organization_id, root = f"o-{random_letters(10)}", f"r-{random_letters(4)}"
    organization = Organization(
        organization_id,
        management=account,
        partition=partition_of(call.caller.region),
        features=request.feature_set,
        root=root,
        enabled=[],
    )
    save_organization(call.transaction, organization)
    save_node(call.transaction, Node(root, organization=organization_id, type=ROOT, parent="", name="Root"))
    management = Node(
        account,
        organization=organization_id,
        type=ACCOUNT,
        parent=root,
        name=account,
        joined=round(call.now, 3),
        method=INVITED,
    )
    add_account(call.transaction, management)
    return shown_organization(organization)
