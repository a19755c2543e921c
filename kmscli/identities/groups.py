"""Groups: users who have the same policies. A group is not who calls, and no policy can name one."""

from typing import Any

from kmscli.identities.identity import Identity
from kmscli.identities.resource import save
from kmscli.identities.users import User
from kmscli.vault.transaction import Entry, Kind, Transaction, plain_kind

MOST_OF_A_USER = 10
"""How many groups a user may be in."""


class Group(Identity):
    """A group. `members`: how many users are in it; being written with each of them, it keeps any from coming into a
    group that is deleted at the same time.
    """

    number = 50
    word = "group"
    plural = "groups"
    prefix = "AGPA"
    quota = 300
    longest = 5120

    def __init__(self, name: str, *, members: int = 0, **others: Any) -> None:
        super().__init__(name, **others)
        self.members = members


MEMBERSHIP: Kind[dict[str, str]] = plain_kind(51, "membership")
"""A user in a group: the names of both, linked to the group."""


def add_member(transaction: Transaction, group: Group, user: User) -> None:
    """Put a user into a group."""
    names = {"group": group.name, "user": user.name}
    transaction.put(MEMBERSHIP, group.account, membership_name(names), names, first=group.arn)
    save(transaction, group.changed(members=group.members + 1))
    save(transaction, user.changed(groups=[*user.groups, group.name]))


def remove_member(transaction: Transaction, group: Group, user: User) -> None:
    """Take a user out of a group."""
    transaction.delete(MEMBERSHIP, group.account, membership_name({"group": group.name, "user": user.name}))
    save(transaction, group.changed(members=group.members - 1))
    save(transaction, user.changed(groups=[name for name in user.groups if name != group.name]))


def members_of(transaction: Transaction, group: Group, after: bytes, limit: int) -> list[Entry]:
    """The memberships of a group, in the vault's order."""
    return transaction.linked(MEMBERSHIP, 1, group.arn, after, limit)


def membership_name(names: dict[str, str]) -> str:
    """What a membership is found by."""
    return f"{names['group']} {names['user']}".lower()
