"""Grant tokens: whether a token is one. No grant is made yet, so none is."""

from kmscli.errors import InvalidGrantTokenException


def check_grant_tokens(tokens: list[str]) -> None:
    """Raises InvalidGrantTokenException: a token that no CreateGrant has given out (reference, kms-semantics 7.4)."""
    if tokens:
        raise InvalidGrantTokenException("The request was rejected because the specified grant token is not valid.")
