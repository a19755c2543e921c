"""What the alias operations ask of a name (reference, kms-semantics 1.6)."""

from kmscli.errors import NotAuthorizedException
from kmscli.names import check_alias_name


def check_changeable(name: str) -> None:
    """Raises ValidationException: no alias's name. NotAuthorizedException: reserved for AWS."""
    check_alias_name(name)
    if name.startswith("alias/aws/"):
        raise NotAuthorizedException
