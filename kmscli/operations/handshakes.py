"""How AWS Organizations shows an invitation: as a handshake between an organization and an account."""

from typing import Any

from kmscli.limits.invitations import Invitation
from kmscli.limits.organizations import Organization
from kmscli.operations.fields import Enum, String, Timestamp
from kmscli.operations.organization_members import ANY_TEXT
from kmscli.operations.shapes import List, Response, Shape, Structure

TYPES = (
    "ACCOUNT",
    "ORGANIZATION",
    "ORGANIZATION_FEATURE_SET",
    "EMAIL",
    "MASTER_EMAIL",
    "MASTER_NAME",
    "NOTES",
    "PARENT_HANDSHAKE",
    "RESPONSIBILITY_TRANSFER",
    "TRANSFER_START_TIMESTAMP",
    "TRANSFER_TYPE",
    "MANAGEMENT_ACCOUNT",
    "MANAGEMENT_EMAIL",
    "MANAGEMENT_NAME",
)


class PartyId(String):
    """Who takes part."""

    def __init__(self, help: str = "") -> None:
        super().__init__(1, 64, pattern=ANY_TEXT, help=help, secret=True)


class Party(Shape):
    """Who takes part."""

    id = PartyId("Who: an account, by id.").required()
    type = Enum("ACCOUNT", "ORGANIZATION", "EMAIL", help="What the id is of: an ACCOUNT.").required()


class Detail(Shape):
    """What else is known."""

    value = String(secret=True)
    type = Enum(*TYPES)


class Resource(Shape):
    """What a handshake is about."""

    value = String(secret=True)
    type = Enum(*TYPES)
    resources = List(Structure(Detail))


class Handshake(Shape):
    """An invitation."""

    id = String()
    arn = String()
    parties = List(Structure(Party))
    state = Enum("REQUESTED", "OPEN", "CANCELED", "ACCEPTED", "DECLINED", "EXPIRED")
    requested_timestamp = Timestamp()
    expiration_timestamp = Timestamp()
    action = Enum(
        "INVITE",
        "ENABLE_ALL_FEATURES",
        "APPROVE_ALL_FEATURES",
        "ADD_ORGANIZATIONS_SERVICE_LINKED_ROLE",
        "TRANSFER_RESPONSIBILITY",
    )
    resources = List(Structure(Resource))


class HandshakeResponse(Response):
    """What the operations on handshakes answer."""

    handshake = Structure(Handshake)


def shown_invitation(organization: Organization, invitation: Invitation, now: float) -> HandshakeResponse:
    """An invitation as of now. kmscli knows no name and no address of the account that manages the organization."""
    features = Detail(value=organization.features, type="ORGANIZATION_FEATURE_SET")
    handshake = Handshake(
        id=invitation.handshake_id,
        arn=organization.arn_of("handshake", "invite", invitation.handshake_id),
        parties=[
            Party(id=organization.organization_id, type="ORGANIZATION"),
            Party(id=invitation.account, type="ACCOUNT"),
        ],
        state=invitation.state(now),
        requested_timestamp=invitation.requested,
        expiration_timestamp=invitation.expires,
        action="INVITE",
        resources=[
            _resource(organization.organization_id, "ORGANIZATION", resources=[features]),
            _resource(invitation.account, "ACCOUNT"),
            *([_resource(invitation.notes, "NOTES")] if invitation.notes else []),
        ],
    )
    return HandshakeResponse(handshake=handshake)


def _resource(value: str, type: str, **members: Any) -> Resource:
    return Resource(value=value, type=type, **members)
