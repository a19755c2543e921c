"""Invitations of accounts into an organization: handshakes, which the invited account accepts or lets expire."""

from typing import Any, Self

from kmscli.clock import DAY
from kmscli.vault.transaction import Kind, Transaction

INVITATIONS = "handshakes"
"""The scope of all invitations."""
LIFETIME = 15 * DAY


class Invitation:
    """An invitation. `requested`, `expires`: seconds since the epoch."""

    def __init__(
        self,
        handshake_id: str,
        *,
        organization: str,
        account: str,
        notes: str | None,
        requested: float,
        expires: float,
        accepted: bool = False,
    ) -> None:
        self.handshake_id = handshake_id
        self.organization = organization
        self.account = account
        self.notes = notes
        self.requested = requested
        self.expires = expires
        self.accepted = accepted

    def state(self, now: float) -> str:
        """Its state as of now, as Organizations names it."""
        if self.accepted:
            return "ACCEPTED"
        return "OPEN" if now < self.expires else "EXPIRED"

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


INVITATION: Kind[Invitation] = Kind(62, "invitation", lambda value: Invitation(**value), vars)


def find_invitation(transaction: Transaction, handshake_id: str) -> Invitation | None:
    """An invitation, whoever made it; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(INVITATION, INVITATIONS, handshake_id) if handshake_id.isascii() else None


def invitations_of(transaction: Transaction, organization: str, account: str) -> list[Invitation]:
    """The invitations of an account into an organization."""
    return [entry.value for entry in transaction.linked(INVITATION, 1, f"{organization} {account}")]


def save_invitation(transaction: Transaction, invitation: Invitation) -> None:
    """Write an invitation."""
    link = f"{invitation.organization} {invitation.account}"
    transaction.put(INVITATION, INVITATIONS, invitation.handshake_id, invitation, first=link)
