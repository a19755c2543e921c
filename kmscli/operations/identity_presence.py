"""Whether a principal that a policy or a grant names is there (reference, kms-semantics 5.4, 7.2).

That is only asked in accounts that hold identities: of others, and of accounts that the vault does not keep, nothing is
known, and any name may be somebody's.
"""

from kmscli.identities.finding import has_identities, principal_exists
from kmscli.vault.transaction import Transaction


def is_there(transaction: Transaction, principal: str) -> bool:
    """Whether a principal, by ARN, account id or `*`, can be one."""
    if not principal.startswith("arn:") or not has_identities(transaction, principal.split(":")[4]):
        return True
    return principal_exists(transaction, principal)
