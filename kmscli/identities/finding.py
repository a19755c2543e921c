"""What a decision asks of the identities: whether a principal is there, and what policies it has.

Nothing here costs more the more identities there are.
"""

from kmscli.identities.identity import find
from kmscli.identities.users import USER, User
from kmscli.vault.transaction import Transaction

INLINE = "inline policy"


class IdentityPolicy:
    """A policy that an identity has: what it is to it, its name, its ARN (empty for an inline one), its text."""

    def __init__(self, source: str, name: str, arn: str, text: str) -> None:
        self.source = source
        self.name = name
        self.arn = arn
        self.text = text


def find_user(transaction: Transaction, account: str, name: str) -> User | None:
    """A user by its name."""
    return find(transaction, USER, account, name)


def has_identities(transaction: Transaction, account: str) -> bool:
    """Whether an account has any user."""
    return transaction.tally(account, "users") > 0


def policies_of_user(_transaction: Transaction, user: User) -> list[IdentityPolicy]:
    """The policies that say what a user may."""
    return [IdentityPolicy(INLINE, name, "", text) for name, text in user.policies.items()]


def principal_exists(transaction: Transaction, arn: str) -> bool:
    """Whether the principal of an ARN is there. An account's root user always is."""
    account, resource = arn.split(":", 5)[4:]
    kind, _, name = resource.partition("/")
    if resource == "root":
        return True
    found = find_user(transaction, account, name.rsplit("/", 1)[-1]) if kind == "user" else None
    return found is not None and found.arn == arn
