"""AcceptHandshake."""

from kmscli.limits.invitations import find_invitation, save_invitation
from kmscli.limits.nodes import ACCOUNT, INVITED, Node, add_account
from kmscli.limits.organizations import HOME, ORGANIZATION, organization_of
from kmscli.operations.call import Call
from kmscli.operations.fields import String
from kmscli.operations.handshakes import HandshakeResponse, shown_invitation
from kmscli.operations.operation import operation
from kmscli.operations.organization_errors import (
    HandshakeAlreadyInStateException,
    HandshakeConstraintViolationException,
    HandshakeNotFoundException,
    InvalidHandshakeTransitionException,
)
from kmscli.operations.shapes import Request


class AcceptHandshakeRequest(Request):
    """What AcceptHandshake is asked."""

    handshake_id = String(0, 34, pattern="^h-[0-9a-z]{8,32}$", help="The invitation, by id.").required()


@operation(logs="response")
def accept_handshake(call: Call, request: AcceptHandshakeRequest) -> HandshakeResponse:
    """Accept an invitation: the caller's account is then in the organization, in its root."""
    account = call.caller.account
    invitation = find_invitation(call.transaction, request.handshake_id)
    organization = call.transaction.get(ORGANIZATION, HOME, invitation.organization) if invitation else None
    if invitation is None or organization is None or invitation.account != account:
        raise HandshakeNotFoundException
    if invitation.accepted:
        raise HandshakeAlreadyInStateException
    if invitation.state(call.now) == "EXPIRED":
        raise InvalidHandshakeTransitionException
    if organization_of(call.transaction, account):
        raise HandshakeConstraintViolationException("The account is already a member of an organization.")
    accepted = invitation.changed(accepted=True)
    save_invitation(call.transaction, accepted)
    node = Node(
        account,
        organization=organization.organization_id,
        type=ACCOUNT,
        parent=organization.root,
        name=account,
        joined=round(call.now, 3),
        method=INVITED,
    )
    add_account(call.transaction, node)
    return shown_invitation(organization, accepted, call.now)
