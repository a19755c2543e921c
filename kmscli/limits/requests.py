"""Requests to create an account, and what came of them: whoever made one may ask again."""

from kmscli.vault.transaction import Kind, Transaction


class AccountRequest:
    """A request. `account`: the id of the account that was created, or empty; `reason`: why none was, or empty."""

    def __init__(
        self, request_id: str, *, organization: str, name: str, requested: float, account: str, reason: str
    ) -> None:
        self.request_id = request_id
        self.organization = organization
        self.name = name
        self.requested = requested
        self.account = account
        self.reason = reason


ACCOUNT_REQUEST: Kind[AccountRequest] = Kind(61, "account request", lambda value: AccountRequest(**value), vars)


def find_request(transaction: Transaction, organization: str, request_id: str) -> AccountRequest | None:
    """A request of an organization; any text may be asked for, also such as cannot be encoded."""
    return transaction.get(ACCOUNT_REQUEST, organization, request_id) if request_id.isascii() else None


def save_request(transaction: Transaction, request: AccountRequest) -> None:
    """Write a request."""
    transaction.put(ACCOUNT_REQUEST, request.organization, request.request_id, request)
