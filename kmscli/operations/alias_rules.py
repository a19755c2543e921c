"""What the alias operations ask of a name and of a key (reference, kms-semantics 1.6 and 4.1)."""

from kmscli.errors import LimitExceededException, NotAuthorizedException
from kmscli.keys.aliases import QUOTA, aliases_of
from kmscli.keys.key import Key
from kmscli.names import check_alias_name
from kmscli.vault.transaction import Transaction


def check_changeable(name: str) -> None:
    """Raises ValidationException: no alias's name. NotAuthorizedException: reserved for AWS."""
    check_alias_name(name)
    if name.startswith("alias/aws/"):
        raise NotAuthorizedException


def check_quota(transaction: Transaction, key: Key) -> None:
    """Raises LimitExceededException: the key has as many aliases as it may."""
    if len(aliases_of(transaction, key)) >= QUOTA:
        raise LimitExceededException(f"{key.arn} has reached the quota of {QUOTA} aliases.")
