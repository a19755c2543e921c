"""What an organization is made of: a root, organizational units below it, and accounts, each with a parent."""

from collections.abc import Iterator
from typing import Any, Self

from kmscli.limits.membership import ACCOUNT_IN, IN
from kmscli.limits.organizations import Organization
from kmscli.vault.transaction import Entry, Kind, Transaction

ROOT = "ROOT"
UNIT = "ORGANIZATIONAL_UNIT"
ACCOUNT = "ACCOUNT"
CREATED = "CREATED"
INVITED = "INVITED"
ARN_WORDS = {ROOT: "root", UNIT: "ou", ACCOUNT: "account"}


class Node:
    """A root, a unit or an account.

    `parent`: its parent's id; a root has none. `policies`: the ids of the policies attached to it, by type, those that
    AWS attaches by itself aside. Accounts alone have `email` (empty where nobody said one), when and how they `joined`.
    """

    def __init__(
        self,
        node_id: str,
        *,
        organization: str,
        type: str,
        parent: str,
        name: str,
        policies: dict[str, list[str]] | None = None,
        email: str = "",
        joined: float = 0,
        method: str = "",
    ) -> None:
        self.node_id = node_id
        self.organization = organization
        self.type = type
        self.parent = parent
        self.name = name
        self.policies = policies or {}
        self.email = email
        self.joined = joined
        self.method = method

    def changed(self, **members: Any) -> Self:
        """The same with other members."""
        return type(self)(**{**vars(self), **members})


NODE: Kind[Node] = Kind(59, "part of organization", lambda value: Node(**value), vars)


def find_node(transaction: Transaction, organization: str, node_id: str) -> Node | None:
    """A part of an organization; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(NODE, organization, node_id) if node_id.isascii() else None


def must_find_node(transaction: Transaction, organization: str, node_id: str) -> Node:
    """A part that another row speaks of. Raises VaultDamagedError: it is not there."""
    found = find_node(transaction, organization, node_id)
    if found is None:
        raise transaction.missing(NODE, organization, node_id)
    return found


def save_node(transaction: Transaction, node: Node) -> None:
    """Write a part of an organization."""
    first, second = f"{node.organization} {node.parent} {node.type}", f"{node.organization} {node.type}"
    transaction.put(NODE, node.organization, node.node_id, node, first=first, second=second)


def add_account(transaction: Transaction, account: Node) -> None:
    """Let an account into an organization."""
    save_node(transaction, account)
    transaction.put(ACCOUNT_IN, account.node_id, IN, account.organization)


def remove_node(transaction: Transaction, node: Node) -> None:
    """Take a part out of its organization."""
    transaction.delete(NODE, node.organization, node.node_id)
    if node.type == ACCOUNT:
        transaction.delete(ACCOUNT_IN, node.node_id, IN)


def children(
    transaction: Transaction, organization: str, parent: str, type: str, after: bytes = b"", limit: int = 1000
) -> list[Entry]:
    """Up to `limit` of what is directly below a root or a unit, of one type."""
    return transaction.linked(NODE, 1, f"{organization} {parent} {type}", after, limit)


def of_type(transaction: Transaction, organization: str, type: str, after: bytes, limit: int) -> list[Entry]:
    """Up to `limit` parts of an organization that are of one type."""
    return transaction.linked(NODE, 2, f"{organization} {type}", after, limit)


def all_nodes(transaction: Transaction, organization: str) -> Iterator[Node]:
    """All parts of an organization."""
    after, page = b"", [Entry(b"", None)]
    while page:
        page = transaction.page(NODE, organization, after, 1000)
        for entry in page:
            after = entry.id
            yield entry.value


def lineage(transaction: Transaction, node: Node) -> list[Node]:
    """What a part is in, from the root down, and itself last."""
    found = [node]
    while found[0].parent:
        found.insert(0, must_find_node(transaction, node.organization, found[0].parent))
    return found


def path_of(transaction: Transaction, organization: Organization, node: Node) -> str:
    """The path of a part, by ids, as Organizations shows it: with a slash at its end."""
    ids = (each.node_id for each in lineage(transaction, node))
    return "/".join((organization.organization_id, *ids, ""))
