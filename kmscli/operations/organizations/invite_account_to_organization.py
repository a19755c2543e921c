"""InviteAccountToOrganization."""

from kmscli.limits.invitations import LIFETIME, Invitation, invitations_of, save_invitation
from kmscli.limits.nodes import find_node
from kmscli.limits.organizations import random_letters
from kmscli.names import is_account
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.handshakes import HandshakeResponse, Party, shown_invitation
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import (
    DuplicateHandshakeException,
    HandshakeConstraintViolationException,
    InvalidInputException,
)
from kmscli.operations.organization_members import ANY_TEXT
from kmscli.operations.organization_rules import managed_organization
from kmscli.operations.shapes import Request, Structure


class InviteAccountToOrganizationRequest(Request):
    """What InviteAccountToOrganization is asked."""

    target = Structure(Party, help="Who is invited: Id=ACCOUNT,Type=ACCOUNT; kmscli knows accounts by id.").required()
    notes = String(0, 1024, pattern=ANY_TEXT, help="What the invited account is told.", secret=True)


@operation(logs="response")
def invite_account_to_organization(call: Call, request: InviteAccountToOrganizationRequest) -> HandshakeResponse:
    """Invite an account that is there already into the organization. It is in it once it accepts, within 15 days."""
    organization = managed_organization(call)
    account = request.target.id
    if request.target.type != "ACCOUNT" or not is_account(account):
        raise InvalidInputException(
            "You specified the wrong type of entity (account, organization, or email) as a party."
        )
    if find_node(call.transaction, organization.organization_id, account):
        raise HandshakeConstraintViolationException("The invited account is already a member of your organization.")
    before = invitations_of(call.transaction, organization.organization_id, account)
    if any(invitation.state(call.now) == "OPEN" for invitation in before):
        raise DuplicateHandshakeException
    requested = round(call.now, 3)
    invitation = Invitation(
        f"h-{random_letters(10)}",
        organization=organization.organization_id,
        account=account,
        notes=request.notes,
        requested=requested,
        expires=requested + LIFETIME,
    )
    save_invitation(call.transaction, invitation)
    return shown_invitation(organization, invitation, call.now)
