"""Which organization an account is in: a row of the account's own, which every call asks for, and most find none."""

from kmscli.vault.transaction import Kind, Transaction, plain_kind

IN = "organization"
"""The name of an account's row that says which organization it is in."""
ACCOUNT_IN: Kind[str] = plain_kind(58, "account in organization")


def organization_id_of(transaction: Transaction, account: str) -> str | None:
    """The id of the organization that an account is in."""
    return transaction.get(ACCOUNT_IN, account, IN)
